/**
 * `npm run bench`: the rates that the project claims, measured in one process on this machine.
 * Timings decide no test; they are quoted with the machine they come from.
 */
import { cpus } from "node:os";
import { benchJournal } from "./journal.ts";
import { benchKernel } from "./kernel.ts";
import { sweepFigures } from "./sweep.ts";

console.log(
  `node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}`,
);
for (const line of await benchKernel()) console.log(line);
for (const line of await benchJournal()) console.log(line);
for (const { work, unit, values, note } of await sweepFigures()) {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  console.log(`${work}  ${middle.toFixed(1)} ${unit}  (${note})`);
}
