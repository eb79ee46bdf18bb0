/**
 * Paper beside its backtest twin: orders by the session decided on, fills by the session filled in,
 * each netted per instrument. Every difference is listed with what the trial's own records say about
 * it. The first one may bring about those after it, because from there on the books differ.
 */
import { brief, fixed } from "../../base/figures.ts";
import type { DailyDocument, DailyOrder } from "../../domain/daily-document.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import { entriesOf, type TrialDay } from "./period.ts";
import type { BacktestTwin } from "./trial-records.ts";

export type Difference = {
  readonly kind: "intent" | "fill" | "price";
  readonly date: string;
  readonly instrument: string;
  readonly trial: string;
  readonly twin: string;
  readonly explained_by: string;
};

export type Drift = {
  readonly run_id: string;
  readonly same_mandate: boolean;
  /** The first decision that both made; null: none. With other values nothing after it can be equal. */
  readonly start: {
    readonly date: string;
    readonly trial_nav_minor: number;
    readonly twin_nav_minor: number;
  } | null;
  readonly compared: { readonly intents: number; readonly fills: number };
  readonly differences: readonly Difference[];
  readonly unexplained: number;
};

type Trial = {
  readonly days: readonly TrialDay[];
  readonly entries: readonly AccountEntry[];
  readonly mandateHash: string;
};

export function driftOf({ days, entries, mandateHash }: Trial, twin: BacktestTwin): Drift {
  const documents = days.flatMap(({ document }) => document ?? []);
  const decided = new Set(documents.map((document) => document.decided_on));
  const traded = new Set(documents.map((document) => document.date));
  const intents = intentPairs(documents, twin, decided);
  const fills = fillPairs(documents, twin, traded);
  const parting = firstParting(fills);
  const differences = [
    ...[...intents.values()].flatMap((pair) => intentDifference(pair, documents, parting)),
    ...[...fills.values()].flatMap((pair) => fillDifference(pair, documents, parting)),
  ].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    run_id: twin.runId,
    same_mandate: twin.mandateHash === mandateHash,
    start: commonStart(entries, twin),
    compared: { intents: intents.size, fills: fills.size },
    differences,
    unexplained: differences.filter((one) => one.explained_by === UNEXPLAINED).length,
  };
}

/** Both accounts were worth the same where their ways begin. */
export function beganAlike({ start }: Drift): boolean {
  return start === null || start.trial_nav_minor === start.twin_nav_minor;
}

function commonStart(entries: readonly AccountEntry[], twin: BacktestTwin): Drift["start"] {
  const navs = new Map(twin.decisions.map(({ date, navMinor }) => [date, navMinor]));
  for (const { at, payload } of entriesOf(entries, "decision")) {
    const date = at.slice(0, ISO_DATE);
    const twinNav = navs.get(date);
    if (twinNav === undefined) continue;
    return { date, trial_nav_minor: payload.nav_minor, twin_nav_minor: twinNav };
  }
  return null;
}

/** YYYY-MM-DD at the beginning of an instant. */
const ISO_DATE = 10;

const UNEXPLAINED = "no record explains it";

type Traded = { lots: number; notional: number; fills: number };
type Pair = {
  readonly date: string;
  readonly instrument: string;
  readonly trial: Traded;
  readonly twin: Traded;
};
type Pairs = Map<string, Pair>;

function pairOf(pairs: Pairs, date: string, instrument: string): Pair {
  const name = `${date} ${instrument}`;
  const empty = () => ({ lots: 0, notional: 0, fills: 0 });
  const pair = pairs.get(name) ?? { date, instrument, trial: empty(), twin: empty() };
  pairs.set(name, pair);
  return pair;
}

function intentPairs(
  documents: readonly DailyDocument[],
  twin: BacktestTwin,
  dates: ReadonlySet<string>,
): Pairs {
  const pairs: Pairs = new Map();
  for (const document of documents) {
    const today = document.trades.orders.slice(-document.trades.placed);
    for (const order of document.trades.placed === 0 ? [] : today) {
      pairOf(pairs, document.decided_on, order.instrument).trial.lots += order.lots;
    }
  }
  for (const intent of twin.intents) {
    if (!dates.has(intent.date)) continue;
    pairOf(pairs, intent.date, intent.instrument).twin.lots += intent.lots;
  }
  return pairs;
}

function fillPairs(
  documents: readonly DailyDocument[],
  twin: BacktestTwin,
  dates: ReadonlySet<string>,
): Pairs {
  const pairs: Pairs = new Map();
  for (const { date, trades } of documents) {
    for (const fill of trades.fills) {
      const { trial } = pairOf(pairs, date, fill.instrument);
      trial.fills++;
      trial.lots += fill.lots;
      trial.notional += fill.lots * Number(fill.price);
    }
  }
  for (const fill of twin.fills) {
    if (!dates.has(fill.date)) continue;
    const side = pairOf(pairs, fill.date, fill.instrument).twin;
    side.fills++;
    side.lots += fill.lots;
    side.notional += fill.lots * fill.price;
  }
  return pairs;
}

function intentDifference(
  pair: Pair,
  documents: readonly DailyDocument[],
  parting: Pair | null,
): Difference[] {
  const { date, instrument, trial, twin } = pair;
  const before = following(parting, (parted) => parted <= date);
  if (trial.lots === twin.lots) return [];
  const document = documents.find((one) => one.decided_on === date);
  return [
    {
      kind: "intent",
      date,
      instrument,
      trial: lotsText(trial.lots),
      twin: lotsText(twin.lots),
      explained_by: dayReason(document, instrument) ?? before ?? UNEXPLAINED,
    },
  ];
}

function fillDifference(
  pair: Pair,
  documents: readonly DailyDocument[],
  parting: Pair | null,
): Difference[] {
  const { date, instrument, trial, twin } = pair;
  const place = { date, instrument };
  const before = following(parting, (parted) => parted < date);
  const document = documents.find((one) => one.date === date);
  if (trial.lots !== twin.lots) {
    const why = orderReason(document, pair) ?? dayReason(document, instrument);
    return [
      {
        kind: "fill",
        ...place,
        trial: lotsText(trial.lots),
        twin: lotsText(twin.lots),
        explained_by: why ?? before ?? UNEXPLAINED,
      },
    ];
  }
  if (trial.lots === 0 || isSame(pair)) return [];
  const ours = trial.notional / trial.lots;
  const theirs = twin.notional / twin.lots;
  const bps = (Math.sign(trial.lots) * (ours - theirs) * 10_000) / theirs;
  return [
    {
      kind: "price",
      ...place,
      trial: brief(ours),
      twin: brief(theirs),
      explained_by: `the venue's price, ${fixed(bps, 1)} bp worse than the fill model's`,
    },
  ];
}

/** Prices that differ by less are the same one, averaged over another number of executions. */
const SAME_PRICE = 1e-9;

/**
 * What the day's own document says about orders that did not fill as wanted: only where the twin filled something, and
 * what they lack reaches as far as the twin went. A stop at work lacks all of it every day, and explains the twin's alone.
 */
function orderReason(
  document: DailyDocument | undefined,
  { instrument, trial, twin }: Pair,
): string | null {
  const lack = twin.lots - trial.lots;
  const restOf = (order: DailyOrder) => order.lots - order.filled_lots;
  const short = (document?.trades.orders ?? []).filter(
    (one) =>
      one.instrument === instrument &&
      one.state !== "filled" &&
      (one.purpose === "stop" ? restOf(one) === lack : restOf(one) * lack > 0),
  );
  const [order] = short;
  const rest = short.reduce((sum, one) => sum + restOf(one), 0);
  if (order === undefined || twin.fills === 0 || Math.abs(rest) < Math.abs(lack)) return null;
  const why = order.refusal === null ? "" : `: ${order.refusal}`;
  return `the order ended ${order.state} with ${lotsText(order.filled_lots)} of ${lotsText(order.lots)} filled${why}`;
}

function dayReason(document: DailyDocument | undefined, instrument: string): string | null {
  if (document === undefined) return null;
  if (document.status === "MISSED" || document.status === "PAUSED") {
    return `the day was ${document.status}: ${document.no_trades_because[0] ?? document.health.paused}`;
  }
  const refused = document.signals.list.find(
    (one) =>
      one.instrument === instrument && one.terminal !== null && REFUSALS.includes(one.terminal),
  );
  if (refused === undefined) return null;
  return `the signal ended ${refused.terminal} (${refused.cut_by.join(", ")}) in the trial`;
}

/** Ends that depend on the account and not on the forecast alone. */
const REFUSALS: readonly string[] = [
  "REJECTED_BY_BROKER",
  "REJECTED_BY_PAUSE",
  "REJECTED_BY_FRESHNESS",
  "REJECTED_BY_CIRCUIT_BREAKER",
  "REJECTED_BY_CASH",
];

/**
 * From the first fill that differs the books differ, and with them what is wanted; that fill itself
 * needs another reason.
 */
function following(parting: Pair | null, isAfter: (date: string) => boolean): string | null {
  if (parting === null || !isAfter(parting.date)) return null;
  return `the books parted before, with the fill of ${parting.instrument} on ${parting.date}`;
}

function firstParting(fills: Pairs): Pair | null {
  const parted = [...fills.values()].filter((pair) => !isSame(pair));
  return parted.reduce<Pair | null>(
    (first, pair) => (first === null || pair.date < first.date ? pair : first),
    null,
  );
}

function isSame({ trial, twin }: Pair): boolean {
  if (trial.lots !== twin.lots) return false;
  return Math.abs(trial.notional - twin.notional) <= Math.abs(twin.notional) * SAME_PRICE;
}

function lotsText(lots: number): string {
  return `${brief(lots)} lots`;
}

function key({ date, instrument, kind }: Difference): string {
  return `${date} ${instrument} ${kind}`;
}
