/**
 * Sections to one strict schema of the whole mandate. Enters: the sections their rooms declare;
 * leaves: the schema, descriptions, tags, defaults and profiles under full dotted keys. What is
 * wrong here is our own mistake and stops with invariant 6: two sections of one name, a section
 * without an owner, a default, profile, tag or description of a key that does not exist, a key
 * without a description, a default its own schema refuses.
 */
import { z } from "zod";
import { invariant } from "../base/assert.ts";
import type { KeyTag, Section } from "../domain/section.ts";
import { formatKey, type KeyPath, matchesPattern } from "./origin.ts";
import { alternativesOf, isObject, memberOf, patternsOf, type Schema, shapeOf } from "./schema.ts";

type Tree = { readonly [key: string]: unknown };

export type Composed = {
  readonly sections: readonly Section[];
  readonly schema: Schema;
  readonly patterns: ReadonlyMap<string, boolean>;
  readonly describe: ReadonlyMap<string, string>;
  readonly tags: readonly { readonly pattern: KeyPath; readonly tag: KeyTag }[];
  readonly defaults: Tree;
  readonly profiles: ReadonlyMap<string, Tree>;
};

/** The mandate format this code reads. */
export const FORMAT_VERSION = 1;

const HEADER_KEYS = ["assay", "name", "profile", "seed"];

export function composeSections(sections: readonly Section[]): Composed {
  for (const [i, section] of sections.entries()) checkIdentity(section, sections.slice(0, i));
  // `plain` exists even where no section gives it a value: it is the profile that adds nothing.
  const profileNames = [
    ...new Set(["plain", ...sections.flatMap((section) => Object.keys(section.profiles))]),
  ].sort();
  const header = headerSection(profileNames);
  const schema = rootSchema(header, sections);
  const composed: Composed = {
    sections,
    schema,
    patterns: patternsOf(schema),
    describe: new Map([
      ...Object.entries(header.describe),
      ...sections.flatMap((s) => prefixed(s.name, s.describe)),
    ]),
    tags: [
      { pattern: ["name"], tag: "presentation" },
      ...sections
        .flatMap((s) => prefixed(s.name, s.tags))
        .map(([key, tag]) => ({ pattern: key.split("."), tag })),
    ],
    defaults: { ...header.defaults, ...layerOf(sections, (section) => section.defaults) },
    profiles: new Map(
      profileNames.map((name) => [name, layerOf(sections, (s) => s.profiles[name] ?? {})]),
    ),
  };
  checkKeys(composed);
  return composed;
}

/** The tag of a key: its own or that of the map or list it lies in. */
export function tagOf(composed: Composed, path: KeyPath): KeyTag | null {
  for (let length = 1; length <= path.length; length++) {
    const found = composed.tags.find(({ pattern }) =>
      matchesPattern(pattern, path.slice(0, length)),
    );
    if (found !== undefined) return found.tag;
  }
  return null;
}

/** The line that says what a key is; null for maps and lists that have none. */
export function describeKey(composed: Composed, path: KeyPath): string | null {
  for (const [key, text] of composed.describe) {
    if (matchesPattern(key.split("."), path)) return text;
  }
  return null;
}

function headerSection(profileNames: readonly string[]) {
  return {
    shape: {
      assay: z.literal(FORMAT_VERSION),
      name: z.string().min(1),
      profile: z.enum(profileNames),
      seed: z.int().min(0),
    },
    defaults: { seed: 1 },
    describe: {
      assay: "version of the mandate format",
      name: "what people call this mandate; not part of its identity",
      profile: "the set of values the mandate starts from",
      seed: "seed of every random draw of a run",
    },
  };
}

function rootSchema(
  header: ReturnType<typeof headerSection>,
  sections: readonly Section[],
): Schema {
  const shape: { [key: string]: z.ZodType } = { ...header.shape };
  for (const section of sections) shape[section.name] = section.schema as z.ZodType;
  return z.strictObject(shape) as unknown as Schema;
}

function checkIdentity(section: Section, before: readonly Section[]): void {
  const { name } = section;
  invariant(
    /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name),
    6,
    `section "${name}" is not named in snake_case`,
  );
  invariant(!HEADER_KEYS.includes(name), 6, `section ${name} claims a key of the header`);
  const rival = before.find((other) => other.name === name);
  invariant(
    rival === undefined,
    6,
    () => `section ${name} is claimed by ${rival?.owner} and by ${section.owner}`,
  );
  invariant(section.owner.trim() !== "", 6, `section ${name} has no owner`);
  const isSchema =
    typeof section.schema === "object" && section.schema !== null && "_zod" in section.schema;
  invariant(isSchema, 6, `section ${name} has no zod schema`);
  const { schemas, nullable, optional } = alternativesOf(section.schema as Schema);
  const shaped = schemas.length > 0 && !nullable && !optional;
  const suitable = shaped && (schemas.every(isObject) || isListSection(section));
  invariant(suitable, 6, `section ${name} is neither a strict object nor a list`);
  if (!isListSection(section)) return;
  // Layers do not merge lists, and a section's defaults are keys: a list comes from the mandate.
  const layers = [section.defaults, ...Object.values(section.profiles)];
  const empty = layers.every((layer) => Object.keys(layer).length === 0);
  invariant(empty, 6, `section ${name} is a list and cannot have default or profile keys`);
}

function isListSection(section: Section): boolean {
  return (section.schema as Schema)._zod.def.type === "array";
}

function checkKeys(composed: Composed): void {
  const { patterns, describe, tags } = composed;
  for (const key of describe.keys()) {
    invariant(patterns.has(key), 6, `${key} is described but not in its section's schema`);
  }
  for (const { pattern } of tags) {
    const key = pattern.join(".");
    invariant(patterns.has(key), 6, `${key} is tagged but not in its section's schema`);
  }
  for (const [pattern, leaf] of patterns) {
    invariant(!leaf || isDescribed(pattern, describe), 6, `${pattern} has no line in describe`);
  }
  checkLayer(composed.schema, composed.defaults, [], "default");
  for (const [name, values] of composed.profiles) {
    checkLayer(composed.schema, values, [], `value in profile ${name}`);
  }
}

/**
 * By its own line, or by that of a list or map that speaks for its members: it does so as long as
 * no key inside has a line of its own, so that one forgotten among its siblings is still found.
 */
function isDescribed(pattern: string, describe: ReadonlyMap<string, string>): boolean {
  if (describe.has(pattern)) return true;
  const keys = [...describe.keys()];
  return keys.some((key) => {
    const inside = pattern.startsWith(`${key}.`);
    const container = key.endsWith(".*") || pattern.startsWith(`${key}.*`);
    return inside && container && !keys.some((other) => other.startsWith(`${key}.`));
  });
}

/** Each value of a layer must have a place in some variant of the schema and be accepted there. */
function checkLayer(schema: Schema, value: unknown, path: KeyPath, what: string): void {
  const alternatives = alternativesOf(schema).schemas;
  const objects = alternatives.filter(isObject);
  const key = formatKey(path);
  if (
    !isPlainMap(value) ||
    (objects.length === 0 && alternatives.every((a) => a._zod.def.type !== "record"))
  ) {
    const accepted = z.safeParse(schema, value).success;
    invariant(
      accepted,
      6,
      () => `the ${what} of ${key} is refused by its schema: ${JSON.stringify(value)}`,
    );
    return;
  }
  for (const [name, child] of Object.entries(value)) {
    const fits = [
      ...objects.map((object) => shapeOf(object)[name]),
      ...alternatives.filter((a) => a._zod.def.type === "record").map(memberOf),
    ].filter((schema) => schema !== undefined && schema !== null);
    invariant(
      fits.length > 0,
      6,
      () => `${what} for ${formatKey([...path, name])}, which is not in its section's schema`,
    );
    const union =
      fits.length === 1 ? fits[0] : (z.union(fits as unknown as [z.ZodType]) as unknown as Schema);
    checkLayer(union, child, [...path, name], what);
  }
}

function isPlainMap(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function layerOf(sections: readonly Section[], values: (section: Section) => Tree): Tree {
  // A map that nobody wrote is empty; a list that nobody wrote is missing.
  const maps = sections.filter((section) => !isListSection(section));
  return Object.fromEntries(maps.map((section) => [section.name, values(section)]));
}

function prefixed<T>(section: string, record: { readonly [key: string]: T }): [string, T][] {
  return Object.entries(record).map(([key, value]) => [`${section}.${key}`, value]);
}
