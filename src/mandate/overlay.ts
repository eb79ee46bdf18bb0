/**
 * Environment variables and flags as values of the mandate. A name is matched against the schema
 * and, for map keys (instrument ids, parameters), against the keys that lower layers have, so that
 * ASSAY__INSTRUMENTS__SPY__LOT reaches instruments.Spy.lot. Refuses names that are no key, list
 * entries that do not exist, and new map keys from the environment, which cannot carry their case.
 */
import type { Composed } from "./compose.ts";
import { unknownNameMessage, variableName } from "./environment.ts";
import type { MandateVariable } from "./environment.ts";
import type { Finding } from "./finding.ts";
import { nearest } from "../base/nearest.ts";
import {
  environmentOrigin,
  flagOrigin,
  formatKey,
  type KeyPath,
  type Origin,
  parseKey,
} from "./origin.ts";
import { alternativesOf, isObject, memberOf, type Schema, schemasAt, shapeOf } from "./schema.ts";
import { childOf, childrenOf, type Node, place } from "./tree.ts";
import { parseValueText } from "./yaml-tree.ts";

export type Flag = {
  readonly key: string;
  readonly value: string;
  /** What set it, where that is not `--set KEY`: "--without overlay". */
  readonly option?: string;
};
export type Overlaid = { readonly root: Node; readonly findings: readonly Finding[] };

export function layEnvironment(
  composed: Composed,
  base: Node,
  variables: readonly MandateVariable[],
): Overlaid {
  return layAll(base, variables, (root, { name, value, segments }) => {
    const origin = environmentOrigin(name);
    const found = locate(composed.schema, root, segments, false);
    if (isFormatKey(segments))
      return { root, findings: [{ origin, key: [], message: FILE_ALONE }] };
    if (found === null) {
      const message = unknownNameMessage(
        "no such key",
        name,
        keyPaths(composed, root).map(variableName),
      );
      return { root, findings: [{ origin, key: [], message }] };
    }
    return layOne(composed, root, { found, text: value, origin });
  });
}

export function layFlags(composed: Composed, base: Node, flags: readonly Flag[]): Overlaid {
  return layAll(base, flags, (root, { key, value, option }) => {
    const origin = flagOrigin(option ?? `--set ${key}`);
    const segments = parseKey(key);
    const found = segments === null ? null : locate(composed.schema, root, segments, true);
    if (segments !== null && isFormatKey(segments)) {
      return { root, findings: [{ origin, key: [], message: FILE_ALONE }] };
    }
    if (found === null) {
      const message = unknownFlag(key, keyPaths(composed, root).map(formatKey));
      return { root, findings: [{ origin, key: [], message }] };
    }
    return layOne(composed, root, { found, text: value, origin });
  });
}

/** A key above the one that was written is no help: what lies beside it is. */
function unknownFlag(key: string, known: readonly string[]): string {
  const match = nearest(
    key,
    known.filter((other) => !key.startsWith(`${other}.`)),
  );
  if (match !== null) return `no such key; did you mean ${match}?`;
  const parent = key.slice(0, key.lastIndexOf(".") + 1);
  const below = parent === "" ? [] : known.filter((other) => other.startsWith(parent));
  const beside = [...new Set(below.map((other) => other.slice(parent.length).split(".")[0]))];
  if (beside.length === 0) return "no such key; write SECTION.KEY=VALUE";
  return `no such key; known here: ${beside.join(", ")}`;
}

/** Keys that exist now: those of the schema, and those inside maps and lists that are present. */
export function keyPaths(composed: Composed, root: Node): KeyPath[] {
  const plain = [...composed.patterns.keys()]
    .filter((pattern) => !pattern.includes("*") && pattern !== "assay")
    .map((pattern) => pattern.split("."));
  return [...plain, ...pathsBelow(root, []).filter((path) => path.length > 1)];
}

type Located = { readonly path: KeyPath } | { readonly path: KeyPath; readonly problem: string };

const FILE_ALONE = "the version of the format is written in the file alone";

function isFormatKey(segments: readonly string[]): boolean {
  return segments[0].toLowerCase() === "assay";
}

function layAll<T>(
  base: Node,
  items: readonly T[],
  lay: (root: Node, item: T) => Overlaid,
): Overlaid {
  let root = base;
  const findings: Finding[] = [];
  for (const item of items) {
    const result = lay(root, item);
    root = result.root;
    findings.push(...result.findings);
  }
  return { root, findings };
}

function layOne(
  composed: Composed,
  root: Node,
  given: { readonly found: Located; readonly text: string; readonly origin: Origin },
): Overlaid {
  const { found, text, origin } = given;
  if ("problem" in found) {
    return { root, findings: [{ origin, key: found.path, message: found.problem }] };
  }
  const { node, findings } = parseValueText(text, origin, found.path);
  if (node === null) return { root, findings };
  const schemas = schemasAt(composed.schema, root, found.path);
  return { root: place(root, found.path, asText(node, schemas, text)), findings };
}

/** Where only text is wanted, 2024 and true are text; an empty value stays null. */
function asText(node: Node, schemas: readonly Schema[], text: string): Node {
  if (node.kind !== "leaf" || node.value === null || typeof node.value === "string") return node;
  const wanted = schemas.flatMap((schema) => alternativesOf(schema).schemas);
  const textOnly = wanted.length > 0 && wanted.every((schema) => schema._zod.def.type === "string");
  return textOnly ? { ...node, value: text.trim() } : node;
}

/** The path that segments name, or null when there is no such key. */
function locate(
  schema: Schema,
  root: Node,
  segments: readonly string[],
  mayAdd: boolean,
): Located | null {
  let schemas: readonly Schema[] = [schema];
  let node: Node | undefined = root;
  const path: string[] = [];
  for (let i = 0; i < segments.length; ) {
    const step = stepOf(schemas, node, segments.slice(i));
    if (step === null) return null;
    path.push(step.segment);
    const missing = step.inside !== null && childOf(node, step.segment) === undefined;
    if (missing && (step.inside === "list" || !mayAdd)) {
      return { path, problem: missingMember(step.inside === "list", node) };
    }
    schemas = step.schemas;
    node = childOf(node, step.segment);
    i += step.taken;
  }
  return { path };
}

type Step = {
  readonly segment: string;
  readonly schemas: readonly Schema[];
  /** How many of the given segments it used: ids may contain dots. */
  readonly taken: number;
  readonly inside: "list" | "map" | null;
};

function stepOf(
  schemas: readonly Schema[],
  node: Node | undefined,
  segments: readonly string[],
): Step | null {
  const all = schemas.flatMap((schema) => alternativesOf(schema).schemas);
  const wanted = segments[0].toLowerCase();
  const shapes = all.filter(isObject).flatMap((object) => Object.entries(shapeOf(object)));
  const fitting = shapes.filter(([key]) => key === wanted);
  if (fitting.length > 0) {
    return { segment: wanted, schemas: fitting.map(([, child]) => child), taken: 1, inside: null };
  }
  const members = all.map(memberOf).filter((member) => member !== null);
  if (members.length === 0) return null;
  if (node?.kind === "list" || all.every((schema) => schema._zod.def.type !== "record")) {
    if (!/^\d+$/.test(segments[0])) return null;
    return { segment: String(Number(segments[0])), schemas: members, taken: 1, inside: "list" };
  }
  for (let taken = segments.length; taken > 0; taken--) {
    const key = presentKey(node, segments.slice(0, taken).join("."));
    if (key !== null) return { segment: key, schemas: members, taken, inside: "map" };
  }
  return { segment: segments[0], schemas: members, taken: 1, inside: "map" };
}

/** The map's key spelt like this, exactly or but for case. */
function presentKey(node: Node | undefined, name: string): string | null {
  if (node?.kind !== "map") return null;
  if (node.entries.has(name)) return name;
  const matches = [...node.entries.keys()].filter(
    (key) => key.toLowerCase() === name.toLowerCase(),
  );
  return matches.length === 1 ? matches[0] : null;
}

function missingMember(isList: boolean, node: Node | undefined): string {
  const present = node === undefined ? [] : childrenOf(node).map(([key]) => key);
  if (isList) {
    const range = present.length === 0 ? "it has none" : `it has 0 to ${present.length - 1}`;
    return `the list has no such entry (${range}); add it in the file`;
  }
  const known = present.length === 0 ? "there are none" : `there are ${present.join(", ")}`;
  return `the environment can change keys of a map, not add one (${known}); add it in the file`;
}

function pathsBelow(node: Node, path: KeyPath): KeyPath[] {
  return childrenOf(node).flatMap(([segment, child]) => {
    const at = [...path, segment];
    return [at, ...pathsBelow(child, at)];
  });
}
