/**
 * `assay ledger show`: the books at the end of a run as an accountant asks for them. Folded from
 * the journal alone; marks are the pack's closes; returns are projections of the ledger.
 */
import type { Json } from "../../base/canonical-json.ts";
import { DAY_MS, formatInstant } from "../../base/instant.ts";
import type { BarSeries } from "../../domain/bar.ts";
import type { Pack } from "../../domain/pack.ts";
import { type EquityIdentity, equityIdentity } from "../../records/ledger/equity-identity.ts";
import type { Ledger, LedgerEntry, Marks } from "../../records/ledger/fold.ts";
import type { Rates } from "../../records/ledger/foreign.ts";
import { timeWeightedReturns, xirr } from "../../records/projections/returns.ts";
import { openBooks } from "./books.ts";
import { findRun, type RunQuery } from "./find-run.ts";
import { amount, count, percent } from "./numbers.ts";

export async function showLedger(query: RunQuery): Promise<{ document: Json; lines: string[] }> {
  const { home, run } = findRun(query);
  const { pack, entries, ledger } = await openBooks(home, run.folder);
  const own = ledger.instruments;
  const history = foldSessions(
    ledger,
    { ...pack, series: pack.series.filter((s) => own.has(s.instrument.id)) },
    entries,
  );
  const identity = equityIdentity(ledger, history.marks, history.rates, history.depositMinor);
  const growth = growthOf(history, ledger.digits);
  const document = {
    run_id: run.name,
    at: formatInstant(history.endMs),
    currency: ledger.currency,
    holds: identity.holds,
    equity: amountsOf(identity.equity, ledger.digits),
    explained: amountsOf(identity.explained, ledger.digits),
    ...growth,
  };
  return { document, lines: linesOf(ledger, identity, { ...document, marks: history.marks }) };
}

type History = {
  readonly startMs: number;
  readonly endMs: number;
  readonly depositMinor: number;
  /** At each session's close, minor units. */
  readonly navMinor: readonly number[];
  /** At the last session. */
  readonly marks: Marks;
  readonly rates: Rates;
};

function foldSessions(
  ledger: Ledger,
  { series, references }: Pick<Pack, "series" | "references">,
  entries: readonly LedgerEntry[],
): History {
  const times = [...new Set(series.flatMap((s) => [...s.timesMs]))].sort((a, b) => a - b);
  const close = new Map<string, number>();
  const rows = new Int32Array(series.length);
  const navMinor: number[] = [];
  let next = 0;
  let depositMinor = 0;
  const known = new Map([[ledger.currency, 1]]);
  const marks: Marks = (id) => close.get(id) ?? Number.NaN;
  const rates: Rates = (currency) => known.get(currency) ?? Number.NaN;
  for (const ms of times) {
    series.forEach((s, i) => {
      if (s.timesMs[rows[i]] === ms) close.set(s.instrument.id, markOf(s, rows[i]++));
    });
    for (const [currency, rate] of ratesOn(references, ledger.currency, ms))
      known.set(currency, rate);
    const at = formatInstant(ms);
    for (; next < entries.length && entries[next].at <= at; next++) {
      const { payload } = entries[next];
      if (payload.kind === "flow") depositMinor += payload.amount_minor;
      ledger.apply(entries[next]);
    }
    navMinor.push(ledger.navMinor(marks, rates));
    ledger.close(marks, rates);
  }
  return {
    startMs: times[0],
    endMs: times[times.length - 1],
    depositMinor,
    navMinor,
    marks,
    rates,
  };
}

/** Of the next contract from the close on at which a future rolls. */
function markOf({ close, futures }: BarSeries, row: number): number {
  if (futures === null || row + 1 === close.length) return close[row];
  return futures.contract[row + 1] === futures.contract[row] ? close[row] : futures.nextClose[row];
}

/** Rates into the account's currency that were printed on this day. */
function ratesOn(
  references: Pack["references"],
  quote: string,
  ms: number,
): readonly (readonly [string, number])[] {
  return references.flatMap((r) => {
    if (r.kind !== "fx" || r.quote !== quote) return [];
    const row = r.timesMs.indexOf(ms);
    return row < 0 ? [] : [[r.currency, r.values[row]] as const];
  });
}

type Growth = {
  readonly time_weighted_return: number | null;
  readonly money_weighted_return: number | null;
};

/** Cumulative, and annual by XIRR; null where no rate exists. */
function growthOf({ navMinor, depositMinor, startMs, endMs }: History, digits: number): Growth {
  const scale = 10 ** digits;
  const days = navMinor.map((nav, i) => ({
    inflow: i === 0 ? depositMinor / scale : 0,
    outflow: 0,
    endValue: nav / scale,
  }));
  const { cumulative } = timeWeightedReturns(0, days);
  const linked = cumulative[cumulative.length - 1];
  const rate = xirr([
    { atMs: startMs, amount: -depositMinor / scale },
    { atMs: Math.max(endMs, startMs + DAY_MS), amount: navMinor[navMinor.length - 1] / scale },
  ]);
  return {
    time_weighted_return: Number.isNaN(linked) ? null : linked,
    money_weighted_return: rate.ok ? rate.value : null,
  };
}

function amountsOf(
  minor: { readonly [name: string]: bigint },
  digits: number,
): { [name: string]: number } {
  return Object.fromEntries(
    Object.entries(minor).map(([name, value]) => [
      name.replace(/Minor$/, ""),
      Number(value) / 10 ** digits,
    ]),
  );
}

function linesOf(
  ledger: Ledger,
  { holds }: EquityIdentity,
  shown: Growth & {
    readonly run_id: string;
    readonly at: string;
    readonly equity: { readonly [name: string]: number };
    readonly explained: { readonly [name: string]: number };
    readonly marks: Marks;
  },
): string[] {
  const held = [...ledger.positions.values()].filter((p) => p.lots !== 0);
  const row = (name: string, value: number) => `  ${name.padEnd(22)}${amount(value).padStart(18)}`;
  return [
    `${shown.run_id}  books at the close of ${shown.at}, ${ledger.currency}`,
    ...Object.entries(shown.equity).map(([name, value]) =>
      row(name === "sum" ? "= equity" : name, value),
    ),
    ...Object.entries(shown.explained).map(([name, value]) =>
      row(name === "sum" ? "= explained" : name, value),
    ),
    `  the two sides ${holds ? "agree to the cent" : "DISAGREE (invariant 11)"}`,
    ...held.map(
      (p) => `  holds ${count(p.lots)} lots ${p.instrument.id} at ${shown.marks(p.instrument.id)}`,
    ),
    `  time-weighted return ${percent(shown.time_weighted_return)}, money-weighted ${percent(shown.money_weighted_return)} a year`,
  ];
}
