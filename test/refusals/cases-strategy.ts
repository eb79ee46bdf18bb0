/** Mistakes in a strategy's file, and strategies that reach where they may not. */
import type { BadInput } from "./bad-input.ts";
import { changed, FILE_MANDATE, PRICES, STRATEGY } from "./files.ts";

const argv = ["run", "."];
const DECIDE = "({ weight: row.close > row.slow ? 1 : -1 })";
const COLUMNS = "({ close: m.close, slow: m.sma(m.close, p.window) })";

function strategy(
  name: string,
  text: string,
  more: { readonly [path: string]: string } = {},
): BadInput {
  const files = {
    "mandate.yaml": FILE_MANDATE,
    "prices.csv": PRICES,
    "strategy.ts": text,
    ...more,
  };
  return { name, files, argv };
}

/** `decide` with this body, after `above` at module level. */
function decide(name: string, body: string, above = ""): BadInput {
  const text = changed(STRATEGY, DECIDE, `{ ${body} }`);
  return strategy(name, changed(text, '"assay";\n', `"assay";\n${above}`));
}

function columns(name: string, expression: string): BadInput {
  return strategy(name, changed(STRATEGY, COLUMNS, expression));
}

export const STRATEGY_CASES: readonly BadInput[] = [
  strategy("an empty file", ""),
  strategy("a syntax error", changed(STRATEGY, "columns: (m, p) =>", "columns: (m, p =>")),
  strategy("no export", changed(STRATEGY, "export const", "const")),
  strategy("a default export", `${STRATEGY}export default strategy;\n`),
  strategy("an enum", `${STRATEGY}enum Side { Long }\n`),
  strategy("a definition without decide", changed(STRATEGY, `  decide: (row) => ${DECIDE},\n`, "")),
  strategy(
    "a parameter whose default lies outside its range",
    changed(STRATEGY, "default: 3", "default: 1"),
  ),
  strategy("import of node:fs", `import { readFileSync } from "node:fs";\n${STRATEGY}`),
  strategy("import of a file that is not there", `import { x } from "./x.ts";\n${STRATEGY}`),
  strategy("an imported file that reads the clock", `import { x } from "./x.ts";\n${STRATEGY}`, {
    "x.ts": "export const x = () => Date.now();\n",
  }),
  decide("a dynamic import", 'import("node:fs"); return null;'),
  decide("process", "return { weight: process.pid };"),
  decide("fetch", 'fetch("http://localhost"); return null;'),
  decide("Date.now", "return { weight: Date.now() };"),
  decide("Math.random", "return { weight: Math.random() };"),
  decide("eval", 'return eval("1");'),
  decide(
    "the constructor of a function",
    'return row["constructor"]["constructor"]("return 1")();',
  ),
  decide("let at module level", "last = row.close; return { weight: last };", "let last = 0;\n"),
  decide(
    "an outer array that grows",
    "seen.push(row.close); return { weight: seen.length };",
    "const seen: number[] = [];\n",
  ),
  decide(
    "an outer object that is written to",
    "seen.n = row.close; return null;",
    "const seen = { n: 0 };\n",
  ),
  columns("a negative lag, written out", "({ close: m.close, slow: m.lag(m.close, -1) })"),
  columns("a negative lag, computed", "({ close: m.close, slow: m.lag(m.close, 2 - p.window) })"),
  columns("a window of a fraction", "({ close: m.close, slow: m.sma(m.close, p.window / 2) })"),
  columns("a column used as a number", "({ close: m.close, slow: m.close + 1 })"),
  columns("an array of numbers as a column", "({ close: m.close, slow: [1, 2, 3] })"),
  columns("columns that return an array", "[m.close, m.close]"),
  columns("columns that fail", "{ throw new Error('no idea'); }"),
  decide("a column that was not declared", "return { weight: row.fast > 0 ? 1 : 0 };"),
  decide("decide returns nothing", "row.close;"),
  decide("decide returns a number", "return 1;"),
  decide("decide returns NaN", "return { weight: (row.close - row.close) / 0 };"),
  decide("decide returns weight and units", "return { weight: 1, units: 1 };"),
  decide("decide returns an unknown key", "return { wait: 1 };"),
  decide(
    "decide asks for an order it did not declare",
    "return { weight: 1, entry: { limit: row.close } };",
  ),
  decide("decide throws", "throw new Error('no idea');"),
  strategy(
    "decide runs out of stack",
    changed(
      STRATEGY,
      `=> ${DECIDE}`,
      "=> { const f = (n: number): number => f(n + 1); return { weight: f(row.close) }; }",
    ),
  ),
];
