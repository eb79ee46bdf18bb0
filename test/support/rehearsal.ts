/**
 * A rehearsal in this process: a mandate's market behind the real venue server, the real adapter on the
 * official client, a real account in a temporary folder. Days are traded one after another as `assay trade`
 * does it; `again` is a new start on what the last one left on disk.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadMandate, packFor, requireBacktestPack } from "../../src/apps/cli/compose.ts";
import { openTrading, type Trading } from "../../src/apps/cli/compose-trade.ts";
import { venueTerms } from "../../src/apps/venue-server/venue-terms.ts";
import {
  type RunningVenue,
  startVenue,
  type VenueOptions,
} from "../../src/apps/venue-server/start-venue.ts";
import { DAY_MS, formatDate, parseIsoDate } from "../../src/base/instant.ts";
import { nextNormal, prngOf } from "../../src/base/prng.ts";
import { type DailyDocument } from "../../src/domain/daily-document.ts";
import { sessionsOf } from "../../src/market/calendars/calendar.ts";
import { takeUp, tradeSession } from "../../src/engine/trading/day.ts";
import type { Desk } from "../../src/engine/trading/desk.ts";

export const KEYS = { keyId: "PKREHEARSAL", secret: "a-secret-of-the-rehearsal" } as const;

export type RehearsalOptions = {
  readonly mandate: string;
  /** First session that is traded. */
  readonly start: string;
  readonly model?: "backtest" | "alpaca";
  readonly venue?: Partial<Omit<VenueOptions, "terms">>;
  readonly environment?: NodeJS.ProcessEnv;
};

export type Rehearsal = {
  readonly home: string;
  readonly folder: string;
  readonly venue: RunningVenue;
  readonly environment: NodeJS.ProcessEnv;
  readonly desk: () => Desk;
  readonly trading: () => Trading;
  /** So many sessions more; each day's document. */
  readonly trade: (days: number) => Promise<readonly DailyDocument[]>;
  /** As a new process would: everything in memory is gone. */
  readonly again: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const home = mkdtempSync(join(tmpdir(), "assay-rehearsal-"));
  const environment: NodeJS.ProcessEnv = {
    ASSAY_HOME: home,
    ASSAY_ALPACA_PAPER_KEY_ID: KEYS.keyId,
    ASSAY_ALPACA_PAPER_SECRET: KEYS.secret,
    ...options.environment,
  };
  const load = () => loadMandate(options.mandate, [], environment);
  const venue = await startRehearsalVenue(options, load());
  const open = () =>
    openTrading({
      loaded: load(),
      mode: "paper",
      venueUrl: venue.url,
      requestsPerMinute: "unlimited",
      environment,
      date: null,
    });
  let trading = await open();
  let desk = await takeUp(trading.ports, trading.terms);
  const leave = async () => {
    await desk.stream?.close();
    await trading.close();
  };
  return {
    home,
    folder: trading.folder,
    venue,
    environment,
    desk: () => desk,
    trading: () => trading,
    trade: (days) => tradeDays(desk, options.start, days),
    async again() {
      await leave();
      trading = await open();
      desk = await takeUp(trading.ports, trading.terms);
    },
    async close() {
      await leave();
      await venue.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startRehearsalVenue(
  { start, model, venue }: RehearsalOptions,
  loaded: ReturnType<typeof loadMandate>,
): Promise<RunningVenue> {
  const found = await packFor({ loaded, progress: () => undefined, nowMs: Date.now() });
  const pack = requireBacktestPack(found.pack);
  const terms = venueTerms(loaded.mandate, pack, {
    model: model ?? "backtest",
    start,
    cash: null,
    seed: null,
  });
  return startVenue({ credentials: KEYS, ...venue, terms });
}

async function tradeDays(desk: Desk, start: string, days: number): Promise<DailyDocument[]> {
  const documents: DailyDocument[] = [];
  const from = [...desk.core.view.closedDays].sort().at(-1) ?? formatDate(msOf(start) - DAY_MS);
  const to = formatDate(msOf(from) + (days * 2 + 10) * DAY_MS);
  const sessions = await desk.ports.broker.sessions(formatDate(msOf(from) + DAY_MS), to);
  for (const session of sessions.slice(0, days)) {
    const outcome = await tradeSession(desk, { session, stopped: () => false });
    if (outcome.kind !== "done") throw new Error(`${session.date}: ${outcome.kind}`);
    documents.push(outcome.document);
  }
  return documents;
}

function msOf(date: string): number {
  return parseIsoDate(date) as number;
}

/** Four shares that drift and wander, two years of them: history to warm up on, and a year to trade. */
export function writeRandomMandate(
  folder: string,
  seed: number,
  over: { readonly fill?: string; readonly more?: string } = {},
): string {
  const dates = [...sessionsOf("XNYS", msOf("2018-01-02"), msOf("2019-12-31"))].map(formatDate);
  const prng = prngOf(seed);
  for (const id of ["AAA", "BBB", "CCC", "DDD"]) {
    let close = 50 + 20 * Math.abs(nextNormal(prng));
    const rows = dates.map((date) => {
      const open = close * Math.exp(0.004 * nextNormal(prng));
      close = open * Math.exp(0.0004 + 0.011 * nextNormal(prng));
      const high = Math.max(open, close) * (1 + 0.004 * Math.abs(nextNormal(prng)));
      const low = Math.min(open, close) * (1 - 0.004 * Math.abs(nextNormal(prng)));
      return `${date},${[open, high, low, close].map((price) => price.toFixed(2)).join(",")},1000000`;
    });
    writeFileSync(
      join(folder, `${id}.csv`),
      `date,open,high,low,close,volume\n${rows.join("\n")}\n`,
    );
  }
  const path = join(folder, "mandate.yaml");
  writeFileSync(path, randomMandate(over.fill ?? "next_open", over.more ?? ""));
  return path;
}

function randomMandate(fill: string, more: string): string {
  return `assay: 1
name: four shares that wander
profile: etf-trend
account: { currency: USD, initial_equity: 1000000 }
data:
  kind: real
  sources:
${["AAA", "BBB", "CCC", "DDD"]
  .map(
    (id) =>
      `    - { file: ${id}.csv, layout: single, instrument: ${id}, date: { column: date, format: YYYY-MM-DD }, columns: { open: open, high: high, low: low, close: close, volume: volume }, rights: made up for a test }`,
  )
  .join("\n")}
  instrument_defaults: { asset_class: equity, tick: 0.01 }
strategies:
  - { name: trend, use: ts-momentum, params: { short: 0, slow: 60, middle: 30, fast: 10 }, instruments: all }
schedule: { decide: every_session }
execution: { fill: ${fill} }
slippage: { bps: 2 }
fees: { per_share: 0.005, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0 }
${more}`;
}
