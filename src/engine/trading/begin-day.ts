/**
 * The edges of a day: the state it begins with is kept and named before anything else, and its session
 * closes when its bars are known. Both are facts that name their pack, so that the day can be executed again.
 */
import { invariant } from "../../base/assert.ts";
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import { encodeUtf8 } from "../../base/utf8.ts";
import { Fault } from "../../domain/fault.ts";
import type { VenueSession } from "../../ports/broker.ts";
import type { Prepared } from "../prepare.ts";
import { closeSession, comingSession, openDay, stateText } from "./core.ts";
import { type Desk, flush, incident, instant } from "./desk.ts";
import type { Core } from "./open-day.ts";
import { takeHistory } from "./recover.ts";
import { openingState } from "./warm-up.ts";

const DAY_MS = 86_400_000;
/** A venue that is shut for longer than this has no next session for us. */
const LONGEST_PAUSE_DAYS = 14;

/** A day that has begun already goes on. */
export async function beginDay(desk: Desk, session: VenueSession): Promise<void> {
  const { core, ports, terms } = desk;
  const { date } = session;
  if (core.view.day?.opened.date === date) return;
  const until = dayBefore(date);
  const prepared = await ports.market.prepared({ packId: null, until, coming: date });
  if (core.day === null) await requireFresh(desk, session, prepared);
  const text = core.day === null ? firstState(desk, prepared) : await lastState(desk, prepared);
  const sha256 = await ports.states.put(encodeUtf8(text));
  openDay(
    core,
    instant(desk),
    {
      kind: "day_opened",
      date,
      decided_on: newestSession(prepared),
      mandate_hash: terms.mandateHash,
      pack_id: prepared.pack.id,
      pack_until: until,
      code_hash: terms.codeHash,
      state_sha256: sha256,
    },
    { prepared, state: text },
  );
  await flush(desk);
}

/** The bars of the traded session, where the data has them by now. */
export async function knowBars(desk: Desk, session: VenueSession): Promise<void> {
  const { core, ports } = desk;
  const { date } = session;
  if (core.view.day?.barsKnown !== null) return;
  const coming = await sessionAfter(desk, date);
  const prepared = await ports.market.prepared({ packId: null, until: date, coming });
  if (newestSession(prepared) !== date) {
    incident(desk, "warning", "no_bars", {
      subject: date,
      message: `the data has no bar of ${date} yet, its newest is of ${newestSession(prepared)}: the day is not marked`,
    });
    return;
  }
  if (!leadsHere(core, prepared)) {
    incident(desk, "warning", "late_bars", {
      subject: date,
      message: `the data has a session now that was traded without it: ${date} is not marked, the days after it are`,
    });
    return;
  }
  closeSession(
    core,
    instant(desk),
    { kind: "bars_known", date, pack_id: prepared.pack.id, pack_until: date, coming },
    prepared,
  );
  await flush(desk);
}

/** Whether the sessions before the one that was traded are those it was opened on. */
function leadsHere({ day }: Core, { world }: Prepared): boolean {
  if (day === null) return false;
  const traded = comingSession(day.prepared);
  return world.sessionsMs[traded] === day.prepared.world.sessionsMs[traded];
}

/** Later days follow from closes that were seen; the first has its data's word alone, and it may be old. */
async function requireFresh(desk: Desk, { date }: VenueSession, prepared: Prepared): Promise<void> {
  const from = formatDate(millisOf(date) - LONGEST_PAUSE_DAYS * DAY_MS);
  const before = (await desk.ports.broker.sessions(from, dayBefore(date))).at(-1);
  const newest = newestSession(prepared);
  if (before === undefined || newest >= before.date) return;
  throw new Fault(
    "data",
    `the data ends on ${newest}, and the venue had a session on ${before.date}: the first day of an account is not decided on old prices; bring the data up to date`,
  );
}

function firstState({ core, terms }: Desk, prepared: Prepared): string {
  takeHistory(core, terms, prepared, core.entries);
  const { openingMinor, adopted } = core.view;
  return openingState(prepared, { cashMinor: openingMinor, positions: adopted });
}

async function lastState(desk: Desk, prepared: Prepared): Promise<string> {
  const { core } = desk;
  const { day, view } = core;
  invariant(day !== null, 20, "an account without a state");
  const late = view.day;
  // Bars that came too late for the day itself close it now.
  if (late !== null && late.closed !== null && late.barsKnown === null) await closeLate(desk);
  return stateForNext(core, prepared);
}

/** Where strategies or instruments are others than before, only a flat account may go on. */
export function stateForNext(core: Core, prepared: Prepared): string {
  const names = ({ world, planned }: Prepared) =>
    [...world.instruments.map(({ id }) => id), ...planned.plan.variants.map(({ id }) => id)].join();
  if (core.day === null || names(core.day.prepared) === names(prepared)) return stateText(core);
  const { kernel, orders } = core.day.state;
  if (orders.size === 0 && kernel.lots.every((lots) => lots === 0)) {
    return openingState(prepared, { cashMinor: kernel.cashMinor, positions: [] });
  }
  throw new Fault(
    "mandate",
    "the mandate has other strategies or instruments than the account was left with, and the account is not flat: bring the mandate back as it was, or flatten first (assay flatten)",
  );
}

async function closeLate(desk: Desk): Promise<void> {
  const { core, ports } = desk;
  const date = core.view.day?.opened.date as string;
  const coming = await sessionAfter(desk, date);
  const prepared = await ports.market.prepared({ packId: null, until: date, coming });
  if (newestSession(prepared) !== date || !leadsHere(core, prepared)) return;
  const bars = { date, pack_id: prepared.pack.id, pack_until: date, coming };
  closeSession(core, instant(desk), { kind: "bars_known", ...bars }, prepared);
  await flush(desk);
}

async function sessionAfter({ ports }: Desk, date: string): Promise<string> {
  const from = dayAfter(date);
  const to = formatDate(millisOf(date) + LONGEST_PAUSE_DAYS * DAY_MS);
  const [next] = await ports.broker.sessions(from, to);
  if (next === undefined) {
    throw new Fault("broker", `the venue's calendar has no session from ${from} to ${to}`);
  }
  return next.date;
}

/** Of the newest session with bars. */
export function newestSession(prepared: Prepared): string {
  return formatDate(prepared.world.sessionsMs[comingSession(prepared) - 1]);
}

export function dayBefore(date: string): string {
  return formatDate(millisOf(date) - DAY_MS);
}

export function dayAfter(date: string): string {
  return formatDate(millisOf(date) + DAY_MS);
}

function millisOf(date: string): number {
  const ms = parseIsoDate(date);
  invariant(ms !== null, 20, `${date} is no date`);
  return ms;
}
