import { describe, expect, it } from "vitest";
import { checkStrategySource } from "../../../src/adapters/system/strategy-check.ts";
import { Fault } from "../../../src/domain/fault.ts";

const HEAD = 'import { defineStrategy } from "assay";\n';

/** A strategy whose decide has this body, after this at module level. */
function file(body: string, above = ""): string {
  return `${HEAD}${above}
export const strategy = defineStrategy({
  name: "x", version: "1", params: { n: { default: 5, min: 1, max: 9, integer: true } },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.n) }),
  decide: (row, p) => { ${body} },
});
`;
}

function findings(text: string, entry = true): string[] {
  try {
    checkStrategySource({ file: "s.ts", text, entry, language: "ts" });
    return [];
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "strategy") throw error;
    return [`${error.where} ${error.message}`, ...error.details];
  }
}

describe("what a strategy may do", () => {
  it.each([
    ["the plain case", file("return { weight: row.close > row.slow ? 1 : -1 };")],
    ["Math and numbers", file("return { weight: Math.min(1, Math.abs(row.close) / Number(2)) };")],
    [
      "guards",
      file("if (!isFinite(row.slow) || Number.isNaN(row.close)) return null; return { units: 1 };"),
    ],
    [
      "locals",
      file(
        "let n = 0; n += 1; n++; const xs = [1, 2]; xs.push(n); xs[0] = 3; return { weight: xs[n] };",
      ),
    ],
    [
      "loops over numbers",
      file(
        "let s = 0; const xs = [row.close, row.slow]; for (let i = 0; i < xs.length; i++) s += xs[i] + xs[xs.length - 1]; return { units: s };",
      ),
    ],
    [
      "a loop that counts its own way",
      file("let i = 0; const xs = [1]; while (i < 1) { i = i + 1; } return { weight: xs[i - 1] };"),
    ],
    ["for of", file("let s = 0; for (const v of [row.close, 2]) { s += v; } return { units: s };")],
    [
      "array functions",
      file("return { units: [1, 2].map((v) => v * 2).reduce((a, b) => a + b, 0) };"),
    ],
    [
      "sorting an own copy",
      file("const xs = [row.close, row.slow]; return { units: [...xs].sort((a, b) => a - b)[0] };"),
    ],
    [
      "new arrays",
      file(
        "const xs = Array.from([1, 2]); xs.reverse(); const ys = new Array(3); ys.fill(0); return { weight: xs[0] };",
      ),
    ],
    ["objects", file("const t = { weight: 0 }; t.weight = 1; return t;")],
    [
      "destructuring",
      file(
        "const { close, slow } = row; const [a = 1] = [close]; return { weight: a > slow ? 1 : 0 };",
      ),
    ],
    ["a rebound parameter", file("p = p; return null;")],
    ["errors", file("if (row.close < 0) throw new RangeError('negative'); return null;")],
    [
      "switch and labels",
      file(
        "outer: for (const v of [1]) { switch (v) { case 1: const w = v; break outer; default: break; } } return null;",
      ),
    ],
    [
      "the values of an object",
      file("let s = 0; for (const v of Object.values({ a: 1 })) s += v; return { units: s };"),
    ],
    [
      "frozen constants",
      file("const t = { weight: W[0] }; return Object.freeze(t);", "const W = Object.freeze([1]);"),
    ],
    [
      "types",
      `${HEAD}import type { Market, Column } from "assay";
type Pair = { a: number };
interface Row { close: number }
const half = <T extends number>(x: T): number => (x as number) / 2;
function spread(m: Market, n: number): Column { return m.sub(m.sma(m.close, n), m.add(m.close, m.constant(1))); }
export const strategy = defineStrategy({ name: "x", version: "1", params: {}, columns: (m) => ({ s: spread(m, 3) }), decide: (row) => ({ weight: half(row.s!) }) satisfies object });`,
    ],
    [
      "module constants",
      file(
        "return { weight: WEIGHTS[1] };",
        "const WEIGHTS = [0, 1];\nfor (let i = 0; i < 2; i++) WEIGHTS[i] = i;",
      ),
    ],
    ["names of its own", file("const Date = 3; const process = Date; return { weight: process };")],
    [
      "export by name",
      `${HEAD}const s = defineStrategy({ name: "x", version: "1", params: {}, columns: () => ({}), decide: () => null });\nexport { s as strategy };`,
    ],
  ])("%s", (_, text) => {
    expect(findings(text)).toEqual([]);
  });

  it("returns its relative imports, each once", () => {
    const text = `import { a } from "./a.ts";\nimport { b } from "../b.ts";\nexport * from "./c.ts";\nexport { d } from "./a.ts";\n${file("return a(b);")}`;
    const imports = checkStrategySource({ file: "s.ts", text, entry: true, language: "ts" });
    expect(imports).toEqual(["./a.ts", "../b.ts", "./c.ts"]);
  });
});

describe("what the world outside offers is refused", () => {
  it.each([
    ["process.exit(1);", "process is not available"],
    ["fetch('http://x');", "fetch is not available"],
    ["globalThis.x;", "globalThis is not available"],
    ["window; global; self;", "window is not available"],
    ["setTimeout(() => 1, 1);", "a strategy has no clock"],
    ["Date.now();", "Date is not available"],
    ["new Date();", "Date is not available"],
    ["performance.now();", "performance is not available"],
    ["crypto.getRandomValues([]);", "crypto is not available"],
    ["Math.random();", "Math.random is not available"],
    ["Math['random']();", "Math.random is not available"],
    ["Math[p.k]();", "a computed member of Math"],
    ["const M = Math; M.random();", "Math cannot be passed around"],
    ["const { random } = Math;", "Math cannot be passed around"],
    ["Object.assign({}, row);", "Object.assign is not available"],
    ["const O = Object;", "Object cannot be passed around"],
    ["eval('1');", "eval is not available"],
    ["new Function('return 1')();", "Function is not available"],
    ["new Proxy({}, {});", "Proxy is not available"],
    ["Reflect.ownKeys(row);", "Reflect is not available"],
    ["new Intl.NumberFormat();", "Intl is not available"],
    ["row.close.toLocaleString();", "depends on the machine's locale"],
    ["'a'.localeCompare('b');", ".localeCompare reaches"],
    ["require('fs');", "require is not available"],
    ["console.log(row);", "console is not available"],
    ["new WeakRef({});", "WeakRef is not available"],
    ["new SharedArrayBuffer(8);", "SharedArrayBuffer is not available"],
    ["navigator;", "navigator is not available"],
    ["arguments[0];", "arguments is not available"],
    ["typeof process;", "process is not available"],
    ["const x = { process };", "process is not available"],
    ["`${process}`;", "process is not available"],
    ["row.close ?? fetch;", "fetch is not available"],
    ["Date = 3;", "Date is not available"],
    ["await import('fs');", "syntax error"],
    ["import('fs');", "dynamic import is refused"],
    ["import.meta.url;", "import.meta and new.target"],
  ])("%s", (body, message) => {
    expect(findings(file(`${body} return null;`)).join("\n")).toContain(message);
  });

  it.each([
    ['import fs from "node:fs";', '"node:fs" is refused'],
    ['import "lodash";', '"lodash" is refused'],
    ['import x from "/etc/x.ts";', '"/etc/x.ts" is refused'],
    ['import x from "file:///x.ts";', "is refused"],
    ['import x from "./x.js";', "ending in .ts"],
    ['import x from "./x";', "ending in .ts"],
    ['import type { A } from "other";', '"other" is refused'],
    ['export * from "node:fs";', '"node:fs" is refused'],
    ['export { readFileSync } from "node:fs";', '"node:fs" is refused'],
    ['import { Market } from "assay";', "import type { Market }"],
    ['import * as assay from "assay";', 'import names from "assay"'],
    ['import type { fetch } from "assay";\nfetch();', "fetch is not available"],
    ["declare const process: any;", "declare is refused"],
    ["declare function fetch(): any;\nfetch();", "fetch is not available"],
  ])("%s", (above, message) => {
    expect(findings(file("return null;", above)).join("\n")).toContain(message);
  });
});

describe("ways behind the values are refused", () => {
  it.each([
    "[].constructor;",
    "[]['constructor'];",
    "const { constructor: c } = [];",
    "const { ['constructor']: c } = [];",
    "const k = 'con' + 'structor'; [][k];",
    "[]['con' + 'structor'];",
    "[][`constructor`];",
    "let k = 0; k = 'constructor'; [][k];",
    "let k = 0; const f = () => [][k]; k ||= 'constructor';",
    "let k = 0; [k] = ['constructor']; [][k];",
    "let k = 0; for (k of ['constructor']) [][k];",
    "for (const k of ['constructor']) [][k];",
    "for (const { [row.k]: f } of [[]]) f;",
    "let k = 0; k = 'constructor'; const j = k; [][j];",
    "const a = b, b = a; [][a];",
    "((k) => [][k])('constructor');",
    "row.__proto__;",
    "const o = { __proto__: row };",
    "const o = { '__proto__': row };",
    "row.decide.prototype;",
    "[].push.call([], 1);",
    "[1].forEach([].push, []);",
    "const { push } = [];",
    "(() => 1).bind(null);",
    "new Error('x').stack;",
    "row.__lookupGetter__('close');",
    "isFinite.constructor;",
    "parseInt['con' + 'structor'];",
    "String.prototype;",
    "undefined.x;",
  ])("%s", (body) => {
    expect(findings(file(`${body} return null;`)).join("\n")).toMatch(
      /computed member|reaches behind|__proto__ is refused|only be called directly/,
    );
  });
});

describe("memory is refused", () => {
  it.each([
    ["seen.push(row.close);", "const seen = [];"],
    ["seen[0] = row.close;", "const seen = [];"],
    ["seen['x'] = row.close;", "const seen = {};"],
    ["seen.last = row.close;", "const seen = { last: 0 };"],
    ["seen.n++;", "const seen = { n: 0 };"],
    ["delete seen.n;", "const seen = { n: 0 };"],
    ["({ a: seen.a } = { a: row.close });", "const seen = { a: 0 };"],
    ["[seen.a] = [row.close];", "const seen = { a: 0 };"],
    ["for (seen.a of [row.close]) {}", "const seen = { a: 0 };"],
    ["const alias = seen; alias.push(1);", "const seen = [];"],
    ["const o = { seen }; o.seen.push(1);", "const seen = [];"],
    ["let alias = []; alias = seen; alias.push(1);", "const seen = [];"],
    ["id(seen).push(1);", "const seen = [];\nconst id = (x) => x;"],
    ["keep(seen, row.close);", "const seen = [];\nfunction keep(list, x) { list.push(x); }"],
    ["(seen as any[]).push(1);", "const seen = [];"],
    ["seen?.push(1);", "const seen = [];"],
    ["seen.sort();", "const seen = [2, 1];"],
    ["Object.freeze(seen);", "const seen = [];"],
    ["Object['freeze'](seen);", "const seen = [];"],
    ["Object.freeze(...[seen]);", "const seen = [];"],
    ["p.n = 3;", ""],
    ["row.close = 3;", ""],
    ["const f = () => { n += 1; }; f();", "let n = 0;"],
    ["let s = 0; [1].forEach((v) => { s += v; });", ""],
    ["const xs = []; [1].forEach((v) => { xs.push(v); });", ""],
    ["helper.n = 1;", "function helper() {}"],
    ["helper = 1;", "function helper() {}"],
    ["count();", "const count = (() => { let n = 0; return () => n++; })();"],
  ])("%s after %s", (body, above) => {
    expect(findings(file(`${body} return null;`, above)).join("\n")).toMatch(
      /must depend on its row alone/,
    );
  });

  it.each([
    ["let last = 0;", "let at module level"],
    ["export let last = 0;", "let at module level"],
    ["var last = 0;", "var is refused"],
    ["const seen = new Map();", "Map is not available"],
    ["const seen = new Set();", "Set is not available"],
    ["const seen = new Float64Array(9);", "Float64Array is not available"],
    ["class Memory { n = 0; }", "classes are refused"],
    ["const freeze = Object.freeze;", "Object.freeze may only be called directly"],
    ["[{}].forEach(Object.freeze);", "Object.freeze may only be called directly"],
    [
      "const depth = (n: number): number => { try { return depth(n + 1); } catch { return n; } };",
      "try is refused",
    ],
    ["const memory = { get n() { return 1; } };", "getters and setters"],
    ["const r = /a/g;", "a regular expression"],
    ["function f() { return this; }", "this is refused"],
    ["function* g() { yield 1; }", "generators are refused"],
    ["async function g() {}", "async functions are refused"],
    ["const g = async () => 1;", "async functions are refused"],
    ["await 1;", "await and yield"],
    ["for await (const x of []) {}", "await is refused"],
    ["using x = null;", "using is refused"],
    ["const it = [1, 2].values();\nit.next();", "an iterator remembers"],
    ["const it = [1, 2].entries();\nfor (const x of it) break;", "an iterator remembers"],
    ["const it = 'ab'.matchAll('a');", "an iterator remembers"],
  ])("%s", (above, message) => {
    expect(findings(file("return null;", above)).join("\n")).toContain(message);
  });
});

describe("where and how it is said", () => {
  it("names file, line and column, and lists what else there is in order", () => {
    const found = findings(file("Date.now();\n  Math.random(); return null;"));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^s\.ts:6:25 Date is not available to a strategy: /);
    expect(found[1]).toMatch(/^s\.ts:7:3 Math\.random is not available/);
  });

  it.each(["m.lag(m.close, -1)", "m.lag(m.close, (-1 as number))", "m.change(m.close, - 2)"])(
    "refuses the negative literal in %s",
    (call) => {
      const text = file("return null;").replace("m.sma(m.close, p.n)", call);
      expect(findings(text)[0]).toMatch(/^s\.ts:5:\d+ a negative number of rows .*the future/);
    },
  );

  it.each([
    ["export const strategy = ;", /^s\.ts:1:25 syntax error: Unexpected token/],
    ["const a = 1;\nconst a = 2;", /^s\.ts:1:7 syntax error: .*already been declared/],
    ["enum A { B }", /^s\.ts:1:1 enum is not erasable TypeScript/],
    ["namespace A { export const b = 1; }", /namespace is not erasable/],
    ["import a = require('fs');", /import = is not erasable/],
    ["export default 1;", /a default export is refused: write export const strategy/],
    ["const strategy = 1;", /^s\.ts:1:1 exports no "strategy"; write: export const strategy/],
    ["", /exports no "strategy"/],
    ["export type strategy = number;", /exports no "strategy"/],
  ])("%j", (text, message) => {
    expect(findings(text).join("\n")).toMatch(message);
  });

  it("asks no strategy of an imported file", () => {
    expect(findings("export const half = (x: number) => x / 2;", false)).toEqual([]);
  });
});
