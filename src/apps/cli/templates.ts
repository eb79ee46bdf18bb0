/**
 * Texts that `assay init DIR` writes. The mandate runs as it stands, on the simulated market; its
 * comments show what to change for a CSV of one's own.
 */

/** `name` is what people call the mandate: the folder's name. */
export function mandateTemplate(name: string): string {
  return `# yaml-language-server: $schema=./mandate.schema.json
#
# What this portfolio may do. \`assay config .\` prints every value and where it comes from.
assay: 1
name: ${JSON.stringify(name === "" ? "mandate" : name)}
profile: plain
seed: 1

account:
  currency: USD
  initial_equity: 100000

data:
  kind: simulated
  simulated: { instruments: 1 }
  # For a CSV beside this file, replace the two lines above by:
  # kind: real
  # sources:
  #   - file: ./prices.csv
  #     layout: single
  #     instrument: MINE
  #     rights: my own # who may do what with the values
  #     date: { column: Date, format: YYYY-MM-DD }
  #     columns: { open: Open, high: High, low: Low, close: Close, volume: Volume }

strategies:
  - name: above-average
    file: ./strategy.ts
    instruments: all
    params: { window: 200 }

execution:
  fill: next_open # decide on the close, trade at the next open

slippage:
  bps: 1 # of the price, against us

fees:
  bps: 0 # of the traded value
  per_share: 0.005 # in the account's currency
  minimum: 1 # per order

financing: # fractions per year, ACT/360
  debit_rate: 0.05 # on money borrowed
  borrow_rate: 0.01 # on the value of short positions
`;
}

export const STRATEGY_TEMPLATE = `// All in: long while the close is above its slow average, short below.
import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "above-average",
  version: "1",
  params: { window: { default: 200, min: 2, max: 500, integer: true } },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.window) }),
  decide: (row) => ({ weight: row.close > row.slow ? 1 : -1 }),
});
`;

/** An npm name: lower case, no spaces. */
export function packageTemplate(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${JSON.stringify({ name: slug === "" ? "mandate" : slug, private: true, type: "module" }, null, 2)}\n`;
}

/** For the editor alone: Assay itself strips types and compiles nothing. */
export const TSCONFIG_TEMPLATE = `${JSON.stringify(
  {
    compilerOptions: {
      target: "ES2023",
      lib: ["ES2023"],
      types: [],
      module: "NodeNext",
      moduleResolution: "NodeNext",
      strict: true,
      noEmit: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
    },
    include: ["*.ts"],
  },
  null,
  2,
)}\n`;
