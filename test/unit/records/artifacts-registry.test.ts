import { describe, expect, it } from "vitest";
import {
  artifactFile,
  LAYER_ARTIFACTS,
  RUN_ARTIFACTS,
} from "../../../src/records/artifacts/registry.ts";

const ALL = [...Object.values(RUN_ARTIFACTS), ...Object.values(LAYER_ARTIFACTS)];

describe("registry", () => {
  it.each(ALL.map((each) => [each.name, each] as const))(
    "%s declares a sound table",
    (name, declaration) => {
      const names = declaration.columns.map((column) => column.name);
      expect(new Set(names).size).toBe(names.length);
      expect(declaration.primaryKey.every((key) => names.includes(key))).toBe(true);
      expect(declaration.file).toBe(`${name}.csv`);
      expect(artifactFile(name)).toBe(declaration.file);
      // A variant has one instrument, so a panel of sleeves is keyed by the narrower of the two.
      const ofSleeves = declaration.primaryKey.includes("variant_id");
      expect(declaration.primaryKey).toEqual(
        {
          series: ["date"],
          panel: ofSleeves ? expect.arrayContaining(["date"]) : ["date", "instrument"],
          table: expect.anything(),
        }[declaration.kind],
      );
      expect(declaration.kind !== "series" || declaration.primaryKey.length === 1).toBe(true);
      expect(names.every((column) => /^[a-z][a-z0-9_]*$/.test(column))).toBe(true);
    },
  );

  it("files are told apart by name, and the two lists share none", () => {
    expect(new Set(ALL.map(({ file }) => file)).size).toBe(ALL.length);
    expect(LAYER_ARTIFACTS.weights.columns).toHaveLength(16);
    expect(LAYER_ARTIFACTS.decisions.columns).toHaveLength(19);
    expect(LAYER_ARTIFACTS.regimes.columns).toHaveLength(17);
    expect(LAYER_ARTIFACTS.clamps.primaryKey).toEqual(["date", "n"]);
  });

  it("knows no other file", () => {
    expect(artifactFile("toString")).toBe(null);
    expect(artifactFile("order")).toBe(null);
  });
});
