/**
 * Two starts of one run at the same time, as two terminals make them: with --wait both end well,
 * the second one finding the record of the first identical.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { assay } from "../support/example-runs.ts";

it("both end with the same run", async () => {
  const home = mkdtempSync(join(tmpdir(), "assay-two-starts-"));
  try {
    const mandate = join(home, "mandate");
    await assay(["init", mandate], home);
    const args = ["run", mandate, "--wait", "--json"];
    const both = await Promise.all([assay(args, home), assay(args, home)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const heads = both.map(
      ({ stdout }) => (JSON.parse(stdout) as { journal_head: string }).journal_head,
    );
    expect(new Set(heads).size).toBe(1);
  } finally {
    rmSync(home, { recursive: true });
  }
});
