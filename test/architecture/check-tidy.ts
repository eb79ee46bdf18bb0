/**
 * House style as a test. Values in (parsed files), violations out, each naming what to write
 * instead. Pure rooms are also kept from the clock, chance, locale and the outside world here,
 * because the compiler knows `Date` and `Math.random` as part of the language.
 */
import { LIMITS, APPROVAL } from "./ratchets.ts";
import { checkSize } from "./check-size.ts";
import { isNode, type Node, type SourceFile, walk } from "./source-file.ts";
import type { Violation } from "./violation.ts";

const PURE_FOLDERS =
  /^src\/(?:base|domain|ports|mandate|market|research|portfolio|execution|venue|records|engine)\//;

const OUTSIDE = "it comes in through a port";
const WAITING = "time comes inside the event; waiting belongs to an adapter";

/** Global name -> what to use instead, in a pure room. */
const IMPURE_GLOBALS: ReadonlyMap<string, string> = new Map([
  ["Date", "time comes inside the event in milliseconds; calendar arithmetic is base/instant.ts"],
  ["Intl", "text for people is made in apps; in the core formats are fixed"],
  ["console", "return the words; an app prints them"],
  ["process", OUTSIDE],
  ["performance", "a measurement belongs to bench or to an adapter"],
  ["setTimeout", WAITING],
  ["setInterval", WAITING],
  ["setImmediate", WAITING],
  ["queueMicrotask", WAITING],
  ["fetch", OUTSIDE],
  ["crypto", "sha256 is handed in (ports/hash.ts); chance comes from the seeded generator"],
  ["globalThis", "name what you need; a pure room needs nothing global"],
  ["eval", "code that is text cannot be hashed with the code"],
  ["Function", "code that is text cannot be hashed with the code"],
]);

/** Member name -> what to use instead, in a pure room. */
const IMPURE_MEMBERS: readonly { readonly name: RegExp; readonly instead: string }[] = [
  { name: /^toLocale/, instead: "a locale changes bytes; write the format out" },
  {
    name: /^localeCompare$/,
    instead: "a locale changes the order; compare code units with < and >",
  },
  { name: /^random$/, instead: "chance comes from a seeded generator in the state" },
];

export function checkTidy(files: Iterable<SourceFile>): Violation[] {
  return [...files].flatMap((file) => [
    ...checkNodes(file),
    ...checkComments(file),
    ...checkShape(file),
    ...checkSize(file, LIMITS),
  ]);
}

function checkNodes(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const pure = PURE_FOLDERS.test(file.path);
  walk(file.program, (node, ancestors) => {
    const problem =
      (pure ? impurity(node, ancestors) : null) ??
      dangerousCast(node, file.path) ??
      swallowed(node) ??
      defaultExport(node, file.path);
    if (problem !== null)
      found.push({ file: file.path, line: file.lineAt(node.start), ...problem });
  });
  return found;
}

type Problem = { readonly rule: string; readonly message: string };

function impurity(node: Node, ancestors: readonly Node[]): Problem | null {
  const name = nameOf(node);
  if (name === null) return null;
  const parent = ancestors.at(-1);
  if (parent !== undefined && isMemberName(node, parent)) {
    const member = IMPURE_MEMBERS.find((banned) => banned.name.test(name));
    if (member === undefined) return null;
    return { rule: "pure", message: `.${name} in a pure room: ${member.instead}` };
  }
  const instead = name === "Math" ? wholeMath(node, parent) : IMPURE_GLOBALS.get(name);
  if (node.type !== "Identifier" || instead === undefined) return null;
  if (parent !== undefined && isOwnName(node, parent)) return null;
  return { rule: "pure", message: `${name} in a pure room: ${instead}` };
}

/** `const { random } = Math`: the generator leaves under another name. */
function wholeMath(node: Node, parent: Node | undefined): string | undefined {
  if (parent?.type === "MemberExpression" && parent["object"] === node) return undefined;
  return "write Math.floor and the like where it is used, so that no chance leaves with it";
}

/** The name in `a.name` and `a["name"]`. */
function isMemberName(node: Node, parent: Node): boolean {
  if (parent.type !== "MemberExpression" || parent["property"] !== node) return false;
  return node.type === "Literal" || parent["computed"] !== true;
}

/** A key of an object or a type: a name given, not a global used. */
function isOwnName(node: Node, parent: Node): boolean {
  return parent["key"] === node && parent["computed"] !== true;
}

function nameOf(node: Node): string | null {
  if (node.type === "Identifier" && typeof node["name"] === "string") return node["name"];
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  return null;
}

function dangerousCast(node: Node, path: string): Problem | null {
  if (node.type !== "TSAsExpression" && node.type !== "TSTypeAssertion") return null;
  const type = node["typeAnnotation"];
  if (!isNode(type)) return null;
  if (type.type === "TSAnyKeyword") {
    return { rule: "cast", message: "a cast to any: parse it, or write `unknown` and narrow" };
  }
  if (path === APPROVAL || !names(type).includes("Approved")) return null;
  return { rule: "cast", message: `a cast to Approved: only approve() in ${APPROVAL} makes one` };
}

function names(type: Node): string[] {
  const found: string[] = [];
  walk(type, (node) => {
    const name = node.type === "Identifier" ? nameOf(node) : null;
    if (name !== null) found.push(name);
  });
  return found;
}

function swallowed(node: Node): Problem | null {
  const rule = "catch";
  const message = "a failure is swallowed: handle the one you expect and throw the others on";
  if (node.type === "CatchClause" && emptyBlock(node["body"])) return { rule, message };
  if (node.type !== "CallExpression") return null;
  const callee = node["callee"];
  if (!isNode(callee) || !isNode(callee["property"])) return null;
  if (nameOf(callee["property"]) !== "catch") return null;
  const args: readonly unknown[] = Array.isArray(node["arguments"]) ? node["arguments"] : [];
  return isNode(args[0]) && doesNothing(args[0]) ? { rule, message } : null;
}

function doesNothing(handler: Node): boolean {
  const body = handler["body"];
  if (emptyBlock(body)) return true;
  if (handler.type !== "ArrowFunctionExpression" || !isNode(body)) return false;
  return nameOf(body) === "undefined" || (body.type === "Literal" && body["value"] === null);
}

function emptyBlock(body: unknown): boolean {
  if (!isNode(body) || (body.type !== "BlockStatement" && body.type !== "FunctionBody"))
    return false;
  const inside = body["body"];
  return Array.isArray(inside) && inside.length === 0;
}

/** Tools that read a config file demand a default export of it. */
function defaultExport(node: Node, path: string): Problem | null {
  const problem = { rule: "export", message: "a default export: give it its name" };
  if (path.endsWith(".config.ts")) return null;
  if (node.type === "ExportDefaultDeclaration") return problem;
  if (node.type !== "ExportSpecifier" || !isNode(node["exported"])) return null;
  return nameOf(node["exported"]) === "default" ? problem : null;
}

const BANNED_IN_COMMENTS: readonly { readonly text: RegExp; readonly instead: string }[] = [
  { text: /\b(?:TODO|FIXME|XXX|HACK)\b/, instead: "do it, or open an issue; code is not a list" },
  { text: /@ts-(?:ignore|nocheck|expect-error)\b/, instead: "repair the type" },
  { text: /(?:oxlint|eslint|biome)-(?:disable|ignore)/, instead: "repair the code or the rule" },
];

function checkComments(file: SourceFile): Violation[] {
  return file.comments.flatMap((comment) =>
    BANNED_IN_COMMENTS.flatMap(({ text, instead }) => {
      const match = text.exec(comment.value);
      if (match === null) return [];
      const message = `${match[0]} in a comment: ${instead}`;
      return [{ file: file.path, line: file.lineAt(comment.start), rule: "comment", message }];
    }),
  );
}

function checkShape(file: SourceFile): Violation[] {
  const at = { file: file.path, line: 1 };
  const found: Violation[] = [];
  if (/(?:^|\/)(?:utils?|helpers?|misc|common)(?:\/|\.ts$)/.test(file.path)) {
    found.push({ ...at, rule: "name", message: "the name says nothing; name the noun it holds" });
  }
  if (isBarrel(file)) {
    found.push({ ...at, rule: "barrel", message: "a barrel: import from the file that has it" });
  }
  if (file.path.startsWith("src/") && !hasModuleComment(file)) {
    const message = "no module comment: open with /** what enters, leaves, its units and source */";
    found.push({ ...at, rule: "comment", message });
  }
  return found;
}

function isBarrel(file: SourceFile): boolean {
  if (/(?:^|\/)index\.ts$/.test(file.path)) return true;
  const statements: readonly unknown[] = Array.isArray(file.program["body"])
    ? file.program["body"]
    : [];
  return (
    statements.length > 0 &&
    statements.every(
      (one) => isNode(one) && isNode(one["source"]) && one.type !== "ImportDeclaration",
    )
  );
}

function hasModuleComment(file: SourceFile): boolean {
  const first = file.comments[0];
  if (first === undefined || first.type !== "Block" || !first.value.startsWith("*")) return false;
  return (
    file.text
      .slice(0, first.start)
      .replace(/^#![^\n]*/, "")
      .trim() === ""
  );
}
