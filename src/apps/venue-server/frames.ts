/**
 * From events of the exchange to frames of the stream, through whatever is wrong with the stream:
 * frames that are lost, sent twice, late, after the one that follows them, a stream that is cut or
 * silent. Waiting is in the venue's time. Enters: events in order and the time; leaves: frames.
 */
import type { ExchangeEvent } from "../../venue/exchange/state.ts";
import type { FaultRule } from "../../venue/faults.ts";
import { type FaultDesk, strikes } from "./fault-desk.ts";
import { updateBody } from "./shapes.ts";
import type { TradeStream } from "./trade-stream.ts";

export type FrameDoor = {
  readonly tell: (event: ExchangeEvent) => void;
  /** Sends what was held back until now, and ends a silence that is over. */
  readonly release: (nowMs: number) => void;
};

type Held = { readonly dueMs: number; readonly body: unknown };

export function createFrameDoor(stream: TradeStream, desk: FaultDesk): FrameDoor {
  let late: Held[] = [];
  /** Waits for the frame after it. */
  let overtaken: unknown = null;
  let silentUntilMs = Number.NEGATIVE_INFINITY;

  const send = (body: unknown) => {
    stream.send(body);
    if (overtaken === null) return;
    const before = overtaken;
    overtaken = null;
    stream.send(before);
  };
  const carryOut = (event: ExchangeEvent, body: unknown, rules: readonly FaultRule[]) => {
    let times = 1;
    for (const rule of rules) {
      switch (rule.kind) {
        case "stream_drop":
          stream.drop();
          times = 0;
          break;
        case "stream_stall":
          silentUntilMs = event.atMs + (rule.durationMs ?? 0);
          stream.stall(true);
          break;
        case "duplicate_event":
          times = Math.max(times, 1) * 2;
          break;
        case "missed_fill":
          times = 0;
          break;
        case "late_event":
          late.push({ dueMs: event.atMs + (rule.durationMs ?? 0), body });
          times = 0;
          break;
        case "out_of_order":
          if (overtaken !== null) break;
          overtaken = body;
          times = 0;
          break;
        default:
          break;
      }
    }
    for (let n = 0; n < times; n++) send(body);
  };
  return {
    tell: (event) => {
      const { symbol } = event.order;
      const body = updateBody(event);
      const moment = { symbol, atMs: event.atMs };
      carryOut(event, body, [
        ...strikes(desk, { point: "frame", ...moment }),
        ...(event.kind === "fill" ? strikes(desk, { point: "fill_frame", ...moment }) : []),
      ]);
    },
    release: (nowMs) => {
      if (nowMs >= silentUntilMs) stream.stall(false);
      const due = late.filter(({ dueMs }) => dueMs <= nowMs);
      if (due.length === 0) return;
      late = late.filter(({ dueMs }) => dueMs > nowMs);
      for (const { body } of due) send(body);
    },
  };
}
