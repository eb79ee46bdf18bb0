/**
 * Schemas and values in plain words: "a number >= 0", "one of csv, simulated", `got "abc"`. Enters:
 * zod schemas and tree nodes; leaves: text for one line.
 */
import type { z } from "zod";
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
  if (choices?.length === 1) return `${key}: ${String(choices[0])}`;
  if (choices !== null) return `${key}: <${choices.join(" | ")}>`;
  switch (first?._zod.def.type) {
    case "number":
      return `${key}: <${limitsOf(first).format === null ? "number" : "whole number"}>`;
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
      return numberWords(limitsOf(schema));
    case "string":
      return textWords(limitsOf(schema));
    case "template_literal":
      return `text matching ${String(schema._zod.pattern)}`;
    case "boolean":
      return "true or false";
    case "array": {
      const { shortest } = limitsOf(schema);
      const size = shortest === null ? "a list" : `a list of at least ${shortest}`;
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

/** What the checks of a schema allow. */
type Limits = {
  readonly low: string | null;
  readonly high: string | null;
  readonly shortest: number | null;
  readonly longest: number | null;
  readonly step: number | null;
  /** "safeint", "date", "email", "regex" ...; null for plain numbers and text. */
  readonly format: string | null;
  readonly pattern: RegExp | null;
};

function limitsOf(schema: Schema): Limits {
  const def = schema._zod.def as {
    readonly checks?: readonly z.core.$ZodCheck[];
    readonly format?: string;
  };
  const rules = (def.checks ?? []).map(
    (check) => check._zod.def as z.core.$ZodChecks["_zod"]["def"],
  );
  let limits: Limits = {
    low: null,
    high: null,
    shortest: null,
    longest: null,
    step: null,
    format: def.format ?? null,
    pattern: null,
  };
  for (const rule of rules) limits = { ...limits, ...limitsOfRule(rule) };
  return limits;
}

function limitsOfRule(rule: z.core.$ZodChecks["_zod"]["def"]): Partial<Limits> {
  switch (rule.check) {
    case "greater_than":
      return { low: `${rule.inclusive ? ">=" : ">"} ${String(rule.value)}` };
    case "less_than":
      return { high: `${rule.inclusive ? "<=" : "<"} ${String(rule.value)}` };
    case "multiple_of":
      return { step: Number(rule.value) };
    case "min_length":
      return { shortest: rule.minimum };
    case "max_length":
      return { longest: rule.maximum };
    case "length_equals":
      return { shortest: rule.length, longest: rule.length };
    case "number_format":
      return { format: rule.format };
    case "string_format":
      return { format: rule.format, pattern: rule.pattern ?? null };
    default:
      return {};
  }
}

function numberWords(limits: Limits): string {
  const noun = limits.format === null ? "a number" : "a whole number";
  const bounds = [limits.low, limits.high].filter((part) => part !== null).join(" and ");
  const step = limits.step === null ? "" : `in steps of ${limits.step}`;
  return [noun, bounds, step].filter((part) => part !== "").join(" ");
}

function textWords({ shortest, longest, format, pattern }: Limits): string {
  if (pattern !== null) return `text matching ${pattern}`;
  if (format !== null) return `text in the form of ${format}`;
  if (longest === null)
    return shortest === null
      ? "text"
      : shortest === 1
        ? "text that is not empty"
        : `text of at least ${shortest} characters`;
  return `text of ${shortest ?? 0} to ${longest} characters`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
