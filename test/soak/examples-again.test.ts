/**
 * Every example twice, each time in a new home, so that not even the pack is shared: identical
 * artifact bytes and journal (acceptance 2).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXAMPLES, exampleFolder, isHere, runInto } from "../support/example-runs.ts";
import { differencesOf } from "../support/same-run.ts";
import { sharedName } from "../support/shared.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-examples-twice-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.for(EXAMPLES)("$name", (example) => {
  const { name, real } = example;
  it.skipIf(!isHere(example))(real ? sharedName("twice") : "twice", async () => {
    const homes = ["a", "b"].map((home) => join(folder, name, home));
    const [a, b] = await Promise.all(homes.map((home) => runInto(home, exampleFolder(name))));
    expect(differencesOf(a, b)).toEqual([]);
  });
});
