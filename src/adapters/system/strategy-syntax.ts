/** Syntax that a strategy file may not use at all, with what to write instead. */
import type { Node } from "oxc-parser";

const NOT_ERASABLE: { readonly [type: string]: string } = {
  TSEnumDeclaration: "enum",
  TSModuleDeclaration: "namespace",
  TSParameterProperty: "a parameter property",
  TSImportEqualsDeclaration: "import =",
  TSExportAssignment: "export =",
};

/** Why this node is refused as such, or null. */
export function refusedSyntax(node: Node): string | null {
  if (Object.hasOwn(NOT_ERASABLE, node.type)) {
    return `${NOT_ERASABLE[node.type]} is not erasable TypeScript and does not run here; use plain objects and const`;
  }
  switch (node.type) {
    case "ImportExpression":
      return "dynamic import is refused: import relative files at the top";
    case "MetaProperty":
      return "import.meta and new.target are refused: a strategy does not know where it is";
    case "ClassDeclaration":
    case "ClassExpression":
      return "classes are refused: they carry state; use functions and plain objects";
    case "ThisExpression":
      return "this is refused: use the parameters";
    case "AwaitExpression":
    case "YieldExpression":
      return "await and yield are refused: decide answers at once";
    case "TryStatement":
      return "try is refused: what fails must fail the run, and how deep a call may go differs between machines";
    case "ExportDefaultDeclaration":
      return "a default export is refused: write export const strategy = defineStrategy({ ... })";
    case "Literal":
      return "regex" in node
        ? "a regular expression is refused: it remembers its last index"
        : null;
    default:
      return null;
  }
}
