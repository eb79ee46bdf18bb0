/**
 * From events of the exchange to frames of the stream, through whatever is wrong with the stream:
 * frames that are lost, sent twice, late, after the one that follows them, a stream that is cut or
 * silent. Waiting is in the venue's time. Enters: events in order and the time; leaves: frames.
 */
import type { ExchangeEvent } from "../../venue/exchange/state.ts";
import type { FaultRule } from "../../venue/faults.ts";
import { type FaultDesk, strikes } from "../../venue/fault-desk.ts";
import { updateBody } from "./shapes.ts";
import type { TradeStream } from "./trade-stream.ts";

export type FrameDoor = {
  readonly tell: (event: ExchangeEvent) => void;
  /** Sends what was held back until now, and ends a silence that is over. */
  readonly release: (nowMs: number) => void;
  /** When something held back is due; infinity: nothing is. */
  readonly nextDueMs: () => number;
};

type Held = { readonly dueMs: number; readonly body: unknown };

/** A late frame is late by so much where the rule does not say. */
const LATE_MS = 5000;

export function createFrameDoor(stream: TradeStream, desk: FaultDesk): FrameDoor {
  let late: readonly Held[] = [];
  /** Waits for the frame after it. */
  let overtaken: unknown = null;
  let silentUntilMs: number | null = null;

  const send = (body: unknown): void => {
    stream.send(body);
    if (overtaken === null) return;
    const before = overtaken;
    overtaken = null;
    stream.send(before);
  };
  /** How often the frame is sent now. */
  const spoil = (held: Held, rule: FaultRule, times: number): number => {
    switch (rule.kind) {
      case "stream_drop":
        stream.drop();
        late = [];
        overtaken = null;
        return 0;
      case "stream_stall":
        silentUntilMs = rule.durationMs === null ? Infinity : held.dueMs + rule.durationMs;
        stream.silence();
        return 0;
      case "duplicate_event":
        return times * 2;
      case "late_event":
        late = [...late, { ...held, dueMs: held.dueMs + (rule.durationMs ?? LATE_MS) }];
        return 0;
      case "out_of_order":
        if (overtaken !== null) return times;
        overtaken = held.body;
        return 0;
      case "missed_fill":
        return 0;
      default:
        return times;
    }
  };
  return {
    tell: (event) => {
      const moment = { symbol: event.order.symbol, atMs: event.atMs };
      const rules = [
        ...strikes(desk, { point: "frame", ...moment }),
        ...(event.kind === "fill" ? strikes(desk, { point: "fill_frame", ...moment }) : []),
      ];
      const held = { dueMs: event.atMs, body: updateBody(event) };
      let times = 1;
      for (const rule of rules) times = spoil(held, rule, times);
      for (let n = 0; n < times; n++) send(held.body);
    },
    release: (nowMs) => {
      if (silentUntilMs !== null && nowMs >= silentUntilMs) {
        silentUntilMs = null;
        stream.speak();
      }
      if (late.length === 0) return;
      const due = late.filter(({ dueMs }) => dueMs <= nowMs);
      late = late.filter(({ dueMs }) => dueMs > nowMs);
      for (const { body } of due) send(body);
    },
    nextDueMs: () =>
      late.reduce((next, { dueMs }) => Math.min(next, dueMs), Number.POSITIVE_INFINITY),
  };
}
