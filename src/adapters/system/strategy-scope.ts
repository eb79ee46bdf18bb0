/** Names and where they are declared, for the check of a strategy file. */
import type { BindingPattern, Expression, Node, ParamPattern } from "oxc-parser";

export type Binding = {
  readonly kind: "const" | "let" | "parameter" | "function" | "import";
  /** The function the name is declared in; 0 is the module. */
  readonly inFunction: number;
  /** What a const or let starts as, where it is a plain name. */
  readonly init: Expression | null;
  /** Where it is declared: `init` is read with the names of that place. */
  readonly scope: Scope;
  /** Set when something that is not plainly a number is assigned. */
  notNumeric: boolean;
  /** Places where it is the key of a computed member. */
  readonly keyUses: Node[];
};

export type Scope = {
  readonly parent: Scope | null;
  readonly inFunction: number;
  readonly names: Map<string, Binding>;
};

const ARITHMETIC = new Set("- * / % ** | & ^ << >> >>>".split(" "));

/** const a = b, const b = c ...: a chain longer than this (or a circle) is not plainly a number. */
const DEEPEST_CHAIN = 20;

export function openScope(parent: Scope | null, inFunction: number): Scope {
  return { parent, inFunction, names: new Map() };
}

export function lookUp(scope: Scope, name: string): Binding | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

export function declare(
  scope: Scope,
  name: string,
  kind: Binding["kind"],
  init: Expression | null = null,
): void {
  const { inFunction } = scope;
  scope.names.set(name, { kind, inFunction, init, scope, notNumeric: false, keyUses: [] });
}

/** Declares every name of a pattern; `init` counts only for a plain name. */
export function declarePattern(
  scope: Scope,
  pattern: BindingPattern | ParamPattern,
  kind: Binding["kind"],
  init: Expression | null = null,
): void {
  if (pattern.type === "Identifier") declare(scope, pattern.name, kind, init);
  else for (const name of patternNames(pattern)) declare(scope, name, kind);
}

function patternNames(pattern: Node): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return patternNames(pattern.left);
    case "RestElement":
      return patternNames(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : patternNames(element)));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === "Property" ? property.value : property),
      );
    default:
      return [];
  }
}

/** The expression without type annotations around it. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
    case "TSInstantiationExpression":
    case "ChainExpression":
    case "ParenthesizedExpression":
      return bare(node.expression);
    default:
      return node;
  }
}

/** The name behind the dot, or between brackets as a text; null when it is computed. */
export function memberName(node: Node): string | null {
  if (node.type !== "MemberExpression") return null;
  if (!node.computed) return node.property.type === "Identifier" ? node.property.name : null;
  const key = bare(node.property);
  return key.type === "Literal" && typeof key.value === "string" ? key.value : null;
}

/** A new array or object that nothing else can hold yet. */
export function isFresh(node: Node, scope: Scope): boolean {
  const value = bare(node);
  if (value.type === "ArrayExpression" || value.type === "ObjectExpression") return true;
  if (value.type !== "CallExpression" && value.type !== "NewExpression") return false;
  const callee = bare(value.callee);
  if (callee.type === "Identifier") return isGlobal(callee, "Array", scope);
  if (callee.type !== "MemberExpression" || !isGlobal(bare(callee.object), "Array", scope))
    return false;
  return memberName(callee) === "from" || memberName(callee) === "of";
}

/**
 * A number whatever the values are: then it cannot be the name of a hidden member. The names
 * declared by let that it rests on are added to `variables`.
 */
export function isNumeric(node: Node, scope: Scope, variables: Binding[], depth = 0): boolean {
  const value = bare(node);
  switch (value.type) {
    case "Literal":
      return typeof value.value === "number";
    case "UnaryExpression":
      return ["+", "-", "~"].includes(value.operator);
    case "UpdateExpression":
      return true;
    case "BinaryExpression":
      if (value.operator !== "+") return ARITHMETIC.has(value.operator);
      return [value.left, value.right].every((side) => isNumeric(side, scope, variables, depth));
    case "CallExpression":
      return isNumericCall(bare(value.callee), scope);
    case "Identifier": {
      const binding = lookUp(scope, value.name);
      if (binding === null || binding.init === null || depth > DEEPEST_CHAIN) return false;
      if (binding.kind !== "const") variables.push(binding);
      return isNumeric(binding.init, binding.scope, variables, depth + 1);
    }
    default:
      return false;
  }
}

function isNumericCall(callee: Node, scope: Scope): boolean {
  if (callee.type === "MemberExpression") return isGlobal(bare(callee.object), "Math", scope);
  return isGlobal(callee, "Number", scope);
}

function isGlobal(node: Node, name: string, scope: Scope): boolean {
  return node.type === "Identifier" && node.name === name && lookUp(scope, name) === null;
}
