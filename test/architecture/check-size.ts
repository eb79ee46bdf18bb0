/** The sizes of files and functions, in lines. A function counts with everything inside it. */
import { isNode, type Node, type SourceFile, walk } from "./source-file.ts";
import type { Violation } from "./violation.ts";

export type SizeLimits = { readonly functionLines: number; readonly fileLines: number };

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export function checkSize(file: SourceFile, limits: SizeLimits): Violation[] {
  const found: Violation[] = [];
  if (file.lines > limits.fileLines) {
    const message = `${file.lines} lines, limit ${limits.fileLines}: find the second noun in it`;
    found.push({ file: file.path, line: 1, rule: "size", message });
  }
  walk(file.program, (node, ancestors) => {
    if (!FUNCTIONS.has(node.type) || isSuite(ancestors.at(-1))) return;
    const line = file.lineAt(node.start);
    const lines = file.lineAt(node.end - 1) - line + 1;
    if (lines <= limits.functionLines) return;
    const message = `a function of ${lines} lines, limit ${limits.functionLines}: compute in leaves`;
    found.push({ file: file.path, line, rule: "size", message });
  });
  return found;
}

/** describe(...) and its forms hold tests as a file does; they are not functions that compute. */
function isSuite(parent: Node | undefined): boolean {
  if (parent?.type !== "CallExpression") return false;
  let callee = parent["callee"];
  while (isNode(callee)) {
    if (callee["name"] === "describe") return true;
    callee = callee["callee"] ?? callee["object"];
  }
  return false;
}
