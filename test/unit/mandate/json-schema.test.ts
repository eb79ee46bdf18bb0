import { describe, expect, it } from "vitest";
import { mandateJsonSchema } from "../../../src/mandate/json-schema.ts";
import { SECTIONS } from "./sections.ts";

type Schema = { [key: string]: Schema } & {
  required?: string[];
  default?: unknown;
  description?: string;
};

describe("mandateJsonSchema", () => {
  const schema = mandateJsonSchema(SECTIONS) as unknown as Schema;

  it("requires what neither defaults nor profiles bring", () => {
    expect(schema.required).toEqual(["assay", "name", "profile", "tolls", "cargo"]);
    expect(schema["properties"]["tolls"].required).toEqual(["per_share"]);
    const [files, invented] = schema["properties"]["cargo"]["oneOf"] as unknown as Schema[];
    expect(files.required).toEqual(["sources"]);
    expect(invented.required).toEqual(["kind"]);
    expect(files["properties"]["sources"]["items"].required).toEqual(["file", "columns"]);
  });

  it("carries descriptions and defaults", () => {
    const { tolls, profile } = schema["properties"];
    expect(tolls["properties"]["bps"]).toMatchObject({
      description: "basis points of the notional",
      default: 0,
    });
    expect(tolls["properties"]["per_share"].default).toBeUndefined();
    expect(profile["enum"]).toEqual(["dear", "plain"]);
    const [files] = schema["properties"]["cargo"]["oneOf"] as unknown as Schema[];
    expect(files["properties"]["sources"]["items"]["properties"]["file"].description).toBe(
      "file beside the mandate",
    );
  });

  it("is draft 2020-12, strict, and plain JSON", () => {
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema["additionalProperties"]).toBe(false);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});
