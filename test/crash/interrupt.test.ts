/** Ctrl-C: heard between steps, answered with words and exit code 130, and taken up afterwards. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  freshFolder,
  headOf,
  inProcess,
  mandateFolder,
  runFolder,
  runJson,
  start,
} from "./workbench.ts";

const mandate = mandateFolder({ instruments: 24, sessions: 384 });
const run = ["run", mandate, "--json"];

/** Sends SIGINT at a moment and measures how long the process goes on. */
async function interrupted(home: string, isNow: () => boolean) {
  const { child, ended } = start(home, run);
  let sentMs = 0;
  const timer = setInterval(() => {
    if (sentMs > 0 || !isNow()) return;
    sentMs = performance.now();
    child.kill("SIGINT");
  }, 1);
  const { code, stderr, stdout } = await ended;
  clearInterval(timer);
  return { code, stderr, stdout, afterMs: performance.now() - sentMs };
}

describe("SIGINT", () => {
  it("among the sessions and among the artifacts: exit 130 at once, resumed to the same head", async () => {
    const undisturbed = runJson(await inProcess(freshFolder(), ...run));
    const home = freshFolder();
    const moments: readonly (() => boolean)[] = [
      () => (headOf(home)?.seq ?? 0) > 0,
      () => existsSync(join(runFolder(home), "artifacts/orders.csv")),
    ];
    for (const isNow of moments) {
      const { code, stderr, stdout, afterMs } = await interrupted(home, isNow);
      expect({ code, stderr, stdout }).toEqual({
        code: 130,
        stderr: "\ninterrupted; what was recorded is kept, the next start takes it up\n",
        stdout: "",
      });
      // The whole run takes seconds; without turns it would go on to its end.
      expect(afterMs).toBeLessThan(1000);
      expect(headOf(home)?.isFinished).toBe(false);
    }
    const document = runJson(await inProcess(home, ...run));
    expect(document.journal_head).toBe(undisturbed.journal_head);
    expect(document.findings).toEqual([
      expect.stringMatching(/^\d+ entries of an earlier start were found, verified and kept$/),
    ]);
  });
});
