/**
 * Checks the text of one strategy file before anything of it runs. In: the file's name for
 * messages, its text (TypeScript, or what is left without types), whether it is the entry file. Out:
 * the relative imports. Throws
 * Fault("strategy") at file:line:column for syntax errors and for everything that could look
 * ahead, reach outside, or make two runs differ; further findings are its details.
 */
import { type Node, type ParseResult, parseSync } from "oxc-parser";
import { Fault } from "../../domain/fault.ts";
import type { Violation } from "./strategy-hoist.ts";
import { violationsIn } from "./strategy-rules.ts";

export type StrategySource = {
  /** Relative to the mandate: what messages call it. */
  readonly file: string;
  readonly text: string;
  /** The entry file must export `strategy`; what it imports need not. */
  readonly entry: boolean;
  /** js: the text without its types, as it will run. */
  readonly language: "ts" | "js";
};

type Program = ParseResult["program"];

const HOW_TO_EXPORT = "write: export const strategy = defineStrategy({ ... })";

/** The relative specifiers the file imports, each once, in order of appearance. */
export function checkStrategySource(source: StrategySource): readonly string[] {
  const { program, errors } = parseSync(source.file, source.text, {
    lang: source.language,
    sourceType: "module",
    preserveParens: false,
    showSemanticErrors: true,
  });
  if (errors.length > 0) {
    throw faultOf(
      source,
      errors.map((error) => ({
        start: error.labels[0]?.start ?? 0,
        message: `syntax error: ${error.message}`,
      })),
    );
  }
  const requests = importsOf(program);
  const violations = [
    ...requests.flatMap(({ node, specifier }) => importViolation(node, specifier)),
    ...program.body.flatMap(namesFromAssay),
    ...violationsIn(program),
  ];
  if (source.entry && !exportsStrategy(program)) {
    violations.push({ start: 0, message: `exports no "strategy"; ${HOW_TO_EXPORT}` });
  }
  if (violations.length > 0) throw faultOf(source, violations);
  const relative = requests.map((request) => request.specifier).filter((name) => name !== "assay");
  return [...new Set(relative)];
}

type Request = { readonly node: Node; readonly specifier: string };

function importsOf(program: Program): readonly Request[] {
  return program.body.flatMap((node): readonly Request[] => {
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        return [{ node, specifier: node.source.value }];
      case "ExportNamedDeclaration":
        return node.source === null ? [] : [{ node, specifier: node.source.value }];
      default:
        return [];
    }
  });
}

function importViolation(node: Node, specifier: string): Violation[] {
  if (specifier === "assay") return [];
  const relative = specifier.startsWith("./") || specifier.startsWith("../");
  if (relative && specifier.endsWith(".ts")) return [];
  const advice = relative
    ? "write the file's whole name, ending in .ts"
    : 'a strategy may import "assay" and relative .ts files, which are checked the same way';
  return [
    { start: node.start, message: `import of ${JSON.stringify(specifier)} is refused: ${advice}` },
  ];
}

/** "assay" gives one value; everything else it exports is a type. */
function namesFromAssay(node: Node): Violation[] {
  if (node.type !== "ImportDeclaration" || node.source.value !== "assay") return [];
  if (node.importKind === "type") return [];
  return node.specifiers.flatMap((specifier) => {
    if (specifier.type !== "ImportSpecifier") {
      const message = 'import names from "assay": import { defineStrategy } from "assay"';
      return [{ start: specifier.start, message }];
    }
    const { imported } = specifier;
    const name = imported.type === "Identifier" ? imported.name : imported.value;
    if (specifier.importKind === "type" || name === "defineStrategy") return [];
    const message = `"assay" gives no value ${name}; for a type write import type { ${name} }`;
    return [{ start: specifier.start, message }];
  });
}

function exportsStrategy(program: Program): boolean {
  return program.body.some((node) => {
    if (node.type !== "ExportNamedDeclaration" || node.exportKind === "type") return false;
    const { declaration } = node;
    if (declaration?.type === "VariableDeclaration") {
      return declaration.declarations.some(
        ({ id }) => id.type === "Identifier" && id.name === "strategy",
      );
    }
    return node.specifiers.some(
      ({ exported }) =>
        (exported.type === "Identifier" ? exported.name : exported.value) === "strategy",
    );
  });
}

function faultOf(source: StrategySource, violations: readonly Violation[]): Fault {
  const ordered = [...violations].sort((a, b) => a.start - b.start);
  const details = ordered
    .slice(1)
    .map(({ start, message }) => `${placeOf(source, start)} ${message}`);
  return new Fault("strategy", ordered[0].message, {
    where: placeOf(source, ordered[0].start),
    details,
  });
}

/** file:line:column, both counted from 1. */
function placeOf({ file, text }: StrategySource, start: number): string {
  const before = text.slice(0, start).split("\n");
  return `${file}:${before.length}:${before[before.length - 1].length + 1}`;
}
