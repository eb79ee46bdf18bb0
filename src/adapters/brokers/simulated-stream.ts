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
  readonly listen: (listener: Listener) => () => void;
  /** Tells what was held back until now. */
  readonly release: () => void;
  /** When something held back is due; infinity: nothing is. */
  readonly nextDueMs: () => number;
};

/** A broken stream is back after so long where the rule does not say. */
const RECONNECT_MS = 1000;
const LATE_MS = 5000;

type Listener = (event: VenueEvent) => void;

type Line = {
  readonly desk: FaultDesk;
  readonly nowMs: () => number;
  readonly listeners: Set<Listener>;
  late: { readonly dueMs: number; readonly event: VenueEvent }[];
  /** Waits for the event after it. */
  overtaken: VenueEvent | null;
  silentUntilMs: number;
  /** When it is connected again; null: it is. */
  backAtMs: number | null;
};

export function createSimulatedStream(desk: FaultDesk, nowMs: () => number): SimulatedStream {
  const line: Line = {
    desk,
    nowMs,
    listeners: new Set(),
    late: [],
    overtaken: null,
    silentUntilMs: Number.NEGATIVE_INFINITY,
    backAtMs: null,
  };
  return {
    tell: (event) => {
      if (line.listeners.size > 0) tell(line, event);
    },
    listen: (listener) => {
      line.listeners.add(listener);
      // A new connection is a sound one, whatever became of the one before it.
      mend(line);
      listener({ kind: "connected" });
      return () => line.listeners.delete(listener);
    },
    release: () => release(line),
    nextDueMs: () =>
      line.late.reduce(
        (next, { dueMs }) => Math.min(next, dueMs),
        line.backAtMs ?? Number.POSITIVE_INFINITY,
      ),
  };
}

function tell(line: Line, raw: ExchangeEvent): void {
  const moment = { symbol: raw.order.symbol, atMs: raw.atMs };
  const rules = [
    ...strikes(line.desk, { point: "frame", ...moment }),
    ...(raw.kind === "fill" ? strikes(line.desk, { point: "fill_frame", ...moment }) : []),
  ];
  const event = eventWords(raw);
  let times = 1;
  for (const rule of rules) times = spoil(line, event, { rule, times });
  for (let n = 0; n < times; n++) send(line, event);
}

/** How often the event is told now. */
function spoil(
  line: Line,
  event: VenueEvent,
  { rule, times }: { readonly rule: FaultRule; readonly times: number },
): number {
  const { durationMs } = rule;
  const nowMs = line.nowMs();
  switch (rule.kind) {
    case "stream_drop":
      deliver(line, { kind: "disconnected", reason: "the venue closed the stream" });
      line.backAtMs = nowMs + (durationMs ?? RECONNECT_MS);
      line.late = [];
      line.overtaken = null;
      return 0;
    case "stream_stall":
      line.silentUntilMs = durationMs === null ? Number.POSITIVE_INFINITY : nowMs + durationMs;
      return 0;
    case "duplicate_event":
      return times * 2;
    case "late_event":
      line.late.push({ dueMs: nowMs + (durationMs ?? LATE_MS), event });
      return 0;
    case "out_of_order":
      if (line.overtaken !== null) return times;
      line.overtaken = event;
      return 0;
    case "missed_fill":
      return 0;
    default:
      return times;
  }
}

function send(line: Line, event: VenueEvent): void {
  if (line.backAtMs !== null || line.nowMs() < line.silentUntilMs) return;
  deliver(line, event);
  const before = line.overtaken;
  line.overtaken = null;
  if (before !== null) deliver(line, before);
}

function deliver({ listeners }: Line, event: VenueEvent): void {
  for (const listener of listeners) listener(event);
}

function mend(line: Line): void {
  line.backAtMs = null;
  line.silentUntilMs = Number.NEGATIVE_INFINITY;
}

function release(line: Line): void {
  const nowMs = line.nowMs();
  if (line.backAtMs !== null && line.backAtMs <= nowMs) {
    mend(line);
    deliver(line, { kind: "connected" });
  }
  if (line.late.length === 0) return;
  const due = line.late.filter(({ dueMs }) => dueMs <= nowMs);
  line.late = line.late.filter(({ dueMs }) => dueMs > nowMs);
  for (const { event } of due) send(line, event);
}
