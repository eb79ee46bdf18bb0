/**
 * What a zod schema says about its keys: which exist, which are leaves, which variant of a union
 * a value chose. Sections may be built from strict objects, records, arrays, unions, enums,
 * literals and scalars. Defaults, transforms, coercion and open objects are refused (invariant
 * 6): they would change or drop a value behind the back of the origins.
 */
import type { z } from "zod";
import { invariant } from "../base/assert.ts";
import type { KeyPath } from "./origin.ts";
import { childOf, type Node } from "./tree.ts";

export type Schema = z.core.$ZodTypes;
export type ObjectSchema = Schema & { readonly _zod: { readonly def: z.core.$ZodObjectDef } };

export type Alternatives = {
  /** Unions, nullable and optional taken apart. */
  readonly schemas: readonly Schema[];
  readonly nullable: boolean;
  readonly optional: boolean;
};

export function alternativesOf(schema: Schema): Alternatives {
  const def = schema._zod.def;
  switch (def.type) {
    case "nullable":
      return { ...alternativesOf(def.innerType as Schema), nullable: true };
    case "optional":
      return { ...alternativesOf(def.innerType as Schema), optional: true };
    case "readonly":
    case "nonoptional":
      return alternativesOf(def.innerType as Schema);
    case "null":
      return { schemas: [], nullable: true, optional: false };
    case "union": {
      const parts = def.options.map((option) => alternativesOf(option as Schema));
      return {
        schemas: parts.flatMap((part) => part.schemas),
        nullable: parts.some((part) => part.nullable),
        optional: parts.some((part) => part.optional),
      };
    }
    default:
      return { schemas: [schema], nullable: false, optional: false };
  }
}

export function isObject(schema: Schema): schema is ObjectSchema {
  return schema._zod.def.type === "object";
}

export function shapeOf(schema: ObjectSchema): { readonly [key: string]: Schema } {
  return schema._zod.def.shape as { readonly [key: string]: Schema };
}

/** The schema of an array's or a map's members; null for what has no members of one kind. */
export function memberOf(schema: Schema): Schema | null {
  const def = schema._zod.def;
  if (def.type === "array") return def.element as Schema;
  if (def.type === "record") return def.valueType as Schema;
  return null;
}

/** The values of an enum or literal, else null. */
export function choicesOf(schema: Schema): readonly unknown[] | null {
  const def = schema._zod.def;
  if (def.type === "enum") return Object.values(def.entries);
  if (def.type === "literal") return def.values;
  return null;
}

/** The object variants whose literal keys (kind: csv) agree with the node; all when none does. */
export function chosenObjects(schema: Schema, node: Node | undefined): readonly ObjectSchema[] {
  const objects = alternativesOf(schema).schemas.filter(isObject);
  const chosen = objects.filter((object) =>
    Object.entries(shapeOf(object)).every(([key, child]) => {
      const [only, ...others] = alternativesOf(child).schemas;
      const isLiteral = others.length === 0 && only?._zod.def.type === "literal";
      const choices = isLiteral ? choicesOf(only) : null;
      const leaf = childOf(node, key);
      return choices === null || leaf?.kind !== "leaf" || choices.includes(leaf.value);
    }),
  );
  return chosen.length === 0 ? objects : chosen;
}

/** Every schema that may describe what lies at `path` in `root`, given the variants chosen. */
export function schemasAt(schema: Schema, root: Node, path: KeyPath): readonly Schema[] {
  let schemas: readonly Schema[] = [schema];
  let node: Node | undefined = root;
  for (const segment of path) {
    schemas = schemas.flatMap((candidate) => stepInto(candidate, node, segment));
    node = childOf(node, segment);
  }
  return schemas;
}

function stepInto(schema: Schema, node: Node | undefined, segment: string): readonly Schema[] {
  const objects = chosenObjects(schema, node).flatMap((object) => {
    const child = shapeOf(object)[segment];
    return child === undefined ? [] : [child];
  });
  const members = alternativesOf(schema)
    .schemas.map(memberOf)
    .filter((member) => member !== null);
  return [...objects, ...members];
}

/** Every key of a schema as a dotted pattern ("sources.*.file"): true when it can be a leaf. */
export function patternsOf(schema: Schema): ReadonlyMap<string, boolean> {
  const patterns = new Map<string, boolean>();
  collectPatterns(schema, [], patterns);
  return patterns;
}

function collectPatterns(schema: Schema, path: KeyPath, patterns: Map<string, boolean>): void {
  const at = path.join(".");
  for (const alternative of alternativesOf(schema).schemas) {
    refuseUnsuitable(alternative, at);
    const member = memberOf(alternative);
    if (path.length > 0) {
      const leaf = member === null && !isObject(alternative);
      patterns.set(at, leaf || patterns.get(at) === true);
    }
    if (member !== null) collectPatterns(member, [...path, "*"], patterns);
    if (!isObject(alternative)) continue;
    for (const [key, child] of Object.entries(shapeOf(alternative))) {
      const name = at === "" ? key : `${at}.${key}`;
      invariant(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(key), 6, `key ${name} is not snake_case`);
      collectPatterns(child, [...path, key], patterns);
    }
  }
}

const SUITABLE: ReadonlySet<string> = new Set([
  "object",
  "record",
  "array",
  "tuple",
  "string",
  "number",
  "boolean",
  "enum",
  "literal",
  "template_literal",
]);

function refuseUnsuitable(schema: Schema, at: string): void {
  const def = schema._zod.def;
  const where = at === "" ? "a section's schema" : `the schema of ${at}`;
  invariant(
    SUITABLE.has(def.type),
    6,
    `${where} is of type ${def.type}, which a mandate cannot hold`,
  );
  invariant(!("coerce" in def && def.coerce === true), 6, `${where} coerces its input`);
  const changes = (def.checks ?? []).some((check) => check._zod.def.check === "overwrite");
  invariant(!changes, 6, `${where} changes its input`);
  if (def.type === "object") {
    const strict = (def.catchall as Schema | undefined)?._zod.def.type === "never";
    invariant(strict, 6, `${where} is not strict: unknown keys would pass`);
  }
}
