/** An account's records over some days: journal entries, files with their hashes, metrics. Faults are planted by tests. */
import { createHash } from "node:crypto";
import { known } from "../../../src/domain/evidence.ts";
import type { DailyDocument } from "../../../src/domain/daily-document.ts";
import type { AccountEntry, AccountPayload } from "../../../src/domain/trading-entry.ts";
import { buildDaily } from "../../../src/records/daily/build-daily.ts";
import { canonicalDaily, dailyMarkdown } from "../../../src/records/daily/markdown.ts";
import { metricsRow } from "../../../src/records/daily/metrics.ts";
import type { TrialRecords } from "../../../src/records/trial/trial-records.ts";
import { sharpeTest } from "../../../src/research/evaluation/sharpe-probability.ts";
import {
  decided,
  decision,
  execution,
  input,
  MANDATE,
  order,
  reconciled,
  signal,
  terminal,
} from "../daily/day-fixture.ts";

export const judge = (returns: Float64Array) =>
  sharpeTest(returns, { periodsPerYear: 252, riskFree: 0 });

export const sha = (text: string) => createHash("sha256").update(text).digest("hex");

export type DayScript = {
  readonly date: string;
  readonly decidedOn?: string;
  /** Return of the day. */
  readonly earns?: number;
  readonly payloads?: readonly AccountPayload[];
  readonly forecasts?: number;
  readonly holds?: number;
  readonly mandateHash?: string;
  readonly codeHash?: string;
  readonly navMinor?: number;
  /** After the day was closed. */
  readonly after?: readonly AccountPayload[];
};

/** Bought one day, the others hold. */
export function tradedPayloads(key: string, price = 101): AccountPayload[] {
  const [s, o] = [`s${key}`, `o${key}`];
  return [
    reconciled("start"),
    decided(),
    decision([signal(s, { order_ids: [o] })]),
    { kind: "order", ...order(o, { signal_ids: [s] }) },
    { kind: "order_acknowledged", order_id: o, venue_order_id: `v-${o}` },
    ...execution(o, { id: `x${key}`, price, terminals: [terminal(s, "EXECUTED")] }),
    reconciled("end"),
  ];
}

export const HELD: readonly AccountPayload[] = [reconciled("start"), decided(), reconciled("end")];

/** Business days from Monday 2010-03-01 on. */
export function dates(count: number): string[] {
  const found: string[] = [];
  for (let day = 1; found.length < count; day++) {
    const at = new Date(Date.UTC(2010, 2, day));
    if (at.getUTCDay() % 6 !== 0) found.push(at.toISOString().slice(0, 10));
  }
  return found;
}

export function script(count: number, earns: (i: number) => number = () => 0.001): DayScript[] {
  return dates(count).map((date, i) => ({
    date,
    earns: earns(i),
    ...(i === 0
      ? { payloads: tradedPayloads("0"), forecasts: 1, holds: 0 }
      : { payloads: HELD, forecasts: 1, holds: 1 }),
  }));
}

type Options = { readonly planned?: number; readonly before?: readonly AccountPayload[] };

/** Journal, files and rows as a trading day leaves them. */
export function recordsOf(days: readonly DayScript[], options: Options = {}): TrialRecords {
  const entries: AccountEntry[] = [];
  const documents: DailyDocument[] = [];
  const push = (date: string, payload: AccountPayload) =>
    entries.push({ seq: entries.length + 1, at: `${date}T20:00:00Z`, payload });
  for (const payload of [...opening(days, options)]) push(days[0].date, payload);
  let nav = 100_000_00;
  days.forEach((day, i) => {
    const mandateHash = day.mandateHash ?? MANDATE;
    const codeHash = day.codeHash ?? "c".repeat(64);
    const decidedOn = day.decidedOn ?? days[i - 1]?.date ?? "2010-02-26";
    const from = entries.length;
    push(day.date, {
      kind: "day_opened",
      date: day.date,
      decided_on: decidedOn,
      mandate_hash: mandateHash,
      pack_id: `p${day.date}`,
      pack_until: decidedOn,
      code_hash: codeHash,
      state_sha256: "e".repeat(64),
    });
    for (const payload of day.payloads ?? HELD) push(day.date, payload);
    const before = nav;
    nav = day.navMinor ?? Math.round(nav * (1 + (day.earns ?? 0)));
    const document = documentOf(
      day,
      { decidedOn, mandateHash, codeHash, before, nav },
      entries.slice(from),
    );
    documents.push(document);
    push(day.date, {
      kind: "day_closed",
      date: day.date,
      status: document.status,
      files: [
        { name: `artifacts/json/${day.date}.json`, sha256: sha(canonicalDaily(document)) },
        { name: `artifacts/markdown/${day.date}.md`, sha256: sha(dailyMarkdown(document)) },
      ],
    });
    for (const payload of day.after ?? []) push(day.date, payload);
  });
  return {
    entries,
    journal: { seq: entries.length, hash: "f".repeat(64), findings: [] },
    days: documents.map((document) => ({
      date: document.date,
      jsonSha256: sha(canonicalDaily(document)),
      markdownSha256: sha(dailyMarkdown(document)),
      document,
      unreadable: null,
    })),
    metrics: { rows: documents.map(metricsRow), unreadable: null },
    haltDrawdown: 0.08,
    twin: null,
  };
}

function opening(days: readonly DayScript[], { planned, before }: Options): AccountPayload[] {
  return [
    {
      kind: "account_opened",
      format_version: 1,
      mode: "paper",
      broker: "alpaca",
      account: "PA1",
      mandate_hash: MANDATE,
      seed: 1,
      lot_method: "fifo",
      currency: "USD",
      currency_digits: 2,
      operator: null,
    },
    ...(before ?? []),
    {
      kind: "trial_started",
      trial_id: "trial-1",
      date: days[0].date,
      mandate_hash: MANDATE,
      days: planned ?? days.length,
      operator: "ann",
    },
  ];
}

type Values = {
  readonly decidedOn: string;
  readonly mandateHash: string;
  readonly codeHash: string;
  readonly before: number;
  readonly nav: number;
};

function documentOf(day: DayScript, v: Values, entries: readonly AccountEntry[]): DailyDocument {
  const base = input([]);
  return buildDaily({
    ...base,
    date: day.date,
    decidedOn: v.decidedOn,
    mandateHash: v.mandateHash,
    codeHash: v.codeHash,
    entries,
    forecasts: day.forecasts ?? 1,
    holds: day.holds ?? 1,
    risk: {
      ...base.risk,
      navMinor: known(v.nav),
      navBeforeMinor: known(v.before),
      highWaterMinor: known(Math.max(100_000_00, v.nav)),
    },
  });
}
