/**
 * `assay trade`: one session, or session after session as a daemon. Live trading is refused before anything
 * else is done, unless mode, environment and registry all allow it.
 */
import type { Json } from "../../base/canonical-json.ts";
import { counted } from "../../base/figures.ts";
import { BrokerRefused, BrokerUnavailable, type VenueSession } from "../../ports/broker.ts";
import { Fault } from "../../domain/fault.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import { takeUp, tradeSession } from "../../engine/trading/day.ts";
import type { Desk } from "../../engine/trading/desk.ts";
import { openTrading, type TradeOptions, type Trading } from "./compose-trade.ts";
import { followSessions, type StopRequest, type TradedDay } from "./trade-daemon.ts";

export type TradeRequest = TradeOptions & {
  readonly daemon: boolean;
  /** Last session of a daemon; null: until it is stopped. */
  readonly until: string | null;
  readonly stop: StopRequest;
  /** One line for each day as it ends. */
  readonly told: (line: string) => void;
};

export type TradeResult = {
  readonly document: Json;
  readonly lines: readonly string[];
  readonly paused: boolean;
  readonly interrupted: boolean;
};

export async function tradeResult(request: TradeRequest): Promise<TradeResult> {
  const trading = await openTrading(request);
  try {
    const days = request.daemon ? await followed(trading, request) : [await once(trading, request)];
    return resultOf(days, trading);
  } finally {
    await trading.close();
  }
}

async function once({ ports, terms }: Trading, request: TradeRequest): Promise<TradedDay> {
  const desk = await takeUp(ports, terms);
  try {
    const session = await sessionFor(desk, request.date);
    const stopped = () => request.stop.asked();
    request.stop.onAsked(() => desk.wake());
    if (!(await auctionTakesOrders(desk, session, request))) {
      return { session, outcome: { kind: "interrupted" } };
    }
    return { session, outcome: await tradeSession(desk, { session, stopped }) };
  } finally {
    await desk.stream?.close();
  }
}

/** Alpaca takes orders for an auction from 19:00 of the evening before, 14.5 hours before the open. */
const AUCTION_LEAD_MS = 14.5 * 3_600_000;

/** False when it was asked to stop before. */
async function auctionTakesOrders(
  desk: Desk,
  { openMs }: VenueSession,
  { stop, venueUrl, mode }: TradeRequest,
): Promise<boolean> {
  if (venueUrl !== null || mode === "dry_run") return true;
  const { clock, requests } = desk.ports;
  for (;;) {
    if (stop.asked()) return false;
    const nowMs = await clock.nowMs();
    if (nowMs >= openMs - AUCTION_LEAD_MS) return true;
    await clock.waitUntil(Math.min(openMs - AUCTION_LEAD_MS, nowMs + requests.everyMs), desk.woken);
  }
}

function followed(trading: Trading, request: TradeRequest): Promise<readonly TradedDay[]> {
  return followSessions(trading, {
    until: request.until,
    stop: request.stop,
    told: (day) => request.told(dayLine(day)),
    failed: (error) =>
      request.told(`the venue does not answer, asked again in a minute: ${error.message}`),
  });
}

const DAY_MS = 86_400_000;
/** Further than any exchange closes. */
const LOOK_AHEAD_DAYS = 14;

/** The date's own session, or the one that is at hand: today's until it is over, then the next. */
export async function sessionFor(desk: Desk, date: string | null): Promise<VenueSession> {
  const { broker, clock } = desk.ports;
  const nowMs = await clock.nowMs();
  const from = date ?? formatDate(nowMs - DAY_MS);
  const fromMs = parseIsoDate(from);
  if (fromMs === null) throw new Fault("usage", `--date ${from}: expected YYYY-MM-DD`);
  const to = formatDate(fromMs + LOOK_AHEAD_DAYS * DAY_MS);
  const sessions = await broker.sessions(from, to);
  const found = sessions.find((s) => (date === null ? s.closeMs > nowMs : s.date === date));
  if (found !== undefined) return found;
  const [next] = sessions;
  throw new Fault(
    "usage",
    `--date ${from}: the venue has no session on it${next === undefined ? "" : `; the next is ${next.date}`}`,
  );
}

function resultOf(days: readonly TradedDay[], { folder, findings }: Trading): TradeResult {
  const last = days.at(-1);
  const document = last?.outcome.kind === "done" ? last.outcome.document : null;
  return {
    document: {
      folder,
      findings,
      days: days.map(({ session, outcome }) => ({
        date: session.date,
        outcome: outcome.kind,
        status: outcome.kind === "done" ? outcome.document.status : null,
      })),
      last: document as unknown as Json,
    },
    lines: [
      ...findings,
      ...(days.length === 1 ? days.map(dayLine) : []),
      ...(document === null ? [] : closing(document, folder)),
    ],
    paused: document?.status === "PAUSED",
    interrupted: days.some(({ outcome }) => outcome.kind === "interrupted"),
  };
}

/** "2010-03-04  TRADED     nav 10,012,345.67 USD  4 of 23 signals, 3 fills, reconciled PASS PASS" */
export function dayLine({ session, outcome }: TradedDay): string {
  const { date } = session;
  if (outcome.kind === "already") return `${date}  was traded before: nothing was done`;
  if (outcome.kind === "interrupted") {
    return `${date}  stopped: what is journalled stays, start again to go on`;
  }
  const { status, risk, currency, signals, trades, health, mark } = outcome.document;
  const results = health.reconciliation.map(({ result }) => result).join(" ");
  const money = risk.nav === null ? "not marked" : `nav ${grouped(risk.nav)} ${currency}`;
  return [
    date,
    status.padEnd(9),
    ...(mark === null ? [] : [mark]),
    money.padStart(24),
    [
      counted(signals.raw, "signal"),
      counted(trades.placed, "order"),
      counted(trades.fills.length, "fill"),
    ].join(", "),
    `reconciled ${results === "" ? "never" : results}`,
  ].join("  ");
}

function grouped(text: string): string {
  const [whole, digits] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return digits === undefined ? spaced : `${spaced}.${digits}`;
}

function closing(document: DailyDocument, folder: string): readonly string[] {
  const { date, health, no_trades_because: why } = document;
  return [
    ...why.map((sentence) => `  nothing was traded: ${sentence}`),
    ...health.incidents.map(({ code, message }) => `  incident ${code}: ${message}`),
    ...(health.paused === null ? [] : [`  PAUSED: ${health.paused}`]),
    `  artifacts ${folder}/artifacts/markdown/${date}.md`,
  ];
}

/** A venue that refuses or does not answer, in the words of a command. */
export function tradingFault(error: unknown): unknown {
  if (error instanceof BrokerRefused || error instanceof BrokerUnavailable) {
    return new Fault("broker", error.message, { cause: error });
  }
  return error;
}
