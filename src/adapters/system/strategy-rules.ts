/**
 * Walks the syntax tree of one strategy file and collects what a strategy may not do: reach
 * outside, look at the clock or chance, run later (async, generators), hide names (computed
 * members, constructor), or remember (module-level let, changing anything declared outside the
 * function at work, or anything that is not a new array or object of its own).
 */
import {
  type Function as FunctionNode,
  type ArrowFunctionExpression,
  type Node,
  type Statement,
  visitorKeys,
} from "oxc-parser";
import { isMutator, refusedGlobal, refusedGlobalMember, refusedMember } from "./strategy-names.ts";
import { hoist, MEMORY, report, type Violation, type Walk } from "./strategy-hoist.ts";
import { refusedSyntax } from "./strategy-syntax.ts";
import {
  bare,
  type Binding,
  declare,
  declarePattern,
  isFresh,
  isNumeric,
  lookUp,
  memberName,
  openScope,
  type Scope,
} from "./strategy-scope.ts";

const NOT_A_NUMBER =
  "a computed member is refused unless it is plainly a number; name it, or write [Number(i)]";

/** Operators after which the right side itself may be the new value. */
const TAKES_RIGHT = new Set(["=", "+=", "||=", "&&=", "??="]);

/** Calls of m whose second argument counts rows back. */
const BACKWARD = new Set("lag change sma ema stdev highest lowest rsi".split(" "));

export function violationsIn(program: Node & { readonly body: readonly Statement[] }): Violation[] {
  const walk: Walk = { violations: [], functions: 0 };
  const scope = openScope(null, 0);
  hoist(walk, program.body as readonly Statement[], scope);
  for (const statement of program.body) visit(walk, statement, scope);
  return walk.violations.sort((a, b) => a.start - b.start);
}

function visit(walk: Walk, node: Node, scope: Scope): void {
  switch (node.type) {
    case "Identifier":
      return visitReference(walk, node, scope, "value");
    case "MemberExpression":
      return visitMember(walk, node, scope, false);
    case "CallExpression":
    case "NewExpression":
      return visitCall(walk, node, scope);
    case "AssignmentExpression":
      visitAssigned(walk, node.left, scope, TAKES_RIGHT.has(node.operator) ? node.right : null);
      return visit(walk, node.right, scope);
    case "UpdateExpression":
      return visitAssigned(walk, node.argument, scope, null);
    case "Property":
      return visitProperty(walk, node, scope);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return visitFunction(walk, node, scope);
    case "VariableDeclarator":
      visitPattern(walk, node.id, scope);
      if (node.init !== null) visit(walk, node.init, scope);
      return;
    case "BlockStatement":
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "SwitchStatement":
    case "CatchClause":
      return visitBlock(walk, node, scope);
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "BreakStatement":
    case "ContinueStatement":
      return;
    case "ExportNamedDeclaration":
      if (node.declaration !== null) visit(walk, node.declaration, scope);
      return;
    case "LabeledStatement":
      return visit(walk, node.body, scope);
    default:
      return visitOther(walk, node, scope);
  }
}

function visitOther(walk: Walk, node: Node, scope: Scope): void {
  const refused = refusedSyntax(node);
  if (refused !== null) return report(walk, node, refused);
  if (node.type === "UnaryExpression" && node.operator === "delete") {
    return visitAssigned(walk, node.argument, scope, null);
  }
  const inner = bare(node);
  if (inner !== node) return visit(walk, inner, scope);
  if (node.type.startsWith("TS")) return;
  visitChildren(walk, node, scope);
}

function visitChildren(walk: Walk, node: Node, scope: Scope): void {
  const fields = node as unknown as { readonly [key: string]: unknown };
  for (const key of visitorKeys[node.type] ?? []) {
    const child = fields[key];
    for (const each of Array.isArray(child) ? child : [child]) {
      if (typeof each === "object" && each !== null) visit(walk, each as Node, scope);
    }
  }
}

function visitReference(
  walk: Walk,
  node: Extract<Node, { type: "Identifier" }>,
  scope: Scope,
  use: "value" | "call",
): void {
  if (lookUp(scope, node.name) !== null) return;
  const refused = refusedGlobal(node.name, use);
  if (refused !== null) report(walk, node, refused);
}

function visitMember(
  walk: Walk,
  node: Extract<Node, { type: "MemberExpression" }>,
  scope: Scope,
  called: boolean,
): void {
  const name = memberName(node);
  const object = bare(node.object);
  if (object.type === "Identifier" && lookUp(scope, object.name) === null) {
    const refused = refusedGlobalMember(object.name, name, called);
    if (refused !== null) report(walk, node, refused);
    return;
  }
  visit(walk, object, scope);
  if (name === null) return visitKey(walk, node.property, scope);
  const refused = refusedMember(name);
  if (refused !== null) report(walk, node.property, refused);
  if (!isMutator(name)) return;
  if (!called) report(walk, node.property, `.${name} may only be called directly`);
  else requireOwn(walk, node.object, scope, `.${name}() changes`);
}

/** A computed member must be a number: a text could name anything. */
function visitKey(walk: Walk, key: Node, scope: Scope): void {
  visit(walk, key, scope);
  const variables: Binding[] = [];
  if (!isNumeric(key, scope, variables) || variables.some((variable) => variable.notNumeric)) {
    return report(walk, key, NOT_A_NUMBER);
  }
  for (const variable of variables) variable.keyUses.push(key);
}

function visitCall(
  walk: Walk,
  node: Extract<Node, { type: "CallExpression" | "NewExpression" }>,
  scope: Scope,
): void {
  const callee = bare(node.callee);
  if (callee.type === "Identifier") visitReference(walk, callee, scope, "call");
  else if (callee.type === "MemberExpression") visitMember(walk, callee, scope, true);
  else visit(walk, callee, scope);
  const name = memberName(callee);
  const rows = node.arguments.length > 1 ? bare(node.arguments[1]) : null;
  if (
    name !== null &&
    BACKWARD.has(name) &&
    rows?.type === "UnaryExpression" &&
    rows.operator === "-"
  ) {
    report(
      walk,
      rows,
      `a negative number of rows in ${name} would read the future; write a number from ${name === "lag" ? 0 : 1} on`,
    );
  }
  for (const argument of node.arguments) visit(walk, argument, scope);
  // Whether it is frozen is one bit that an outer object would remember.
  if (name === "freeze" && node.arguments.length > 0) {
    requireOwn(walk, node.arguments[0], scope, ".freeze() changes");
  }
}

function visitProperty(walk: Walk, node: Extract<Node, { type: "Property" }>, scope: Scope): void {
  if (node.kind !== "init") report(walk, node, "getters and setters are refused: use plain values");
  if (node.computed) visit(walk, node.key, scope);
  else if (keyName(node.key) === "__proto__") report(walk, node.key, "__proto__ is refused");
  visit(walk, node.value, scope);
}

function visitFunction(
  walk: Walk,
  node: FunctionNode | ArrowFunctionExpression,
  scope: Scope,
): void {
  if (node.async) report(walk, node, "async functions are refused: decide answers at once");
  if (node.generator) report(walk, node, "generators are refused: they remember where they were");
  walk.functions++;
  const inner = openScope(scope, walk.functions);
  if (node.type === "FunctionExpression" && node.id !== null) {
    declare(inner, node.id.name, "function");
  }
  for (const parameter of node.params) {
    if (parameter.type !== "TSParameterProperty") declarePattern(inner, parameter, "parameter");
  }
  for (const parameter of node.params) visitPattern(walk, parameter, inner);
  if (node.body !== null) visit(walk, node.body, inner);
}

/** The expressions inside a declared pattern: defaults, and the names it takes. */
function visitPattern(walk: Walk, pattern: Node, scope: Scope): void {
  switch (pattern.type) {
    case "Identifier":
      return;
    case "AssignmentPattern":
      visitPattern(walk, pattern.left, scope);
      return visit(walk, pattern.right, scope);
    case "RestElement":
      return visitPattern(walk, pattern.argument, scope);
    case "ArrayPattern":
      for (const element of pattern.elements)
        if (element !== null) visitPattern(walk, element, scope);
      return;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type !== "Property") visitPattern(walk, property, scope);
        else {
          visitTakenName(walk, property, scope);
          visitPattern(walk, property.value, scope);
        }
      }
      return;
    default:
      return visitOther(walk, pattern, scope);
  }
}

function visitTakenName(
  walk: Walk,
  property: { readonly key: Node; readonly computed: boolean },
  scope: Scope,
): void {
  const key = bare(property.key);
  if (property.computed && !(key.type === "Literal" && typeof key.value === "string")) {
    return visitKey(walk, key, scope);
  }
  const name = keyName(key);
  const refused =
    refusedMember(name) ?? (isMutator(name) ? `.${name} may only be called directly` : null);
  if (refused !== null) report(walk, key, refused);
}

/** { name: ... } and { "name": ... } say the same. */
function keyName(key: Node): string {
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" ? String(key.value) : "";
}

function visitBlock(
  walk: Walk,
  node: Extract<
    Node,
    {
      type:
        | "BlockStatement"
        | "ForStatement"
        | "ForOfStatement"
        | "ForInStatement"
        | "SwitchStatement"
        | "CatchClause";
    }
  >,
  scope: Scope,
): void {
  const inner = openScope(scope, scope.inFunction);
  switch (node.type) {
    case "BlockStatement":
      hoist(walk, node.body, inner);
      break;
    case "ForStatement":
      if (node.init !== null) hoist(walk, [node.init], inner);
      break;
    case "ForOfStatement":
    case "ForInStatement":
      if (node.type === "ForOfStatement" && node.await)
        report(walk, node, "await is refused: decide answers at once");
      if (node.left.type !== "VariableDeclaration")
        visitAssigned(walk, node.left, inner, node.right);
      else {
        hoist(walk, [node.left], inner);
        visit(walk, node.left, inner);
      }
      visit(walk, node.right, inner);
      return visit(walk, node.body, inner);
    case "SwitchStatement":
      hoist(
        walk,
        node.cases.flatMap((each) => each.consequent),
        inner,
      );
      break;
    case "CatchClause":
      if (node.param !== null) declarePattern(inner, node.param, "parameter");
      if (node.param !== null) visitPattern(walk, node.param, inner);
      return visit(walk, node.body, inner);
  }
  visitChildren(walk, node, inner);
}

/** Something is written: to a name of this function, or into a new array or object of its own. */
function visitAssigned(walk: Walk, node: Node, scope: Scope, value: Node | null): void {
  const target = bare(node);
  switch (target.type) {
    case "Identifier":
      return assignName(walk, target, scope, value);
    case "MemberExpression":
      visitMember(walk, target, scope, false);
      return requireOwn(walk, target.object, scope, "this writes into");
    case "AssignmentPattern":
      visit(walk, target.right, scope);
      return visitAssigned(walk, target.left, scope, target.right);
    case "RestElement":
      return visitAssigned(walk, target.argument, scope, target);
    case "ArrayPattern":
      for (const element of target.elements) {
        if (element !== null) visitAssigned(walk, element, scope, target);
      }
      return;
    case "ObjectPattern":
      for (const property of target.properties) {
        if (property.type === "Property") visitTakenName(walk, property, scope);
        visitAssigned(
          walk,
          property.type === "Property" ? property.value : property,
          scope,
          target,
        );
      }
      return;
    default:
      return visit(walk, target, scope);
  }
}

function assignName(
  walk: Walk,
  node: Extract<Node, { type: "Identifier" }>,
  scope: Scope,
  value: Node | null,
): void {
  const binding = lookUp(scope, node.name);
  if (binding === null)
    return report(
      walk,
      node,
      refusedGlobal(node.name, "call") ?? `${node.name} cannot be assigned`,
    );
  if (binding.inFunction !== scope.inFunction) {
    report(
      walk,
      node,
      `${node.name} is declared outside this function and changed in it: ${MEMORY}`,
    );
  }
  // A let that only ever takes numbers stays one; leaning on its own last value is no circle.
  const variables: Binding[] = [];
  const numeric = value === null || isNumeric(value, scope, variables);
  if (numeric && variables.every((variable) => variable === binding)) return;
  binding.notNumeric = true;
  for (const use of binding.keyUses) report(walk, use, NOT_A_NUMBER);
}

/** Only a const of this very function that starts as a new array or object may be changed. */
function requireOwn(walk: Walk, node: Node, scope: Scope, what: string): void {
  const object = bare(node);
  if (isFresh(object, scope)) return;
  const binding = object.type === "Identifier" ? lookUp(scope, object.name) : null;
  const own =
    binding !== null &&
    binding.kind === "const" &&
    binding.inFunction === scope.inFunction &&
    binding.init !== null &&
    isFresh(binding.init, binding.scope);
  if (own) return;
  const name = object.type === "Identifier" ? object.name : "a value";
  report(
    walk,
    node,
    `${what} ${name}, which is not a new array or object made by const in this function: ${MEMORY}`,
  );
}
