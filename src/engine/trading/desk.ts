/**
 * One open account at work: its core, its doors, and what the venue's stream has said that is not booked yet.
 * `record` journals a fact, `flush` makes it durable: nothing leaves for a venue before it (invariant 10).
 */
import { formatInstant } from "../../base/instant.ts";
import type { VenueEvent } from "../../domain/venue-report.ts";
import type { AlertLevel } from "../../ports/alerts.ts";
import type { BrokerStream } from "../../ports/broker.ts";
import type { Fact } from "./account.ts";
import { execute } from "./core.ts";
import type { Core } from "./open-day.ts";
import type { TradingPorts, TradingTerms } from "./ports.ts";

export type Desk = {
  readonly ports: TradingPorts;
  readonly terms: TradingTerms;
  readonly core: Core;
  /** Of the venue's stream, in the order in which it came. */
  readonly events: VenueEvent[];
  /** Settles when something is in `events`; made anew each time it was waited for. */
  woken: Promise<void>;
  wake: () => void;
  stream: BrokerStream | null;
  /** The stream has listened without a break since the day's first order could fill. */
  listening: boolean;
  /** Orders journalled by this process: they cannot be at the venue yet. Others are looked up first. */
  readonly fresh: Set<string>;
  /** Orders whose cancelling this process has asked for: one that another only meant to ask for is asked again. */
  readonly cancelled: Set<string>;
  nowMs: number;
};

export function openDesk(ports: TradingPorts, terms: TradingTerms, core: Core): Desk {
  const desk: Desk = {
    ports,
    terms,
    core,
    events: [],
    woken: Promise.resolve(),
    wake: () => undefined,
    stream: null,
    listening: false,
    fresh: new Set(),
    cancelled: new Set(),
    nowMs: 0,
  };
  rearm(desk);
  return desk;
}

export function rearm(desk: Desk): void {
  desk.woken = new Promise((resolve) => {
    desk.wake = resolve;
  });
}

/** A stream that broke off and has not come back is opened anew. */
export async function listen(desk: Desk): Promise<void> {
  if (desk.stream !== null && desk.listening) return;
  await desk.stream?.close();
  desk.stream = await desk.ports.broker.stream((event) => {
    desk.events.push(event);
    desk.wake();
  });
  desk.listening = true;
}

export async function look(desk: Desk): Promise<number> {
  desk.nowMs = await desk.ports.clock.nowMs();
  return desk.nowMs;
}

/** Facts carry the time at which they were last looked at the clock: one reading serves a step. */
export function record(desk: Desk, fact: Fact): void {
  const { core } = desk;
  const known = new Set(core.day?.state.orders.keys());
  execute(core, instant(desk), fact);
  for (const id of core.day?.state.orders.keys() ?? []) if (!known.has(id)) desk.fresh.add(id);
}

export function instant({ nowMs }: Pick<Desk, "nowMs">): string {
  return formatInstant(nowMs);
}

export async function flush({ core, ports }: Desk): Promise<void> {
  const { rows, terminals } = core.journal.takeBatch();
  if (rows.length > 0) await ports.journal.append(rows, terminals);
}

export async function alert(
  { ports, nowMs, terms }: Desk,
  level: AlertLevel,
  subject: string,
  body: string,
): Promise<void> {
  const text = `assay ${terms.mode}: ${subject}`;
  await ports.alerts.raise({ level, subject: text, body, key: text }, nowMs);
}

/** Something that a person should know of, once per subject and day. */
export function incident(
  desk: Desk,
  severity: "info" | "warning" | "critical",
  code: string,
  about: { readonly subject: string; readonly message: string },
): void {
  const { subject, message } = about;
  const known = desk.core.entries.some(
    ({ payload }) =>
      payload.kind === "incident" && payload.code === code && payload.subject === subject,
  );
  if (!known) record(desk, { kind: "incident", code, severity, subject, message });
}
