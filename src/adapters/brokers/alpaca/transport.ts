/**
 * The last step before the network: the client's requests, sent to Alpaca or, host for host, to a venue
 * on this machine, and put on the tape with their answers. Leaves each answer whole, so that a body that
 * breaks off is a failed request. Refuses to send keys to any host but Alpaca's and this machine.
 */
import { invariant } from "../../../base/assert.ts";
import { notLocal, reasonOf } from "./errors.ts";
import type { Tape } from "./tape.ts";

const ALPACA = /^https:\/\/(?:paper-api|api|data)\.alpaca\.markets$/;
const LOOPBACK = new Set(["127.0.0.1", "localhost"]);
/** Statuses whose answer has no body by definition. */
const BODILESS = new Set([204, 205, 304]);

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** "http://127.0.0.1:8401" of such an address; throws the Fault of any other. */
export function localOrigin(venueUrl: string): string {
  const url = URL.canParse(venueUrl) ? new URL(venueUrl) : null;
  if (url === null || url.protocol !== "http:" || !LOOPBACK.has(url.hostname)) {
    throw notLocal(venueUrl);
  }
  return url.origin;
}

export function createFetch(origin: string | null, tape: Tape): Fetch {
  return async (url, init) => {
    const asked = new URL(url);
    invariant(ALPACA.test(asked.origin), 13, `${asked.origin} is not a host of Alpaca`);
    const target = `${asked.pathname}${asked.search}`;
    const sent = typeof init.body === "string" ? init.body : null;
    const record = { channel: "rest", action: init.method ?? "GET", target, sent } as const;
    try {
      const answer = await fetch(`${origin ?? asked.origin}${target}`, init);
      const { status, headers } = answer;
      const received = await answer.text();
      const requestId = headers.get("X-Request-ID");
      tape({ ...record, status, requestId, received, error: null });
      return new Response(BODILESS.has(status) ? null : received, { status, headers });
    } catch (cause) {
      const silent = { status: null, requestId: null, received: null };
      tape({ ...record, ...silent, error: reasonOf(cause) });
      throw cause;
    }
  };
}
