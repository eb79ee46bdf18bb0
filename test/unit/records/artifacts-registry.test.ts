import { describe, expect, it } from "vitest";
import { artifactFile, RUN_ARTIFACTS } from "../../../src/records/artifacts/registry.ts";

describe("registry", () => {
  it.each(Object.values(RUN_ARTIFACTS).map((each) => [each.name, each] as const))(
    "%s declares a sound table",
    (name, declaration) => {
      const names = declaration.columns.map((column) => column.name);
      expect(new Set(names).size).toBe(names.length);
      expect(declaration.primaryKey.every((key) => names.includes(key))).toBe(true);
      expect(declaration.file).toBe(`${name}.csv`);
      expect(artifactFile(name)).toBe(declaration.file);
      const keyed = {
        series: ["date"],
        panel: ["date", "instrument"],
        table: [],
      }[declaration.kind];
      expect(declaration.primaryKey).toEqual(expect.arrayContaining(keyed));
      expect(declaration.kind !== "series" || declaration.primaryKey.length === 1).toBe(true);
      expect(names.every((column) => /^[a-z_]+$/.test(column))).toBe(true);
    },
  );

  it("knows no other file", () => {
    expect(artifactFile("toString")).toBe(null);
    expect(artifactFile("order")).toBe(null);
  });
});
