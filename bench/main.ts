/**
 * `npm run bench`: the rates that the project claims, measured in one process on this machine.
 * Timings decide no test; they are quoted with the machine they come from.
 */
import { cpus } from "node:os";
import { benchJournal } from "./journal.ts";
import { benchKernel } from "./kernel.ts";

console.log(
  `node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}`,
);
for (const line of await benchKernel()) console.log(line);
for (const line of await benchJournal()) console.log(line);
