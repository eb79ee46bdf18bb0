/**
 * What must hold of any run, found out from its journal and the bars alone: books kept by this
 * file, orders followed from their opening to their one end, fills held against the bars. Leaves a
 * list of findings, so that a planted fault can be shown to be found.
 */
import { formatDate } from "../../src/base/instant.ts";
import { exactNotionalMinor } from "../../src/base/money.ts";
import type { TerminalRecord } from "../../src/domain/journal-entry.ts";
import type { AccountPayload } from "../../src/domain/trading-entry.ts";
import type { World } from "../../src/engine/world.ts";
import type { LedgerEntry } from "../../src/records/ledger/fold.ts";

type Of<Kind extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: Kind }>;

export type Recorded = {
  readonly world: World;
  readonly entries: readonly LedgerEntry[];
  /** Cents at each session's close, as the kernel says. */
  readonly nav: readonly number[];
  readonly cash: readonly number[];
  readonly shorts: boolean;
};

type OpenOrder = Of<"order"> & { lots: number; price: number | null };

type Books = {
  readonly run: Recorded;
  readonly found: string[];
  cash: number;
  receivable: number;
  readonly lots: Map<string, number>;
  readonly open: Map<string, OpenOrder>;
  readonly seenOrders: Set<string>;
  readonly signals: Set<string>;
  readonly ended: Map<string, TerminalRecord>;
};

export function checkRun(run: Recorded): readonly string[] {
  const books: Books = {
    run,
    found: [],
    cash: 0,
    receivable: 0,
    lots: new Map(),
    open: new Map(),
    seenOrders: new Set(),
    signals: new Set(),
    ended: new Map(),
  };
  let next = 0;
  run.world.sessionsMs.forEach((ms, session) => {
    const date = formatDate(ms);
    for (; next < run.entries.length && run.entries[next].at === date; next++) {
      take(books, session, run.entries[next].payload);
    }
    closeOfDay(books, session, date);
  });
  if (next !== run.entries.length) books.found.push(`entry ${next} belongs to no session`);
  for (const id of books.open.keys()) books.found.push(`order ${id} never ended`);
  for (const id of books.signals) {
    if (!books.ended.has(id)) books.found.push(`signal ${id} never ended`);
  }
  return books.found;
}

function take(b: Books, session: number, payload: AccountPayload): void {
  switch (payload.kind) {
    case "flow":
      b.cash += payload.amount_minor;
      return;
    case "accrual":
      b.cash -= payload.amount_minor;
      if (payload.amount_minor <= 0) b.found.push(`accrual of ${payload.amount_minor}`);
      return;
    case "dividend":
      b.receivable += payload.amount_minor;
      if (payload.lots !== held(b, payload.instrument)) b.found.push("dividend on other lots");
      return;
    case "dividend_paid":
      b.receivable -= payload.amount_minor;
      b.cash += payload.amount_minor;
      return;
    case "split":
      return takeSplit(b, payload);
    case "decision":
      return takeDecision(b, payload);
    case "order":
      return takeOrder(b, payload);
    case "fill":
      return takeFill(b, session, payload);
    case "order_ended":
      if (!b.open.delete(payload.order_id)) b.found.push(`${payload.order_id} ended unopened`);
      return takeTerminals(b, payload.terminals);
    case "run_started":
    default:
      // Neither the kinds without money nor those of a trading account.
      return;
    case "settlement":
    case "roll":
    case "cross":
    case "breaker":
      // Targets on what is paid in full know none of these.
      b.found.push(`a ${payload.kind} in a run of targets`);
  }
}

function takeSplit(b: Books, payload: Of<"split">): void {
  const { instrument, lots_before: before, lots_after: after } = payload;
  if (before !== held(b, instrument)) b.found.push(`split counts ${before} lots`);
  if (Math.abs(after) > Math.abs(before * payload.ratio) * (1 + 1e-9)) {
    b.found.push(`split by ${payload.ratio} makes ${after} of ${before}`);
  }
  b.lots.set(instrument, after);
  b.cash += payload.cash_in_lieu_minor;
  for (const { order_id: id, lots, price } of payload.orders) {
    const order = b.open.get(id);
    if (order === undefined) b.found.push(`split rewrites ${id}, which does not work`);
    else Object.assign(order, { lots, price });
  }
}

function takeDecision(b: Books, payload: Of<"decision">): void {
  for (const signal of payload.signals) {
    if (b.signals.has(signal.signal_id)) b.found.push(`signal ${signal.signal_id} twice`);
    b.signals.add(signal.signal_id);
    if (signal.terminal !== null) takeTerminals(b, [signal.terminal]);
    const passed = signal.verdicts.filter((place) => payload.verdicts[place].result === "pass");
    if (signal.order_ids.length > 0 && passed.length !== 2)
      b.found.push("order past a signal gate");
  }
}

function takeOrder(b: Books, payload: Of<"order">): void {
  if (b.seenOrders.has(payload.order_id)) b.found.push(`order ${payload.order_id} twice`);
  b.seenOrders.add(payload.order_id);
  b.open.set(payload.order_id, { ...payload });
  const gates = payload.verdicts.map(({ gate, result }) => `${gate} ${result}`).join();
  const wanted = payload.purpose === "stop" ? "" : "limits pass,cash pass";
  if (gates !== wanted) b.found.push(`order approved on "${gates}"`);
}

function takeTerminals(b: Books, terminals: readonly TerminalRecord[]): void {
  for (const terminal of terminals) {
    const { signal_id: id, state, share } = terminal;
    if (b.ended.has(id)) b.found.push(`signal ${id} ended twice`);
    if (!b.signals.has(id)) b.found.push(`${state} of ${id}, which no decision holds`);
    b.ended.set(id, terminal);
    const possible = state === "EXECUTED" ? share > 0 && share <= 1 : share === 0;
    if (!possible) b.found.push(`${state} with a share of ${share}`);
  }
}

function takeFill(b: Books, session: number, fill: Of<"fill">): void {
  const order = b.open.get(fill.order_id);
  takeTerminals(b, fill.terminals);
  b.cash -= fill.notional_minor + fill.fee_minor;
  const before = held(b, fill.instrument);
  const after = before + fill.lots;
  b.lots.set(fill.instrument, after);
  if (order === undefined) {
    b.found.push(`fill of ${fill.order_id}, which does not work`);
    return;
  }
  b.open.delete(fill.order_id);
  if (order.lots !== fill.lots) b.found.push(`${fill.lots} lots filled of ${order.lots}`);
  const grows = Math.abs(after) > Math.abs(before);
  if (before * after < 0) b.found.push(`a fill crossed zero, ${before} to ${after}`);
  if (grows !== (order.purpose === "open")) b.found.push(`${order.purpose}: ${before} to ${after}`);
  if (!b.run.shorts && after < 0) b.found.push(`short ${after} where none is allowed`);
  checkPrice(b, session, fill, order);
}

/** Inside the bar, not better than asked for, slipped against us, and possible at all. */
function checkPrice(b: Books, session: number, fill: Of<"fill">, order: OpenOrder): void {
  const { world } = b.run;
  const i = world.indexOf.get(fill.instrument) ?? -1;
  const { open, high, low, close } = world.bars[i];
  const { reference_price: reference, price, lots } = fill;
  const side = Math.sign(lots);
  const what = `${order.type} ${lots} at ${price} (${reference})`;
  const top = high === null ? close[session] : high[session];
  const bottom = low === null ? close[session] : low[session];
  if (!(reference <= top && reference >= bottom)) {
    b.found.push(`${what} outside ${bottom}..${top}`);
  }
  if (side * (price - reference) < 0) b.found.push(`${what} slipped in our favour`);
  if (order.type === "limit" && side * (price - (order.price ?? Number.NaN)) > 0) {
    b.found.push(`${what} worse than its limit of ${order.price}`);
  }
  if (order.type === "stop" && side * (reference - (order.price ?? Number.NaN)) < 0) {
    b.found.push(`${what} better than its stop of ${order.price}`);
  }
  if (order.type === "on_open" && reference !== open?.[session]) b.found.push(`${what} not open`);
  if (order.type === "on_close" && reference !== close[session]) b.found.push(`${what} not close`);
  if (!(price > 0) && !world.instruments[i].allowNonpositive) b.found.push(`${what} is impossible`);
  const notional = exactNotionalMinor(lots, price, world.scales[i]);
  if (notional !== fill.notional_minor) b.found.push(`${what} booked ${fill.notional_minor}`);
}

/** Cash + receivable + positions, each marked by itself at the last close, is the kernel's NAV. */
function closeOfDay(b: Books, session: number, date: string): void {
  const { world, nav, cash } = b.run;
  let value = b.cash + b.receivable;
  world.instruments.forEach(({ id }, i) => {
    const lots = held(b, id);
    const stops = [...b.open.values()].filter((o) => o.purpose === "stop" && o.instrument === id);
    const covered = stops.reduce((sum, stop) => sum + stop.lots, 0);
    if (stops.length > 1 || (stops.length === 1 && covered !== -lots)) {
      b.found.push(`${date}: ${stops.length} stops of ${covered} lots cover ${lots} of ${id}`);
    }
    if (lots === 0) return;
    let last = session;
    while (last >= 0 && Number.isNaN(world.bars[i].close[last])) last--;
    value += exactNotionalMinor(lots, world.bars[i].close[last], world.scales[i]);
  });
  if (b.cash !== cash[session]) b.found.push(`${date}: cash ${b.cash}, kernel ${cash[session]}`);
  if (value !== nav[session]) b.found.push(`${date}: NAV ${value}, kernel ${nav[session]}`);
}

function held(b: Books, instrument: string): number {
  return b.lots.get(instrument) ?? 0;
}
