/**
 * Time at the exchange. It only moves forward, and only when somebody says how far; what lies between
 * is walked in order: before an open the night's carry, the opening auction, the range a minute before
 * the close, the closing auction with what expires. Positions are then marked, and the night's debit and
 * short values are noted, which the next interest is reckoned on.
 */
import { DAY_MS } from "../../base/instant.ts";
import { notionalMinor } from "../../base/money.ts";
import { carryInto } from "./carry.ts";
import { closingAuction, openingAuction, tradeRange } from "./matching.ts";
import { dropEnded } from "./order-life.ts";
import { heldNano } from "./positions.ts";
import { unitsOf } from "./quantity.ts";
import type { Exchange } from "./state.ts";

const RANGE_BEFORE_CLOSE_MS = 60_000;

/** When something happens next, or null after the last session. */
export function nextStepMs({ state, options }: Exchange): number | null {
  const session = options.sessions.at(state.session);
  if (state.session >= options.sessions.length || session === undefined) return null;
  switch (state.step) {
    case "open":
      return session.openMs;
    case "range":
      return Math.max(session.openMs, session.closeMs - RANGE_BEFORE_CLOSE_MS);
    case "close":
      return session.closeMs;
  }
}

/** Everything up to and with `ms`; an instant that has passed changes nothing. */
export function advanceTo(x: Exchange, ms: number): void {
  for (let next = nextStepMs(x); next !== null && next <= ms; next = nextStepMs(x))
    takeStep(x, next);
  x.state.nowMs = Math.max(x.state.nowMs, ms);
}

function takeStep(x: Exchange, ms: number): void {
  const { state } = x;
  state.nowMs = Math.max(state.nowMs, ms);
  switch (state.step) {
    case "open":
      carryInto(x, state.session);
      openingAuction(x, state.session);
      mark(x, "open");
      state.step = "range";
      break;
    case "range":
      tradeRange(x, state.session);
      state.step = "close";
      break;
    case "close":
      closingAuction(x, state.session);
      mark(x, "close");
      noteNight(x);
      state.step = "open";
      state.session++;
      break;
  }
  dropEnded(x);
}

function mark({ state, market, options }: Exchange, field: "open" | "close"): void {
  for (let i = 0; i < options.series.length; i++) {
    const row = market.rowAt[i][state.session];
    const column = options.series[i][field];
    if (row >= 0 && column !== null) state.marks[i] = column[row];
  }
}

function noteNight(x: Exchange): void {
  const { state, market, options } = x;
  state.closingDebitMinor = Math.max(0, 0 - state.cashMinor);
  for (let i = 0; i < options.series.length; i++) {
    const held = heldNano(x, options.series[i].instrument.id);
    state.closingShortMinor[i] =
      held >= 0n ? 0 : 0 - notionalMinor(unitsOf(held), state.marks[i], market.scales[i]);
  }
}

/** Between an open and its close. */
export function isOpen({ state }: Exchange): boolean {
  return state.step !== "open";
}

export type ExchangeClock = {
  readonly nowMs: number;
  readonly isOpen: boolean;
  readonly nextOpenMs: number;
  readonly nextCloseMs: number;
};

/** After the last session the next one is a day further on: an exchange says when it opens again. */
export function clockOf(x: Exchange): ExchangeClock {
  const { state, options } = x;
  const { sessions } = options;
  const current = state.session;
  const opening = isOpen(x) ? current + 1 : current;
  const at = (index: number, edge: "openMs" | "closeMs"): number => {
    const last = sessions.length - 1;
    return index <= last ? sessions[index][edge] : sessions[last][edge] + (index - last) * DAY_MS;
  };
  const nextOpenMs = at(opening, "openMs");
  return { nowMs: state.nowMs, isOpen: isOpen(x), nextOpenMs, nextCloseMs: at(current, "closeMs") };
}
