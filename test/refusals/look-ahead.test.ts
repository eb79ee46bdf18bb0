/**
 * Attempts to look ahead, to reach outside or to remember, by the book of an attacker: each is a
 * whole strategy that a person could put beside a mandate, and none may give a run that counts.
 * What no check of the text can see is planted behind the checks and must fail the run itself.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadMandate, packFor, requireBacktestPack, sourceOf } from "../../src/apps/cli/compose.ts";
import { sha256 } from "../../src/apps/cli/compose-records.ts";
import { recordIn } from "../../src/apps/cli/run-command.ts";
import type { Strategy } from "../../src/domain/strategy.ts";
import { runId } from "../../src/engine/identity.ts";
import { prepareRun } from "../../src/engine/prepare.ts";
import { type BadInput, inFolder, inProcess } from "./bad-input.ts";
import { changed, FILE_MANDATE, STRATEGY } from "./files.ts";

const DECIDE = "({ weight: row.close > row.slow ? 1 : -1 })";

/** Long enough that twenty seeded rows are a sample. */
const PRICES = [
  "Date,Open,High,Low,Close,Volume",
  ...Array.from({ length: 300 }, (_, i) => {
    const date = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    const close = 100 + 8 * Math.sin(i * 1.7) + ((i * 7919) % 13);
    return `${date},${close},${close + 1},${close - 1},${close},1000`;
  }),
].join("\n");

function inputWith(strategy: string): BadInput {
  const files = {
    "mandate.yaml": FILE_MANDATE,
    "prices.csv": `${PRICES}\n`,
    "strategy.ts": strategy,
  };
  return { name: "an attempt", files, argv: ["run", "."] };
}

/** [what is tried, at module level, in decide]; the first line says what is wanted. */
const ATTEMPTS: readonly (readonly [string, string, string])[] = [
  [
    "a closure",
    "const box = (() => { let n = 0; return () => n++; })();",
    "return { weight: box() % 2 };",
  ],
  ["an outer object", "const s = { n: 0 };", "s.n += 1; return { weight: s.n % 2 };"],
  [
    "an outer array through an alias",
    "const s: number[] = [];",
    "const t = s; t.push(1); return { weight: t.length % 2 };",
  ],
  [
    "an outer array inside an own one",
    "const s: number[] = [];",
    "const own = [s]; own[0].push(1); return null;",
  ],
  [
    "an outer array through a callback",
    "const s: number[] = [];",
    "[s].forEach((x) => x.push(1)); return null;",
  ],
  [
    "an outer array through a helper's parameter",
    "const s: number[] = [];\nconst add = (x: number[]) => { x.push(1); };",
    "add(s); return null;",
  ],
  [
    "a default parameter that is kept",
    "const f = (x: number, memo: number[] = []) => { memo.push(x); return memo.length; };",
    "return { weight: f(row.close) % 2 };",
  ],
  ["a property of a function", "const f = () => 1;", "(f as any).n = row.close; return null;"],
  ["a property of the parameters", "", "(p as any).last = row.close; return null;"],
  ["a property of the row", "", "(row as any).last = row.close; return null;"],
  ["a property of the definition", "", "(strategy as any).last = row.close; return null;"],
  [
    "one bit: frozen or not",
    "const flag = { a: 0 };",
    'const t: any = { "__proto__": flag }; let s = 0; try { t.a = 1; } catch { s = 1; } Object.freeze(flag); return { weight: s };',
  ],
  ["a stored iterator", "const it = [1, 0].values();", "return { weight: it.next().value ?? 0 };"],
  [
    "a generator",
    "function* g() { let n = 0; for (;;) yield n++; }\nconst it = g();",
    "return { weight: it.next().value % 2 };",
  ],
  ["a sticky regular expression", "const r = /a/g;", "return { weight: r.test('aa') ? 1 : 0 };"],
  [
    "a class with a static field",
    "class Memory { static n = 0; }",
    "Memory.n++; return { weight: Memory.n % 2 };",
  ],
  ["a getter that counts", "const s = { get n() { return 1; } };", "return { weight: s.n };"],
  [
    "super in a method",
    "const s = { n: 0, add() { super.n = 1; } } as any;",
    "s.add(); return null;",
  ],
  ["a map", "const s = new Map();", "s.set(1, row.close); return null;"],
  ["a typed array", "const s = new Float64Array(1);", "s[0] = row.close; return null;"],
  ["a weak reference to the row", "const s = new WeakRef({});", "return null;"],
  ["a symbol", "const s = Symbol();", "return null;"],
  [
    "how deep a call goes",
    "const depth = (n: number): number => { try { return depth(n + 1); } catch { return n; } };",
    "return { weight: depth(0) % 2 };",
  ],
  ["the trace of an error", "", "return { weight: (new Error().stack ?? '').length % 2 };"],
  [
    "the prices' file",
    'import { readFileSync } from "node:fs";',
    "return { weight: readFileSync('prices.csv').length % 2 };",
  ],
  [
    "the prices' file by a built-in module",
    "",
    "return { weight: process.getBuiltinModule('node:fs') ? 1 : 0 };",
  ],
  [
    "the prices as a module",
    'import prices from "./prices.csv";',
    "return { weight: prices.length };",
  ],
  [
    "the constructor of a function",
    "",
    "return { weight: (decideOf as any).constructor('return 1')() };",
  ],
  [
    "the constructor by an assertion that eats a line",
    'const id = (x: any): any => x;\nconst C: any = id as const\n["constructor"]\nconst now = C("return process.pid");',
    "return { weight: now() % 2 };",
  ],
  [
    "the constructor by destructuring",
    "const { constructor: C } = (() => 1) as any;",
    "return { weight: C('return 1')() };",
  ],
  ["the constructor by escapes", "", "return { weight: (row as any).\\u0063onstructor ? 1 : 0 };"],
  [
    "a comment that a line separator ends",
    "// \u2028const t = Date.now();",
    "return { weight: t % 2 };",
  ],
  [
    "the arguments",
    "",
    "return { weight: (function (this: any) { return arguments.length; })() };",
  ],
  ["a tagged template as memory", "const s: string[] = [];", "s.push`x`; return null;"],
  [
    "a label and a jump over the check",
    "const s: number[] = [];",
    "out: { s.push(1); break out; } return null;",
  ],
  [
    "the module's own namespace",
    'import * as self from "./strategy.ts";',
    "(self as any).memo = row.close; return null;",
  ],
  ["a later moment", "", "Promise.resolve().then(() => 1); return null;"],
  ["the clock", "", "return { weight: performance.now() % 2 };"],
  ["chance", "", "return { weight: Math['random']() };"],
];

describe("an attempt to look ahead or to remember is refused: ", () => {
  it.each(ATTEMPTS)("%s", async (_, above, body) => {
    const text = changed(
      changed(STRATEGY, `(row) => ${DECIDE}`, `(row, p) => { ${body} }`),
      '"assay";\n',
      `"assay";\n${above}\n`,
    );
    await inFolder(inputWith(text), async (folder) => {
      const answer = await inProcess(["run", "."], folder, {});
      expect(answer.stderr).toMatch(/^assay: strategy\.ts:\d+:\d+: /);
      expect(answer).toMatchObject({ code: 3, stdout: "" });
    });
  });
});

const COLUMN_ATTEMPTS: readonly (readonly [string, string])[] = [
  ["a negative lag", "({ close: m.close, slow: m.lag(m.close, -1) })"],
  [
    "a negative lag in a variable",
    "{ const back = 1 - p.window; return { close: m.close, slow: m.lag(m.close, back) }; }",
  ],
  [
    "a lag of no number",
    "({ close: m.close, slow: m.lag(m.close, { valueOf: () => -1 } as any) })",
  ],
  ["a negative change", "({ close: m.close, slow: m.change(m.close, 2 - p.window) })"],
  ["a window of nothing", "({ close: m.close, slow: m.sma(m.close, Number('x')) })"],
  ["an array smuggled out as a column", "({ close: m.close, slow: [1, 2, 3] as any })"],
  ["columns as an array", "[m.close, m.close] as any"],
  ["m itself as a column", "({ close: m.close, slow: m as any })"],
  ["m.raw as a column", "({ close: m.close, slow: m.raw as any })"],
  ["a column of another m", "({ close: m.close, slow: kept.close as any })"],
  [
    "a column named like the constructor",
    "({ close: m.close, slow: m.close, ['constructor']: m.close })",
  ],
  ["a text made of a column", "({ close: m.close, slow: `${m.close}` as any })"],
  ["m kept for decide", "{ kept.m = m; return { close: m.close, slow: m.close }; }"],
];

describe("columns that look ahead or smuggle are refused: ", () => {
  it.each(COLUMN_ATTEMPTS)("%s", async (_, columns) => {
    const text = changed(
      changed(STRATEGY, "({ close: m.close, slow: m.sma(m.close, p.window) })", columns),
      '"assay";\n',
      '"assay";\nconst kept = { close: {}, m: {} };\n',
    );
    await inFolder(inputWith(text), async (folder) => {
      const answer = await inProcess(["run", "."], folder, {});
      expect(answer.stderr).toMatch(/^assay: strategy\.ts/);
      expect(answer).toMatchObject({ code: 3, stdout: "" });
    });
  });
});

/** Strategies that no text shows: as if the checks of the text had let them through. */
const PLANTED: readonly (readonly [string, () => Strategy["decide"]])[] = [
  ["counts its calls", () => countingDecide()],
  ["remembers the highest close so far", () => highestDecide()],
  ["knows its row from the first one it saw", () => identityDecide()],
  ["answers a row it saw before from a note, and lies about the stop", () => stopDecide()],
];

function countingDecide(): Strategy["decide"] {
  let calls = 0;
  return () => ({ weight: calls++ % 2 });
}

function highestDecide(): Strategy["decide"] {
  let highest = 0;
  return (row) => {
    highest = Math.max(highest, row["close"]);
    return { weight: row["close"] < highest ? 1 : 0 };
  };
}

function identityDecide(): Strategy["decide"] {
  let first: unknown = null;
  return (row) => {
    first ??= row;
    return { weight: first === row ? 1 : 0 };
  };
}

function stopDecide(): Strategy["decide"] {
  let calls = 0;
  return () => ({ weight: 1, stop: { distance: 1 + calls++ } });
}

describe("what passes the checks of the text fails the run: a decide that", () => {
  it.each(PLANTED)("%s", async (_, decideOf) => {
    await inFolder(inputWith(STRATEGY), async (folder) => {
      const document = await runPlanted(folder, decideOf());
      expect(document.status).toBe("ERROR");
      expect(document.failure?.invariant).toBe(20);
      expect(document.failure?.message).toMatch(
        /strategy planted on ACME at 2020-\d\d-\d\d: .*decide must depend/,
      );
    });
  });

  it("and a decide without memory does not", async () => {
    await inFolder(inputWith(STRATEGY), async (folder) => {
      const document = await runPlanted(folder, (row) => ({ weight: row["close"] > 105 ? 1 : 0 }));
      expect(document).toMatchObject({ status: "OK", failure: null });
    });
  });
});

async function runPlanted(folder: string, decide: Strategy["decide"]) {
  const loaded = loadMandate(folder, [], {});
  const progress = () => undefined;
  const found = await packFor({ loaded, progress, nowMs: 0 });
  const pack = requireBacktestPack(found.pack);
  const strategy: Strategy = {
    name: "planted",
    version: "1",
    params: {},
    columns: (m) => ({ close: m.close }),
    orders: ["stop"],
    decide,
  };
  const use = { name: "planted", strategy, params: {}, codeHash: "0", instruments: ["ACME"] };
  const prepared = prepareRun({
    mandate: loaded.mandate,
    pack,
    uses: [use],
    sourceOf: sourceOf(loaded.mandate),
    precomputed: [],
    sha256,
  });
  const identity = {
    mandateHash: loaded.resolved.hash,
    packId: pack.id,
    codeHash: "0",
    seed: prepared.seed,
    runtime: "test",
    mode: "backtest" as const,
  };
  const id = runId(identity, sha256);
  const job = { loaded, prepared, identity, id, dataWarnings: [], progress };
  return (await recordIn(join(loaded.home, "runs", id), job)).document;
}
