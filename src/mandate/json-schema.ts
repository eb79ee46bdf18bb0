/**
 * JSON Schema (draft 2020-12) of the whole mandate for editors: completion, hover text, red lines.
 * Enters: the sections; leaves: a plain JSON document. Looser than the resolver on purpose in one
 * point: a key that a default or any profile brings is not required.
 */
import { z } from "zod";
import type { Json } from "../base/canonical-json.ts";
import type { Section } from "../domain/section.ts";
import { composeSections, type Composed, describeKey } from "./compose.ts";
import type { KeyPath } from "./origin.ts";

type JsonSchema = { [key: string]: unknown };

export function mandateJsonSchema(sections: readonly Section[]): { readonly [key: string]: Json } {
  const composed = composeSections(sections);
  const schema = z.toJSONSchema(composed.schema, { target: "draft-2020-12" }) as JsonSchema;
  const brought = [composed.defaults, ...composed.profiles.values()];
  annotate(composed, schema, { path: [], defaults: composed.defaults, brought });
  return { ...schema, title: "Assay mandate" } as { readonly [key: string]: Json };
}

type Place = {
  readonly path: KeyPath;
  /** What the defaults have here; undefined for nothing. */
  readonly defaults: unknown;
  /** What defaults and profiles have here. */
  readonly brought: readonly unknown[];
};

function annotate(composed: Composed, schema: JsonSchema, place: Place): void {
  const text = place.path.length === 0 ? null : describeKey(composed, place.path);
  if (text !== null) schema["description"] = text;
  const isMap =
    typeof place.defaults === "object" && place.defaults !== null && !Array.isArray(place.defaults);
  const fits = schema["const"] === undefined || schema["const"] === place.defaults;
  if (place.defaults !== undefined && !isMap && fits) schema["default"] = place.defaults;
  annotateInside(composed, schema, place);
}

function annotateInside(composed: Composed, schema: JsonSchema, place: Place): void {
  for (const word of ["anyOf", "oneOf"]) {
    for (const variant of schemasIn(schema[word])) annotateInside(composed, variant, place);
  }
  for (const word of ["items", "additionalProperties"]) {
    const member = schema[word];
    if (typeof member !== "object" || member === null) continue;
    annotate(composed, member as JsonSchema, {
      path: [...place.path, "*"],
      defaults: undefined,
      brought: [],
    });
  }
  const properties = schema["properties"];
  if (typeof properties !== "object" || properties === null) return;
  const optional = new Set<string>();
  for (const [key, child] of Object.entries(properties as { [key: string]: JsonSchema })) {
    const brought = place.brought
      .map((values) => childValue(values, key))
      // A default `kind: csv` does not excuse the other variants from saying theirs.
      .filter((value) => value !== undefined && (child["const"] ?? value) === value);
    const inner = {
      path: [...place.path, key],
      defaults: childValue(place.defaults, key),
      brought,
    };
    annotate(composed, child, inner);
    if (brought.length > 0 && isComplete(child)) optional.add(key);
  }
  const required = ((schema["required"] as string[] | undefined) ?? []).filter(
    (key) => !optional.has(key),
  );
  if (required.length > 0) schema["required"] = required;
  else delete schema["required"];
}

/** An empty map would do: nothing in it is required. */
function isComplete(schema: JsonSchema): boolean {
  const variants = [...schemasIn(schema["anyOf"]), ...schemasIn(schema["oneOf"])];
  return schema["required"] === undefined && (variants.length === 0 || variants.some(isComplete));
}

function schemasIn(list: unknown): readonly JsonSchema[] {
  return Array.isArray(list) ? (list as JsonSchema[]) : [];
}

function childValue(values: unknown, key: string): unknown {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return undefined;
  return (values as { [key: string]: unknown })[key];
}
