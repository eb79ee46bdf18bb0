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

/** The venue's clock less ours; null where it did not say. */
export async function venueOffsetMs(desk: Desk): Promise<number | null> {
  let reason = "";
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const { nowMs } = await desk.ports.broker.clock();
      const offsetMs = nowMs - (await look(desk));
      if (Math.abs(offsetMs) > TOLERATED_MS) tellDifference(desk, offsetMs);
      return offsetMs;
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

function tellDifference(desk: Desk, offsetMs: number): void {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const where = offsetMs > 0 ? "behind" : "ahead of";
  incident(desk, "warning", "clock_skew", {
    subject: "clock",
    message: `this machine's clock is ${seconds} s ${where} the venue's (at most ${TOLERATED_MS / 1000} s are tolerated): set it`,
  });
}
