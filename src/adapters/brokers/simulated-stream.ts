/**
 * The stream of the simulated broker, through whatever a fault script does to it: events that are lost,
 * told twice, late, after the one that follows them; a stream that breaks off and comes back, or is
 * silent. Waiting is in the venue's time. Enters: events of the exchange; leaves: events for listeners.
 */
import type { VenueEvent } from "../../domain/venue-report.ts";
import { type FaultDesk, strikes } from "../../venue/fault-desk.ts";
import type { FaultRule } from "../../venue/faults.ts";
import type { ExchangeEvent } from "../../venue/exchange/state.ts";
import { eventWords } from "./exchange-words.ts";

export type SimulatedStream = {
  readonly tell: (event: ExchangeEvent) => void;
  /** Whoever listens hears that it is connected; returns what ends it. */
  readonly listen: (listener: (event: VenueEvent) => void) => () => void;
  /** Tells what was held back until now. */
  readonly release: () => void;
  /** When something held back is due; infinity: nothing is. */
  readonly nextDueMs: () => number;
};

/** A broken stream is back after so long where the rule does not say. */
const RECONNECT_MS = 1000;
const LATE_MS = 5000;

export function createSimulatedStream(desk: FaultDesk, nowMs: () => number): SimulatedStream {
  const listeners = new Set<(event: VenueEvent) => void>();
  let late: { readonly dueMs: number; readonly event: VenueEvent }[] = [];
  /** Waits for the event after it. */
  let overtaken: VenueEvent | null = null;
  let silentUntilMs = Number.NEGATIVE_INFINITY;
  let backAtMs: number | null = null;

  const deliver = (event: VenueEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const send = (event: VenueEvent): void => {
    if (backAtMs !== null || nowMs() < silentUntilMs) return;
    deliver(event);
    const before = overtaken;
    overtaken = null;
    if (before !== null) deliver(before);
  };
  const drop = ({ durationMs }: FaultRule): void => {
    deliver({ kind: "disconnected", reason: "the venue closed the stream" });
    backAtMs = nowMs() + (durationMs ?? RECONNECT_MS);
    late = [];
    overtaken = null;
  };
  /** How often the event is told now. */
  const spoil = (event: VenueEvent, rule: FaultRule, times: number): number => {
    switch (rule.kind) {
      case "stream_drop":
        drop(rule);
        return 0;
      case "stream_stall":
        silentUntilMs = rule.durationMs === null ? Infinity : nowMs() + rule.durationMs;
        return 0;
      case "duplicate_event":
        return times * 2;
      case "late_event":
        late.push({ dueMs: nowMs() + (rule.durationMs ?? LATE_MS), event });
        return 0;
      case "out_of_order":
        if (overtaken !== null) return times;
        overtaken = event;
        return 0;
      case "missed_fill":
        return 0;
      default:
        return times;
    }
  };
  return {
    tell: (raw) => {
      if (listeners.size === 0) return;
      const { symbol } = raw.order;
      const moment = { symbol, atMs: raw.atMs };
      const rules = [
        ...strikes(desk, { point: "frame", ...moment }),
        ...(raw.kind === "fill" ? strikes(desk, { point: "fill_frame", ...moment }) : []),
      ];
      const event = eventWords(raw);
      let times = 1;
      for (const rule of rules) times = spoil(event, rule, times);
      for (let n = 0; n < times; n++) send(event);
    },
    listen: (listener) => {
      listeners.add(listener);
      // A new connection is a sound one, whatever became of the one before it.
      backAtMs = null;
      silentUntilMs = Number.NEGATIVE_INFINITY;
      listener({ kind: "connected" });
      return () => listeners.delete(listener);
    },
    release: () => {
      if (backAtMs !== null && backAtMs <= nowMs()) {
        backAtMs = null;
        silentUntilMs = Number.NEGATIVE_INFINITY;
        deliver({ kind: "connected" });
      }
      if (late.length === 0) return;
      const due = late.filter(({ dueMs }) => dueMs <= nowMs());
      late = late.filter(({ dueMs }) => dueMs > nowMs());
      for (const { event } of due) send(event);
    },
    nextDueMs: () =>
      late.reduce((next, { dueMs }) => Math.min(next, dueMs), backAtMs ?? Number.POSITIVE_INFINITY),
  };
}
