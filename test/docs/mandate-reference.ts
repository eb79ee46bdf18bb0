/**
 * docs/mandate.md, made from the sections themselves: key, meaning, what is accepted, where its
 * value comes from when nobody writes it. Enters: the sections; leaves: the document's text.
 */
import type { Section } from "../../src/domain/section.ts";
import { type Composed, composeSections, tagOf } from "../../src/mandate/compose.ts";
import { mandateJsonSchema } from "../../src/mandate/json-schema.ts";

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: { readonly [key: string]: Schema };
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
};

const INTRODUCTION = `# The mandate

One YAML file says what a portfolio may do. This page lists every key. It is made from the sections in the
code and compared with them by \`test/docs/mandate.test.ts\`, which writes the new text beside it, as
\`mandate-changed.md\`, when they differ; do not edit it by hand.

Values come in layers, each over the one before: defaults, the profile that \`profile\` names, the file, the
environment (\`ASSAY__SECTION__KEY\`), flags (\`--set section.key=value\`). Maps are merged key by key, lists are
replaced whole. \`assay config MANDATE\` prints the result with the origin of each value.

"without it" is what holds when no layer says anything else: a default, then the profiles that bring another value;
\`plain: value\` alone where there is no default, **required** where the run is refused, or "absent" for an optional
key of a list's member, whose meaning then says what absence means. A \`*\` stands for a list's members or a map's
keys. [profiles/](profiles/) has the least mandate of each profile and all values it resolves to.

The mandate hash covers all values except those tagged *location* (where a file lies; its content is hashed
elsewhere) and *presentation* (what a person sees). A key that the other values leave nobody to read, such as
\`data.sources\` of a simulated market, is refused when a person set it.
`;

export function mandateReference(sections: readonly Section[]): string {
  const composed = composeSections(sections);
  const root = mandateJsonSchema(sections) as Schema;
  const profiles = Object.fromEntries(composed.profiles);
  const properties = Object.entries(root.properties ?? {});
  const header = properties.filter(([key]) => sections.every((section) => section.name !== key));
  const parts = [
    part(composed, "The head of the file", {
      profiles,
      entries: header,
      at: "",
      required: root.required,
    }),
    ...sections.map((section) => sectionPart(composed, section, root, profiles)),
  ];
  return `${INTRODUCTION}\n${parts.join("\n")}`;
}

/** What each profile says of the values at hand. */
type Profiles = { readonly [profile: string]: unknown };

type Given = {
  readonly profiles: Profiles;
  readonly entries: readonly (readonly [string, Schema])[];
  readonly at: string;
  readonly required: readonly string[] | undefined;
};

function sectionPart(
  composed: Composed,
  section: Section,
  root: Schema,
  profiles: Profiles,
): string {
  const schema = root.properties?.[section.name] ?? {};
  const title = `\`${section.name}\`, read by ${section.owner}`;
  const inner = schema.items ?? schema;
  const at = schema.items === undefined ? section.name : `${section.name}.*`;
  const entries = Object.entries(inner.properties ?? {});
  return part(composed, title, {
    profiles: below(profiles, section.name),
    entries,
    at,
    required: inner.required,
  });
}

function part(composed: Composed, title: string, given: Given): string {
  const head = "| key | meaning | accepted | without it |\n|---|---|---|---|\n";
  return `## ${title}\n\n${head}${rowsOf(composed, given).join("")}`;
}

function rowsOf(composed: Composed, { profiles, entries, at, required }: Given): string[] {
  return entries.flatMap(([key, schema]) => {
    const path = at === "" ? key : `${at}.${key}`;
    const brought = below(profiles, key);
    const inner = innerOf(schema);
    // A key without a line of its own is spoken for by the map or list it lies in.
    const own = schema.description !== undefined;
    const isRequired = required?.includes(key) === true;
    const inList = path.includes("*");
    const without = withoutText(schema, { brought, isRequired, inList });
    const row = own ? [rowText(composed, path, schema, without)] : [];
    if (inner === null) return row;
    const inside = {
      profiles: inner.suffix === "" ? brought : {},
      entries: Object.entries(inner.schema.properties ?? {}),
      at: path + inner.suffix,
      required: inner.schema.required,
    };
    const members =
      inner.schema.description === undefined || inner.suffix === ""
        ? []
        : [rowText(composed, path + inner.suffix, inner.schema, "none")];
    // A member that has its own line speaks for its keys.
    return members.length > 0 ? [...row, ...members] : [...row, ...rowsOf(composed, inside)];
  });
}

/** The maps below a key, and how its path goes on. */
function innerOf(schema: Schema): { readonly schema: Schema; readonly suffix: "" | ".*" } | null {
  if (schema.properties !== undefined) return { schema, suffix: "" };
  const member = schema.items ?? schema.additionalProperties;
  if (typeof member !== "object") return null;
  if (member.oneOf !== undefined) return { schema: unionOf(member.oneOf), suffix: ".*" };
  if (member.properties !== undefined || member.description)
    return { schema: member, suffix: ".*" };
  return null;
}

/** Kinds of map as one: every key of any, required where each kind that has it requires it. */
function unionOf(variants: readonly Schema[]): Schema {
  const keys = new Set(variants.flatMap((variant) => Object.keys(variant.properties ?? {})));
  const properties: { [key: string]: Schema } = {};
  const required: string[] = [];
  for (const key of keys) {
    const having = variants.filter((variant) => variant.properties?.[key] !== undefined);
    const schemas = having.map((variant) => variant.properties?.[key] as Schema);
    const { description = "" } = schemas[0];
    const texts = new Set(schemas.map(acceptedText));
    properties[key] = texts.size === 1 ? schemas[0] : { description, oneOf: schemas };
    if (having.every((variant) => variant.required?.includes(key))) required.push(key);
  }
  return { properties, required };
}

function rowText(composed: Composed, path: string, schema: Schema, without: string): string {
  const tag = tagOf(composed, path.split("."));
  const meaning = `${schema.description ?? ""}${tag === null ? "" : ` *(${tag})*`}`;
  const cells = [`\`${path}\``, meaning, acceptedText(schema), without];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

function withoutText(
  schema: Schema,
  given: { readonly brought: Profiles; readonly isRequired: boolean; readonly inList: boolean },
): string {
  const { brought, isRequired, inList } = given;
  const initial = schema.default === undefined ? null : JSON.stringify(schema.default);
  const others = isOneValue(schema) ? profileTexts(brought, initial) : [];
  if (initial !== null) return [`\`${initial}\``, ...others].join("; ");
  if (others.length > 0) return others.join("; ");
  if (isRequired) return "**required**";
  // A map outside of a list has no default of its own: its entries have, and there are none.
  return typeof schema.additionalProperties === "object" && !inList ? "`{}`" : "absent";
}

/** "plain, etf-trend: `true`" for each value that is not the default. */
function profileTexts(brought: Profiles, initial: string | null): string[] {
  const names = new Map<string, string[]>();
  for (const [profile, value] of Object.entries(brought)) {
    const text = JSON.stringify(value);
    if (value === undefined || text === initial) continue;
    names.set(text, [...(names.get(text) ?? []), profile]);
  }
  const all = Object.keys(brought).length;
  return [...names].map(([text, profiles]) =>
    all > 1 && profiles.length === all
      ? `every profile: \`${text}\``
      : `${profiles.join(", ")}: \`${text}\``,
  );
}

function acceptedText(schema: Schema): string {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return variants.map(acceptedText).join(" or ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.items !== undefined) {
    const kinds = new Set((schema.items.oneOf ?? [schema.items]).map(acceptedText));
    return `list of ${[...kinds].join(" or ")}`;
  }
  if (schema.properties !== undefined) return "map";
  if (typeof schema.additionalProperties === "object") {
    return `map of ${acceptedText(schema.additionalProperties)}`;
  }
  return schema.type === "integer" || schema.type === "number"
    ? numberText(schema)
    : String(schema.type);
}

function numberText(schema: Schema): string {
  const bounds = [
    schema.exclusiveMinimum === undefined ? null : `> ${schema.exclusiveMinimum}`,
    schema.minimum === undefined || schema.minimum <= -Number.MAX_SAFE_INTEGER
      ? null
      : `>= ${schema.minimum}`,
    schema.exclusiveMaximum === undefined ? null : `< ${schema.exclusiveMaximum}`,
    schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER
      ? null
      : `<= ${schema.maximum}`,
  ].filter((bound) => bound !== null);
  return [String(schema.type), ...bounds].join(" ");
}

function isOneValue(schema: Schema): boolean {
  return schema.properties === undefined;
}

function below(profiles: Profiles, key: string): Profiles {
  return Object.fromEntries(
    Object.entries(profiles).map(([profile, values]) => [profile, child(values, key)]),
  );
}

function child(values: unknown, key: string): unknown {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return undefined;
  return Object.entries(values).find(([name]) => name === key)?.[1];
}
