/**
 * Clocks behind ports/clock.ts. The wall clock waits in short naps and looks again after each, so that
 * a computer that slept or a clock that was set is noticed; it never says "reached" early. The stepped
 * clock is a local venue's: whoever waits moves it. Milliseconds since the epoch, UTC.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { settled } from "../../base/result.ts";
import { BrokerRefused, BrokerUnavailable } from "../../ports/broker.ts";
import type { Clock } from "../../ports/clock.ts";
import { blotOut, type Secret } from "./secret.ts";

/** Timers stand still while a computer sleeps: so late at most is its waking noticed. */
const NAP_MS = 1000;

export type WallSource = {
  readonly nowMs: () => number;
  /** Calls back after about so many milliseconds; returns what takes it back. */
  readonly after: (ms: number, call: () => void) => () => void;
};

const SYSTEM: WallSource = {
  nowMs: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export function createWallClock(source: WallSource = SYSTEM): Clock {
  return {
    nowMs: async () => source.nowMs(),
    waitUntil: (ms, wake) =>
      new Promise((resolve) => {
        let cancelNap = (): void => undefined;
        let unsubscribe = (): void => undefined;
        const end = (how: "reached" | "woken"): void => {
          cancelNap();
          unsubscribe();
          resolve(how);
        };
        const look = (): void => {
          const left = ms - source.nowMs();
          if (left <= 0) end("reached");
          else cancelNap = source.after(Math.min(left, NAP_MS), look);
        };
        if (wake !== undefined) unsubscribe = onceSettled(wake, () => end("woken"));
        look();
      }),
  };
}

/** One subscription for each promise, however often a daemon waits for the same one. */
const waiting = new WeakMap<Promise<unknown>, Set<() => void>>();

function onceSettled(promise: Promise<unknown>, call: () => void): () => void {
  let calls = waiting.get(promise);
  if (calls === undefined) {
    const all = new Set<() => void>();
    calls = all;
    waiting.set(promise, all);
    // Settled either way is awake; who made the promise hears of its failure.
    void settled(promise).then(() => {
      waiting.delete(promise);
      for (const each of all) each();
    });
  }
  const own = calls;
  own.add(call);
  return () => void own.delete(call);
}

export type SteppedVenue = {
  /** "http://127.0.0.1:8123" */
  readonly url: string;
  readonly keyId: Secret;
  readonly secret: Secret;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 30_000;
/** Reading the time and moving it to an instant may both be done twice. */
const PAUSES_MS = [20, 100, 500] as const;

export function createSteppedClock(venue: SteppedVenue): Clock {
  const nowMs = async (): Promise<number> => {
    const document = await ask(venue, "/v2/clock", { method: "GET" });
    const stamp = (document as { readonly timestamp?: unknown } | null)?.timestamp;
    const ms = typeof stamp === "string" ? instantOf(stamp) : null;
    if (ms !== null) return ms;
    throw new BrokerUnavailable(`${venue.url}/v2/clock answered without a time stamp`);
  };
  return {
    nowMs,
    async waitUntil(ms, wake) {
      if (wake !== undefined && (await isSettled(wake))) return "woken";
      if ((await nowMs()) >= ms) return "reached";
      await ask(venue, "/assay/v1/clock", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ advance_to: new Date(ms).toISOString() }),
      });
      const arrivedMs = await nowMs();
      // Frames that the venue has written may still lie in this process's sockets.
      await turn();
      if (arrivedMs >= ms) return "reached";
      throw new BrokerUnavailable(
        `${venue.url} was told to go to ${new Date(ms).toISOString()} and stands at ${new Date(arrivedMs).toISOString()}; is it a venue that is stepped (assay venue --speed step)?`,
      );
    },
  };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const yes = (): boolean => true;
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([settled(promise).then(yes), later]);
}

/** One turn of the event loop: what has arrived on other sockets is handed over. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

async function ask(venue: SteppedVenue, path: string, request: RequestInit): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    const answer = await settled(askOnce(venue, path, request));
    if (answer.ok) return answer.value;
    const pauseMs = PAUSES_MS[attempt];
    const isDefinite = !(answer.error instanceof BrokerUnavailable);
    if (isDefinite || pauseMs === undefined) throw answer.error;
    await sleep(pauseMs);
  }
}

async function askOnce(
  { url, keyId, secret, timeoutMs = TIMEOUT_MS }: SteppedVenue,
  path: string,
  request: RequestInit,
): Promise<unknown> {
  const headers = new Headers(request.headers);
  headers.set("APCA-API-KEY-ID", keyId.reveal());
  headers.set("APCA-API-SECRET-KEY", secret.reveal());
  const signal = AbortSignal.timeout(timeoutMs);
  const where = `${url}${path}`;
  const answered = await settled(textOf(where, { ...request, headers, signal, redirect: "error" }));
  if (!answered.ok) {
    const { error } = answered;
    throw new BrokerUnavailable(`no answer from ${where}: ${reasonOf(error)}`, { cause: error });
  }
  const { status, text } = answered.value;
  if (status === 429 || status >= 500) {
    throw new BrokerUnavailable(`${where} answered ${status}`);
  }
  if (status < 200 || status > 299) {
    const said = blotOut(text.slice(0, 200), [keyId, secret]);
    throw new BrokerRefused(String(status), `${where} answered ${status}: ${said}`);
  }
  try {
    return text === "" ? null : (JSON.parse(text) as unknown);
  } catch (cause) {
    throw new BrokerUnavailable(`${where} answered with what is not JSON`, { cause });
  }
}

async function textOf(
  where: string,
  request: RequestInit,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(where, request);
  return { status: response.status, text: await response.text() };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** RFC 3339 with an offset and up to nanoseconds, which are cut to milliseconds; null for anything else. */
function instantOf(stamp: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(
    stamp,
  );
  if (match === null) return null;
  const [, seconds, fraction = "", offset] = match;
  const ms = Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}${offset}`);
  return Number.isNaN(ms) ? null : ms;
}
