/**
 * YAML text to a tree that knows line and column of every key (YAML 1.2 core schema: yes and on
 * are text, only true and false are booleans). Keys are text as they are spelt. Refuses, each as
 * a finding: syntax errors, several documents, an empty file, a root that is not a map, a key
 * written twice, tags, numbers a double cannot hold, aliases that contain themselves or explode.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Node as YamlNode, Pair, Scalar as YamlScalar } from "yaml";
import type { Finding } from "./finding.ts";
import { fileOrigin, type KeyPath, type Origin } from "./origin.ts";
import type { MapNode, Node } from "./tree.ts";

/** Far above any real mandate; stops aliases of aliases from filling the memory. */
const MOST_NODES = 20_000;

type Builder = {
  readonly document: Document;
  readonly originOf: (node: unknown) => Origin;
  readonly findings: Finding[];
  /** Aliased nodes being built now: meeting one again is a cycle. */
  readonly open: Set<unknown>;
  nodes: number;
};

export type ParsedText = { readonly root: MapNode | null; readonly findings: readonly Finding[] };

export function parseMandateText(text: string, fileName: string): ParsedText {
  const lines = new LineCounter();
  const document = parse(text, lines);
  const originAt = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return fileOrigin(fileName, Math.max(1, line), Math.max(1, col));
  };
  const top = fileOrigin(fileName, 1, 1);
  const syntax = syntaxFindings(document, originAt);
  if (syntax.length > 0) return { root: null, findings: syntax };
  if (document.contents === null) return refused(top, EMPTY);
  const builder = newBuilder(document, (node) => originAt(offsetOf(node)));
  const root = build(document.contents, [], top, builder);
  if (root?.kind === "leaf" && root.value === null) return refused(top, EMPTY);
  if (root !== null && root.kind !== "map") {
    return refused(
      top,
      `expected a map of sections, got a ${root.kind === "list" ? "list" : "single value"}`,
    );
  }
  return { root, findings: builder.findings };
}

/** The text of an environment variable or a flag, as YAML; every node has the given origin. */
export function parseValueText(
  text: string,
  origin: Origin,
  path: KeyPath,
): { readonly node: Node | null; readonly findings: readonly Finding[] } {
  const document = parse(text, new LineCounter());
  const syntax = syntaxFindings(document, () => origin);
  if (syntax.length > 0) {
    const why = syntax[0].message.replace(/^not YAML: /, "");
    const message = `${JSON.stringify(text)} is not a YAML value (${why}); quote it`;
    return { node: null, findings: [{ origin, key: path, message }] };
  }
  const builder = newBuilder(document, () => origin);
  return { node: build(document.contents, path, origin, builder), findings: builder.findings };
}

const EMPTY =
  "the file is empty: expected assay, name, profile and the sections; `assay init DIR` writes a complete one";

function parse(text: string, lineCounter: LineCounter): Document {
  // Keys written twice are found while building, where their dotted key is known.
  return parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    version: "1.2",
  });
}

function refused(origin: Origin, message: string): ParsedText {
  return { root: null, findings: [{ origin, key: [], message }] };
}

function newBuilder(document: Document, originOf: (node: unknown) => Origin): Builder {
  return { document, originOf, findings: [], open: new Set(), nodes: 0 };
}

function syntaxFindings(document: Document, originAt: (offset: number) => Origin): Finding[] {
  // One mistake can break several rules; the first on a line says enough.
  const lines = new Set<number | null>();
  const first = [...document.errors, ...document.warnings]
    .map((error) => ({ error, origin: originAt(error.pos[0]) }))
    .filter(({ origin }) => {
      const line = origin.at?.line ?? null;
      return !lines.has(line) && lines.add(line);
    });
  return first.map(({ error, origin }) => ({
    origin,
    key: [],
    message: syntaxMessage(error.code, error.message),
  }));
}

function syntaxMessage(code: string, message: string): string {
  if (code === "TAB_AS_INDENT") return "not YAML: a tab in the indentation; use spaces";
  if (code === "MULTIPLE_DOCS") return "a second document starts here; a mandate is one document";
  if (code === "TAG_RESOLVE_FAILED") return `${message}; a mandate uses no tags`;
  const open = /^Flow (map|sequence)\b.* end with a (.)$/.exec(message);
  if (open !== null) {
    return `not YAML: a ${open[1] === "map" ? "{" : "["} before this place is not closed; expected ${open[2]}`;
  }
  return `not YAML: ${message}`;
}

function offsetOf(node: unknown): number {
  const range = (node as YamlNode | null)?.range;
  return range === null || range === undefined ? 0 : range[0];
}

/** Null when the node could not be built; a finding says why. */
function build(node: unknown, path: KeyPath, origin: Origin, b: Builder): Node | null {
  if (++b.nodes > MOST_NODES) {
    if (b.nodes === MOST_NODES + 1)
      report(b, origin, path, `more than ${MOST_NODES} values; aliases repeat too much`);
    return null;
  }
  if (isAlias(node)) return buildAlias(node.resolve(b.document), node.source, path, origin, b);
  if (isMap(node)) return { kind: "map", origin, entries: buildEntries(node.items, path, b) };
  if (isSeq(node)) {
    // An item that could not be built has its finding; null keeps the indices of the others.
    const items = node.items.map((item, i): Node => {
      const at = b.originOf(item);
      const built = build(item, [...path, String(i)], at, b);
      return built ?? { kind: "leaf", origin: at, value: null, source: null };
    });
    return { kind: "list", origin, items };
  }
  return buildScalar(node, path, origin, b);
}

function buildAlias(
  target: unknown,
  name: string,
  path: KeyPath,
  origin: Origin,
  b: Builder,
): Node | null {
  if (target === undefined) return report(b, origin, path, `*${name} names no anchor above it`);
  if (b.open.has(target)) return report(b, origin, path, `*${name} contains itself`);
  b.open.add(target);
  const built = build(target, path, origin, b);
  b.open.delete(target);
  return built;
}

function buildScalar(node: unknown, path: KeyPath, origin: Origin, b: Builder): Node | null {
  const value = isScalar(node) ? node.value : null;
  const source = isScalar(node) ? ((node as YamlScalar).source ?? null) : null;
  if (typeof value === "number" && !Number.isFinite(value)) {
    return report(b, origin, path, `expected a finite number, got ${source}`);
  }
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return report(
      b,
      origin,
      path,
      `${source} is beyond 2^53 and cannot be held exactly; quote it if it is text`,
    );
  }
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
  ) {
    return { kind: "leaf", origin, value, source };
  }
  return report(b, origin, path, `${source} is neither text, a number, true, false nor null`);
}

function buildEntries(pairs: readonly Pair[], path: KeyPath, b: Builder): Map<string, Node> {
  const entries = new Map<string, Node>();
  const merged: Node[] = [];
  const places = new Map<string, Origin>();
  for (const pair of pairs) {
    const origin = b.originOf(pair.key);
    const key = keyText(pair.key);
    const at = [...path, key ?? "?"];
    const first = key === null ? undefined : places.get(key);
    if (key === null || key === "__proto__") {
      report(b, origin, path, "expected text as a key, got something else");
    } else if (first !== undefined) {
      report(b, origin, at, `written twice, first at ${first.detail}; keep one`);
    } else if (key === "<<") {
      merged.push(...mergeSources(pair.value, path, origin, b));
    } else {
      places.set(key, origin);
      const node = build(pair.value, at, origin, b);
      if (node !== null) entries.set(key, node);
    }
  }
  // `<<: *base` fills in what the map itself does not say; earlier sources win.
  for (const source of merged) {
    if (source.kind !== "map") continue;
    for (const [key, node] of source.entries)
      if (!places.has(key) && !entries.has(key)) entries.set(key, node);
  }
  return entries;
}

function mergeSources(value: unknown, path: KeyPath, origin: Origin, b: Builder): Node[] {
  const node = build(value, path, origin, b);
  const sources = node?.kind === "list" ? [...node.items] : node === null ? [] : [node];
  if (sources.some((source) => source.kind !== "map")) {
    report(b, origin, path, "<< takes a map or a list of maps");
  }
  return sources;
}

function keyText(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === "string" ? key.value : ((key as YamlScalar).source ?? null);
}

function report(b: Builder, origin: Origin, key: KeyPath, message: string): null {
  b.findings.push({ origin, key, message });
  return null;
}
