/**
 * `npm run bench`: the rates that the project claims, measured in one process on this machine.
 * Timings decide no test; they are quoted with the machine they come from.
 */
import { cpus } from "node:os";
import { journalFigures } from "./journal.ts";
import { kernelFigures } from "./kernel.ts";
import { figureLine } from "./results.ts";
import { sweepFigures } from "./sweep.ts";

console.log(
  `node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}`,
);
for (const figures of [kernelFigures, sweepFigures, journalFigures]) {
  for (const figure of await figures()) console.log(figureLine(figure));
}
