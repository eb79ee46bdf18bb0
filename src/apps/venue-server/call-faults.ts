/**
 * What goes wrong with a request: what a fault script says of it, as the HTTP door carries it out.
 * Enters: what the request is about; leaves: nothing, a refusal, a cut connection, or silence, each
 * with or without the request having been carried out.
 */
import type { FaultRule, VenueCall } from "../../venue/faults.ts";
import { rejectReplace } from "./acts.ts";
import { type CallFault, rateLimited } from "./app.ts";
import { strikes } from "../../venue/fault-desk.ts";
import { Refused } from "./refusal.ts";
import type { Venue } from "./venue.ts";

/** Longer than any client waits. */
const SILENCE_MS = 600_000;

/** The first that decides what becomes of the request; those that only prepare it are carried out. */
export function callFault(venue: Venue, call: VenueCall, symbol: string | null): CallFault {
  const where = symbol === null ? {} : { symbol };
  const atMs = venue.exchange.state.nowMs;
  const rules = strikes(venue.desk, { point: "call", call, ...where, atMs });
  let fault: CallFault = { kind: "none" };
  for (const rule of rules) {
    if (rule.kind === "replace_rejected") rejectReplace(venue);
    else if (fault.kind === "none") fault = faultOf(rule);
  }
  return fault;
}

function faultOf(rule: FaultRule): CallFault {
  switch (rule.kind) {
    case "lost_ack":
      return { kind: "cut", handled: true };
    case "error_before":
      return { kind: "refuse", refusal: internal(), handled: false };
    case "error_after":
      return { kind: "refuse", refusal: internal(), handled: true };
    case "timeout":
      return { kind: "silence", handled: true, wallMs: rule.durationMs ?? SILENCE_MS };
    case "rate_limit":
      return { kind: "refuse", refusal: rateLimited(), handled: false };
    default:
      return { kind: "none" };
  }
}

function internal(): Refused {
  return new Refused(500, 50010000, "internal server error occurred");
}
