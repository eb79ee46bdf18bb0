/** A sound mandate, its prices and its strategy; a case breaks one thing in one of them. */

export const MANDATE = `assay: 1
name: refusals
profile: plain
seed: 1

account: { currency: USD, initial_equity: 100000 }

data:
  kind: real
  sources:
    - file: ./prices.csv
      layout: single
      instrument: ACME
      rights: made up
      date: { column: Date, format: YYYY-MM-DD }
      columns: { open: Open, high: High, low: Low, close: Close, volume: Volume }

strategies:
  - name: mine
    use: buy-and-hold
    instruments: all

execution: { fill: next_open }
fees: { bps: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`;

export const PRICES = `Date,Open,High,Low,Close,Volume
2024-01-02,10,11,9,10.5,1000
2024-01-03,10.5,12,10,11,1100
2024-01-04,11,12,10.5,11.5,1200
2024-01-05,11.5,12,11,11.2,1300
2024-01-08,11.2,11.9,11,11.8,1400
2024-01-09,11.8,12.5,11.5,12.1,1500
2024-01-10,12.1,12.8,12,12.6,1600
2024-01-11,12.6,13,12.2,12.4,1700
2024-01-12,12.4,12.9,12,12.7,1800
`;

export const STRATEGY = `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "above-average",
  version: "1",
  params: { window: { default: 3, min: 2, max: 500, integer: true } },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.window) }),
  decide: (row) => ({ weight: row.close > row.slow ? 1 : -1 }),
});
`;

/** The text with one piece of it replaced; a piece that is not there is a mistake in the case. */
export function changed(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`${JSON.stringify(from)} is not there once`);
  return text.replace(from, () => to);
}

export function mandateWith(from: string, to: string): { readonly [path: string]: string } {
  return { "mandate.yaml": changed(MANDATE, from, to), "prices.csv": PRICES };
}

export const FILE_MANDATE = changed(MANDATE, "use: buy-and-hold", "file: ./strategy.ts");
