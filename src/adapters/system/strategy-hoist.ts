/** The declarations of a block, made known before its statements are looked at. */
import type { Node } from "oxc-parser";
import { declare, declarePattern, type Scope } from "./strategy-scope.ts";

export type Violation = { readonly start: number; readonly message: string };

/** What one walk through a file collects. */
export type Walk = {
  readonly violations: Violation[];
  functions: number;
};

export const MEMORY =
  "decide must depend on its row alone; use m.latch or another recursive column for memory";

export function report(walk: Walk, node: Node, message: string): void {
  walk.violations.push({ start: node.start, message });
}

/** Declares what the statements of one block declare, before any of them is looked at. */
export function hoist(walk: Walk, statements: readonly Node[], scope: Scope): void {
  for (const statement of statements) {
    const node =
      statement.type === "ExportNamedDeclaration" && statement.declaration !== null
        ? statement.declaration
        : statement;
    if (node.type === "VariableDeclaration") hoistVariables(walk, node, scope);
    if (node.type === "FunctionDeclaration" && node.id !== null) {
      declare(scope, node.id.name, "function");
    }
    if (node.type === "ImportDeclaration" && node.importKind !== "type") {
      for (const specifier of node.specifiers) {
        const typeOnly = specifier.type === "ImportSpecifier" && specifier.importKind === "type";
        if (!typeOnly) declare(scope, specifier.local.name, "import");
      }
    }
  }
}

function hoistVariables(
  walk: Walk,
  node: Extract<Node, { type: "VariableDeclaration" }>,
  scope: Scope,
): void {
  if (node.declare === true)
    report(walk, node, "declare is refused: a strategy uses only what it defines");
  if (node.kind === "var")
    report(walk, node, "var is refused: use const, or let inside a function");
  if (node.kind === "let" && scope.parent === null) {
    report(walk, node, `let at module level is refused, it would remember: ${MEMORY}; use const`);
  }
  if (node.kind !== "var" && node.kind !== "let" && node.kind !== "const") {
    report(walk, node, `${node.kind} is refused: use const`);
  }
  for (const declarator of node.declarations) {
    declarePattern(scope, declarator.id, node.kind === "const" ? "const" : "let", declarator.init);
  }
}
