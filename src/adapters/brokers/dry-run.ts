/**
 * The dry-run broker: no order leaves this process. What would have been sent is handed to `intend`, and a
 * fill is simulated on an exchange of its own, at the market's prices less 0.1 %. Its state goes to a store
 * before anything is answered or told, so that it survives a restart as a venue would.
 *
 * Its time is either the wall's, and then a session is traded once its bars are known (`learn`), or, without
 * a wall, that of the bars: it stands until somebody waits.
 */
import type { Json } from "../../base/canonical-json.ts";
import { formatDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import type { BrokerOrder, VenueEvent } from "../../domain/venue-report.ts";
import type { Broker, PlaceOutcome, VenueClock } from "../../ports/broker.ts";
import type { Clock } from "../../ports/clock.ts";
import {
  createExchange,
  restoreExchange,
  stateOf,
  takeEvents,
} from "../../venue/exchange/exchange.ts";
import { timestampOf } from "../../venue/exchange/ids.ts";
import { orderByClientId } from "../../venue/exchange/orders.ts";
import { advanceTo, nextStepMs } from "../../venue/exchange/sessions.ts";
import type { Exchange } from "../../venue/exchange/state.ts";
import {
  BACKTEST_RULES,
  type ExchangeOptions,
  type ExchangeSession,
} from "../../venue/exchange/terms.ts";
import {
  activitiesAt,
  cancelAt,
  lookUpAt,
  placeAt,
  sessionsIn,
  snapshotAt,
} from "./exchange-answers.ts";
import { eventWords } from "./exchange-words.ts";
import { createSteppedClock } from "./stepped-clock.ts";

/** What would have been sent, and when (RFC 3339). */
export type DryRunIntent =
  | { readonly kind: "place"; readonly at: string; readonly order: BrokerOrder }
  | { readonly kind: "cancel"; readonly at: string; readonly venueOrderId: string };

export type DryRunStore = {
  /** Null: nothing was saved yet. */
  readonly load: () => Promise<Json | null>;
  /** Durable when it resolves. */
  readonly save: (state: Json) => Promise<void>;
};

export type DryRunMarket = Pick<ExchangeOptions, "series" | "actions">;

export type DryRunOptions = DryRunMarket & {
  readonly terms: Pick<
    ExchangeOptions,
    "accountId" | "currency" | "currencyDigits" | "initialCashMinor" | "marketPhase" | "seed"
  > &
    Pick<ExchangeOptions["costs"], "fees" | "debitRate" | "borrowRate">;
  /** First session it trades. */
  readonly firstDate: string;
  /** Sessions, those included whose bars are not known yet. */
  readonly sessions: readonly ExchangeSession[];
  readonly store: DryRunStore;
  readonly intend: (intent: DryRunIntent) => Promise<void>;
  /** Null: time stands until somebody waits. */
  readonly wall: Clock | null;
};

export type DryRun = {
  readonly broker: Broker;
  readonly clock: Clock;
  /** More bars are known: what they fill is filled now. */
  readonly learn: (market: DryRunMarket) => Promise<void>;
};

/** 0.1 %, against us. */
const SLIPPAGE = { bps: 10, halfSpread: 0, ticks: 0 } as const;

type Room = {
  readonly options: DryRunOptions;
  x: Exchange;
  readonly listeners: Set<(event: VenueEvent) => void>;
};

export async function createDryRun(options: DryRunOptions): Promise<DryRun> {
  const saved = await options.store.load();
  const terms = exchangeOptions(options, options);
  const x = saved === null ? createExchange(terms) : restoreExchange(terms, saved);
  const room: Room = { options, x, listeners: new Set() };
  const stepped = createSteppedClock({
    nowMs: () => room.x.state.nowMs,
    nextMs: () => nextStepMs(room.x),
    advanceTo: (ms) => moveTo(room, ms),
  });
  return {
    broker: brokerOf(room),
    clock: options.wall ?? stepped,
    learn: async (market) => {
      room.x = restoreExchange(exchangeOptions(options, market), stateOf(room.x));
      await catchUp(room);
    },
  };
}

/** Sessions without bars lie ahead: the exchange must not walk through them before it has their bars. */
function exchangeOptions(
  options: DryRunOptions,
  { series, actions }: DryRunMarket,
): ExchangeOptions {
  const { fees, debitRate, borrowRate, ...terms } = options.terms;
  const newestMs = series.reduce((ms, { timesMs }) => Math.max(ms, timesMs.at(-1) ?? ms), 0);
  const newest = formatDate(newestMs);
  const { firstDate } = options;
  return {
    ...terms,
    series,
    actions,
    sessions: options.sessions.filter(({ date }) => date >= firstDate && date <= newest),
    firstDate,
    rules: BACKTEST_RULES,
    costs: { slippage: SLIPPAGE, fees, debitRate, borrowRate },
  };
}

/** Brings the exchange up to the wall's time; without a wall it is where it is. */
async function catchUp(room: Room): Promise<void> {
  const { wall } = room.options;
  await moveTo(room, wall === null ? room.x.state.nowMs : await wall.nowMs());
}

async function moveTo(room: Room, ms: number): Promise<void> {
  const { x } = room;
  const booked = x.state.activities.length;
  advanceTo(x, ms);
  await tell(room, x.events.length > 0 || x.state.activities.length > booked);
}

/** First it is kept, then it is told. */
async function tell(room: Room, isChanged: boolean): Promise<void> {
  if (!isChanged) return;
  await room.options.store.save(stateOf(room.x));
  for (const event of takeEvents(room.x)) {
    for (const listener of room.listeners) listener(eventWords(event));
  }
}

function brokerOf(room: Room): Broker {
  const { options, listeners } = room;
  const { accountId, currency } = options.terms;
  const own = new Set<(event: VenueEvent) => void>();
  /** The exchange as it is now: `learn` may have made another. */
  const after = async <T>(work: (x: Exchange) => T): Promise<T> => {
    await catchUp(room);
    return work(room.x);
  };
  const at = () => timestampOf(room.x.state.nowMs);
  return {
    name: "dry-run",
    averaging: "weighted_average",
    account: async () => ({ accountId, currency }),
    clock: () => after((x) => clockAt(options.sessions, x.state.nowMs)),
    sessions: async (from, to) => sessionsIn(options.sessions, from, to),
    place: async (order): Promise<PlaceOutcome> => {
      const isKnown = await after((x) => orderByClientId(x, order.clientOrderId) !== null);
      if (!isKnown) await options.intend({ kind: "place", at: at(), order });
      const outcome = placeAt(room.x, order);
      await tell(room, outcome.kind === "acknowledged" && !isKnown);
      return outcome;
    },
    cancel: async (venueOrderId) => {
      await catchUp(room);
      await options.intend({ kind: "cancel", at: at(), venueOrderId });
      const outcome = cancelAt(room.x, venueOrderId);
      await tell(room, outcome.kind === "requested");
      return outcome;
    },
    orderByClientId: (id) => after((x) => lookUpAt(x, id)),
    snapshot: () => after((x) => snapshotAt(x, x.state.nowMs)),
    activitiesSince: (cursor) => after((x) => activitiesAt(x, cursor)),
    stream: async (listener) => {
      // A wrapper of its own, so that one listener may be given twice.
      const hear = (event: VenueEvent) => listener(event);
      listeners.add(hear);
      own.add(hear);
      hear({ kind: "connected" });
      return { close: async () => void listeners.delete(hear) };
    },
    close: async () => {
      for (const hear of own) listeners.delete(hear);
      own.clear();
    },
  };
}

/** By the calendar, whether the session's bars are known or not. */
function clockAt(sessions: readonly ExchangeSession[], nowMs: number): VenueClock {
  const next = sessions.findIndex(({ closeMs }) => closeMs > nowMs);
  const session = sessions.at(next);
  if (next < 0 || session === undefined) {
    const message = `the sessions of this dry run end before ${timestampOf(nowMs)}: give it more of them`;
    throw new Fault("data", message);
  }
  const isOpen = session.openMs <= nowMs;
  const opening = isOpen ? sessions.at(next + 1) : session;
  const nextOpenMs = opening?.openMs ?? session.openMs + 86_400_000;
  return { nowMs, isOpen, nextOpenMs, nextCloseMs: session.closeMs };
}
