/**
 * One TypeScript file as the architecture checks see it: text in, syntax tree, comments and every
 * reference to another module out. Uses oxc-parser, which also sees type imports and re-exports.
 * Throws on a file that does not parse: an unread file must not count as a clean one.
 */
import { type Comment, parseSync } from "oxc-parser";

/** A syntax node; the checks walk it generically, so a new kind of node cannot hide a reference. */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
};

export type ReferenceKind = "import" | "re-export" | "dynamic import" | "import type" | "url";

export type Reference = {
  readonly kind: ReferenceKind;
  /** As written; null when a dynamic import computes it. */
  readonly specifier: string | null;
  /** Nothing of it remains at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
};

export type SourceFile = {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly comments: readonly Comment[];
  readonly references: readonly Reference[];
  readonly lineAt: (offset: number) => number;
  readonly lines: number;
};

export function parseSource(path: string, text: string): SourceFile {
  const result = parseSync(path, text, { lang: "ts", sourceType: "module" });
  const first = result.errors[0];
  if (first !== undefined) throw new Error(`${path} does not parse: ${first.message}`);
  const program: unknown = result.program;
  if (!isNode(program)) throw new Error(`${path}: the parser returned no program`);
  const starts = lineStarts(text);
  const lineAt = (offset: number): number => lineOf(starts, offset);
  const references = collectReferences(program, lineAt);
  const lines = starts.length - (text.endsWith("\n") ? 1 : 0);
  return { path, text, program, comments: result.comments, references, lineAt, lines };
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

/** Child nodes with the field they hang on, in source order. */
export function* children(node: Node): Generator<{ field: string; child: Node }> {
  for (const [field, value] of Object.entries(node)) {
    if (field === "parent") continue;
    const members: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const member of members) if (isNode(member)) yield { field, child: member };
  }
}

/** Visits every node once, with its ancestors, the nearest last. */
export function walk(root: Node, visit: (node: Node, ancestors: readonly Node[]) => void): void {
  const ancestors: Node[] = [];
  const step = (node: Node): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const { child } of children(node)) step(child);
    ancestors.pop();
  };
  step(root);
}

function collectReferences(program: Node, lineAt: (offset: number) => number): Reference[] {
  const found: Reference[] = [];
  walk(program, (node) => {
    const reference = referenceOf(node);
    if (reference !== null) found.push({ ...reference, line: lineAt(node.start) });
  });
  return found;
}

function referenceOf(node: Node): Omit<Reference, "line"> | null {
  switch (node.type) {
    case "ImportDeclaration":
      return {
        kind: "import",
        specifier: literal(node["source"]),
        typeOnly: node["importKind"] === "type" || allTypes(node["specifiers"], "importKind"),
      };
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      if (!isNode(node["source"])) return null;
      return {
        kind: "re-export",
        specifier: literal(node["source"]),
        typeOnly: node["exportKind"] === "type" || allTypes(node["specifiers"], "exportKind"),
      };
    case "TSImportType":
      return { kind: "import type", specifier: literal(node["source"]), typeOnly: true };
    case "ImportExpression":
      return { kind: "dynamic import", specifier: literal(node["source"]), typeOnly: false };
    case "NewExpression":
      return urlOfModule(node);
    default:
      return null;
  }
}

/** new URL("./worker.ts", import.meta.url): how workers and read-in files are named. */
function urlOfModule(node: Node): Omit<Reference, "line"> | null {
  const callee = node["callee"];
  const args = node["arguments"];
  if (!isNode(callee) || callee["name"] !== "URL" || !Array.isArray(args)) return null;
  const specifier = literal(args[0]);
  if (specifier === null || !specifier.endsWith(".ts")) return null;
  return { kind: "url", specifier, typeOnly: false };
}

function literal(value: unknown): string | null {
  if (!isNode(value)) return null;
  return value.type === "Literal" && typeof value["value"] === "string" ? value["value"] : null;
}

function allTypes(specifiers: unknown, field: string): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((one: unknown) => isNode(one) && one[field] === "type");
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

/** 1-based, by bisection. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
