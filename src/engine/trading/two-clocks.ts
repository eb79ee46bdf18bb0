/**
 * Our clock beside the venue's. Neither can be trusted alone: whether an auction is still to come is asked
 * of the one that is ahead, because what is sent too late waits for the next session's. A difference that a
 * person should mend is an incident.
 */
import { BrokerUnavailable } from "../../ports/broker.ts";
import { type Desk, incident, look } from "./desk.ts";

/** A read is asked again; a venue that tells no time so often is down. */
const TRIES = 3;
/** Requests travel: less than this is no difference. */
const TOLERATED_MS = 5000;

/** How far the venue's clock is ahead of ours, 0 where it is behind; null where it did not say. */
export async function venueAheadMs(desk: Desk): Promise<number | null> {
  let reason = "";
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const { nowMs } = await desk.ports.broker.clock();
      const aheadMs = nowMs - (await look(desk));
      if (Math.abs(aheadMs) > TOLERATED_MS) tellDifference(desk, aheadMs);
      return Math.max(0, aheadMs);
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      reason = error.message;
    }
  }
  incident(desk, "warning", "venue_unavailable", {
    subject: "clock",
    message: `the venue did not tell its time ${TRIES} times: ${reason}; nothing is sent that may be too late`,
  });
  return null;
}

function tellDifference(desk: Desk, aheadMs: number): void {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const where = aheadMs > 0 ? "behind" : "ahead of";
  incident(desk, "warning", "clock_skew", {
    subject: "clock",
    message: `this machine's clock is ${seconds} s ${where} the venue's (at most ${TOLERATED_MS / 1000} s are tolerated): set it`,
  });
}
