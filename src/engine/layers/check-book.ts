/**
 * The book that a decision began with, put together again for the checks from positions, fills and
 * orders as they were written down: lots held, without those that flattening orders will close.
 * Account minor units.
 */
import { parseIsoDate } from "../../base/instant.ts";
import type { Kernel } from "../state.ts";
import type { Trace, TracedOrder } from "../trace.ts";
import type { World } from "../world.ts";
import { lotMinorAt, priceAt } from "./check-lots.ts";
import type { LayerState } from "./state.ts";

export type Book = {
  readonly session: number;
  readonly navMinor: number;
  readonly lots: Float64Array;
  /** What one lot is worth. */
  readonly lotMinor: Float64Array;
  /** Orders that this decision placed, to open and to close, in their order. */
  readonly placed: readonly TracedOrder[];
  /** Sessions since a protective stop filled in an instrument; endless where none did. */
  readonly sinceStop: (instrument: number) => number;
};

/** Asked for sessions in their order. */
export type Books = (session: number, navMinor: number) => Book;

export function createBooks(k: Kernel, trace: Trace): Books {
  const positionsAt = createPositions(k, trace);
  const tradedAfter = fillsOfTheirClose(k, trace);
  const wishes = trace.orders
    .filter(({ order: { purpose } }) => purpose === "open" || purpose === "close")
    // Written down as their signals name them; judged in the order of their numbers.
    .sort((a, b) => a.order.ordinal - b.order.ordinal);
  const placedAt = groupedBy(wishes, ({ order }) => order.session);
  const stopped = trace.orders
    .filter(({ order, end }) => order.purpose === "stop" && end === "filled")
    .sort((a, b) => a.endedSession - b.endedSession);
  const flattening = trace.orders.filter(({ order }) => order.purpose === "flatten");
  // Sleeves take their orders back before they wish again; a target's may wait for its bar.
  const atWork = createWaiting(k.world, k.state.layers === null ? wishes.filter(isPatient) : []);
  return (session, navMinor) => {
    const lots = positionsAt(session);
    for (const trade of tradedAfter.get(session) ?? []) lots[trade.instrument] -= trade.lots;
    for (const traced of flattening) {
      const { order } = traced;
      const isBorn = order.session === session;
      if (isBorn || works(traced, session)) lots[order.instrument] += order.side * traced.lots;
    }
    for (const traced of atWork(session)) {
      const { order } = traced;
      lots[order.instrument] += order.side * sizeAt(k, traced, session);
    }
    const lotMinor = lots.map((_, i) => lotMinorAt(k, i, session));
    const placed = placedAt.get(session) ?? [];
    const sinceStop = (i: number) => {
      const last = stopped.findLast(
        (one) => one.order.instrument === i && one.endedSession <= session,
      );
      return last === undefined ? Number.POSITIVE_INFINITY : session - last.endedSession;
    };
    return { session, navMinor, lots, lotMinor, placed, sinceStop };
  };
}

/** The session that an entry of the journal was written in; -1: none. */
export function sessionOfEntry({ sessionsMs }: World, at: string): number {
  const [date, time = "00:00:00Z"] = at.split("T");
  const [hours, minutes, seconds] = time.slice(0, -1).split(":").map(Number);
  const ms = (parseIsoDate(date) ?? Number.NaN) + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  let low = 0;
  let high = sessionsMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sessionsMs[middle] < ms) low = middle + 1;
    else high = middle;
  }
  return sessionsMs[low] === ms ? low : -1;
}

/** In their order. */
export function groupedBy<T>(all: readonly T[], keyOf: (one: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** Not gone with the session after its decision. */
function isPatient({ order, end, endedSession }: TracedOrder): boolean {
  return endedSession < 0 || endedSession > order.session + 1 || end === "expired";
}

/** Decided before a session and at work at its close; asked for sessions in their order. */
function createWaiting(world: World, patient: readonly TracedOrder[]) {
  let waiting: readonly TracedOrder[] = [];
  let next = 0;
  return (session: number): readonly TracedOrder[] => {
    const from = next;
    while (next < patient.length && patient[next].order.session < session) next++;
    if (next > from || waiting.length > 0) {
      waiting = [...waiting, ...patient.slice(from, next)].filter(
        (one) => works(one, session) || isLeftAtTheEnd(world, one, session),
      );
    }
    return waiting;
  };
}

/** As submitted, and cut to whole lots by every split since. */
function sizeAt({ world }: Kernel, { order, lots }: TracedOrder, session: number): number {
  if (order.lots === lots) return lots;
  const splits = [...world.actions]
    .filter(([at]) => at > order.session && at <= session)
    .sort(([a], [b]) => a - b)
    .flatMap(([, actions]) => actions)
    .filter(({ instrument }) => world.indexOf.get(instrument) === order.instrument);
  return splits.reduce((size, action) => {
    if (action.kind !== "split") return size;
    const exact = size * action.ratio;
    const nearest = Math.round(exact);
    return Math.abs(exact - nearest) <= exact * 1e-12 ? nearest : Math.trunc(exact);
  }, lots);
}

/**
 * What is good till cancelled expires when the data ends, after the last decision; so does what is
 * good for a bar and had none since.
 */
function isLeftAtTheEnd(
  { closes }: World,
  { order, end, endedSession }: TracedOrder,
  session: number,
): boolean {
  if (endedSession !== session || end !== "expired") return false;
  return order.timeInForce === "gtc" || Number.isNaN(closes[order.instrument][session]);
}

/** At the close of a session. */
function works({ order, endedSession }: TracedOrder, session: number): boolean {
  return order.session <= session && (endedSession < 0 || endedSession > session);
}

function createPositions({ world }: Kernel, { positions }: Trace) {
  const sessions = positions.session.values();
  const instruments = positions.instrument.values();
  const lots = positions.lots.values();
  let next = 0;
  return (session: number): Float64Array => {
    const held = new Float64Array(world.instruments.length);
    while (next < sessions.length && sessions[next] < session) next++;
    for (let n = next; n < sessions.length && sessions[n] === session; n++) {
      held[instruments[n]] = lots[n];
    }
    return held;
  };
}

type Trade = { readonly instrument: number; readonly lots: number };

/** Trades at the very close that decided them: the positions of that close have them already. */
function fillsOfTheirClose({ state }: Kernel, trace: Trace): ReadonlyMap<number, Trade[]> {
  const found = new Map<number, Trade[]>();
  const sessions = state.fills.session.values();
  const instruments = state.fills.instrument.values();
  const lots = state.fills.lots.values();
  for (const [n, traced] of trace.fillOrders.entries()) {
    const session = sessions[n];
    if (traced === null || traced.order.session !== session || traced.order.purpose === "stop") {
      continue;
    }
    const list = found.get(session) ?? [];
    found.set(session, list);
    list.push({ instrument: instruments[n], lots: lots[n] });
  }
  return found;
}

/**
 * What would be lost if every position went to its stop, or fell by as much as stands in for one; NaN
 * where one of them cannot be said. Null where stops have moved since with splits or contracts, or at
 * the close that trades: then nothing is said of it.
 */
export type HeatTwin = (book: Book, lots: Float64Array) => number | null;

export function createHeatTwin(k: Kernel, layers: LayerState, trace: Trace): HeatTwin {
  const stops = trace.orders.filter(({ order }) => order.purpose === "stop");
  const isMoved = stops.some(({ order }) => k.world.futures[order.instrument] !== null);
  const hasSplits = [...k.world.actions.values()].flat().some(({ kind }) => kind === "split");
  if (stops.length > 0 && (isMoved || hasSplits || k.plan.sameClose)) return () => null;
  const stopsOf = groupedBy(stops, ({ order }) => order.instrument);
  const { evidence, heat } = layers.plan;
  return ({ session, lots: held, lotMinor }, lots) => {
    let sum = 0;
    for (let i = 0; i < lots.length; i++) {
      if (lots[i] === 0) continue;
      const own = stopsOf.get(i)?.findLast((traced) => works(traced, session));
      const range = evidence.atrFraction[i][session];
      const fraction = Number.isNaN(range) ? evidence.closeRange[i][session] : range;
      const part =
        own === undefined || lots[i] * held[i] <= 0
          ? heat.atr_multiple * fraction * Math.abs(lots[i])
          : Math.max(0, lots[i] * (1 - (own.price as number) / priceAt(k, i, session)));
      sum += part * lotMinor[i];
    }
    return sum;
  };
}
