/**
 * Schemas and values in plain words: "a number >= 0", "one of csv, simulated", `got "abc"`. Enters:
 * zod schemas and tree nodes; leaves: text for one line.
 */
import { alternativesOf, choicesOf, isObject, memberOf, type Schema, shapeOf } from "./schema.ts";
import type { Node } from "./tree.ts";

/** What any of the schemas would accept. */
export function expectedWords(schemas: readonly Schema[]): string {
  const parts = schemas.map(alternativesOf);
  const plain = parts.flatMap((part) => part.schemas);
  const choices = plain.flatMap((schema) => choicesOf(schema) ?? []);
  const others = plain.filter((schema) => choicesOf(schema) === null).map(oneSchemaWords);
  const words = [...new Set([...choiceWords(choices), ...others])];
  if (parts.some((part) => part.nullable)) words.push("null");
  return words.join(" or ");
}

/** What to write in place of a missing value: `per_share: <number>`. */
export function placeholder(key: string, schemas: readonly Schema[]): string {
  const first = schemas.flatMap((schema) => alternativesOf(schema).schemas)[0];
  const choices = first === undefined ? null : choicesOf(first);
  if (choices !== null)
    return `${key}: ${choices.length === 1 ? String(choices[0]) : `<${choices.join(" | ")}>`}`;
  switch (first?._zod.def.type) {
    case "number":
      return `${key}: <${bagOf(first).format === undefined ? "number" : "whole number"}>`;
    case "boolean":
      return `${key}: <true | false>`;
    case "array":
    case "tuple":
      return `${key}: [<values>]`;
    case "object":
    case "record":
      return `${key}: {<keys>}`;
    default:
      return `${key}: <text>`;
  }
}

export function gotWords(node: Node | undefined): string {
  if (node === undefined) return "got nothing";
  switch (node.kind) {
    case "leaf":
      return `got ${node.value === null ? "null" : shorten(JSON.stringify(node.value))}`;
    case "list":
      return node.items.length === 0 ? "got an empty list" : `got a list of ${node.items.length}`;
    case "map":
      return node.entries.size === 0
        ? "got an empty map"
        : `got a map with ${shorten([...node.entries.keys()].join(", "))}`;
  }
}

function choiceWords(choices: readonly unknown[]): string[] {
  const distinct = [...new Set(choices.map(String))];
  if (distinct.length === 0) return [];
  return [distinct.length === 1 ? distinct[0] : `one of ${distinct.join(", ")}`];
}

function oneSchemaWords(schema: Schema): string {
  const def = schema._zod.def;
  const member = memberOf(schema);
  switch (def.type) {
    case "number":
      return numberWords(bagOf(schema));
    case "string":
      return textWords(bagOf(schema));
    case "template_literal":
      return `text matching ${String(schema._zod.pattern)}`;
    case "boolean":
      return "true or false";
    case "array": {
      const { minimum } = bagOf(schema);
      const size =
        minimum === undefined || minimum === 0 ? "a list" : `a list of at least ${minimum}`;
      return `${size}, each ${expectedWords([member as Schema])}`;
    }
    case "tuple":
      return `a list of ${def.items.length}: ${def.items.map((item) => expectedWords([item as Schema])).join(", ")}`;
    case "record":
      return `a map from names, each ${expectedWords([member as Schema])}`;
    default:
      return isObject(schema) ? `a map with ${Object.keys(shapeOf(schema)).join(", ")}` : def.type;
  }
}

/** The limits zod collects from a schema's checks. */
type Bag = {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly format?: string;
  readonly patterns?: ReadonlySet<RegExp>;
};

function bagOf(schema: Schema): Bag {
  return schema._zod.bag as Bag;
}

function numberWords(bag: Bag): string {
  const noun = bag.format === undefined ? "a number" : "a whole number";
  const low = bound(">=", bag.minimum) ?? bound(">", bag.exclusiveMinimum);
  const high = bound("<=", bag.maximum) ?? bound("<", bag.exclusiveMaximum);
  const step = bag.multipleOf === undefined ? null : `in steps of ${bag.multipleOf}`;
  return [noun, [low, high].filter((part) => part !== null).join(" and "), step]
    .filter(Boolean)
    .join(" ");
}

/** The integer format brings the limits of a double's exact integers: those go without saying. */
function bound(sign: string, limit: number | undefined): string | null {
  if (limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER || !Number.isFinite(limit))
    return null;
  return `${sign} ${limit}`;
}

function textWords(bag: Bag): string {
  const pattern = [...(bag.patterns ?? [])][0];
  if (pattern !== undefined) return `text matching ${pattern}`;
  if (bag.minimum === 1 && bag.maximum === undefined) return "text that is not empty";
  if (bag.minimum === undefined && bag.maximum === undefined) return "text";
  return `text of ${bag.minimum ?? 0} to ${bag.maximum ?? "any number of"} characters`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
