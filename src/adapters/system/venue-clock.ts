/**
 * A local venue's clock behind ports/clock.ts (assay venue). One that is stepped is moved by whoever
 * waits, and answers when what happened on the way has been read from its stream; one that runs by
 * itself is looked at. Milliseconds since the epoch, UTC. Reading and moving may both be done twice, so
 * no answer is asked for again; a refusal (the pack ends) is final.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { settled } from "../../base/result.ts";
import { BrokerRefused, BrokerUnavailable } from "../../ports/broker.ts";
import type { Clock } from "../../ports/clock.ts";
import { createWallClock } from "./clocks.ts";
import { blotOut, type Secret } from "./secret.ts";

export type LocalVenue = {
  /** "http://127.0.0.1:8123" */
  readonly url: string;
  readonly keyId: Secret;
  readonly secret: Secret;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 30_000;
const PAUSES_MS = [20, 100, 500] as const;
/** How often a venue that runs by itself is looked at. */
const LONGEST_LOOK_MS = 1000;
const SHORTEST_LOOK_MS = 5;

export function createVenueClock(venue: LocalVenue): Clock {
  let speed: Speed | null = null;
  return {
    nowMs: async () => instantIn(venue, await record(venue, "/v2/clock"), "timestamp"),
    async waitUntil(ms, wake) {
      if (wake !== undefined && (await isSettled(wake))) return "woken";
      speed ??= await speedOf(venue);
      if (speed !== "step") return watch(venue, { ms, factor: speed, wake });
      await ask(venue, CLOCK, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ advance_to: new Date(ms).toISOString() }),
      });
      return "reached";
    },
  };
}

const CLOCK = "/assay/v1/clock";
const STATUS = "/assay/v1/status";

/** How many times the wall's speed it runs at, or "step". */
type Speed = number | "step";

async function speedOf(venue: LocalVenue): Promise<Speed> {
  const { speed } = await record(venue, STATUS);
  if (speed === "step" || (typeof speed === "number" && speed > 0)) return speed;
  throw new BrokerUnavailable(`${venue.url}${STATUS} does not say how the venue's time runs`);
}

/** Naps for about the time that is left, until the venue says it has come: never early. */
async function watch(
  venue: LocalVenue,
  wait: {
    readonly ms: number;
    readonly factor: number;
    readonly wake: Promise<unknown> | undefined;
  },
): Promise<"reached" | "woken"> {
  const wall = createWallClock();
  for (;;) {
    // The status is not what a skewed clock says.
    const status = await record(venue, STATUS);
    const left = wait.ms - instantIn(venue, status, "now");
    if (left <= 0) return "reached";
    const last = instantIn(venue, status, "last");
    if (wait.ms > last) throw new BrokerRefused("422", endOfPack(venue, last, wait.ms));
    const napMs = Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, left / wait.factor));
    if ((await wall.waitUntil((await wall.nowMs()) + napMs, wait.wake)) === "woken") return "woken";
  }
}

/** A venue that runs by itself stands still at its end, and would be waited for without one. */
function endOfPack({ url }: LocalVenue, lastMs: number, ms: number): string {
  const [last, wanted] = [lastMs, ms].map((instant) => new Date(instant).toISOString());
  return `${url}: the pack ends: this venue's clock goes up to ${last}, not to ${wanted}`;
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([settled(promise).then(() => true), later]);
}

type Document = { readonly [key: string]: unknown };

function instantIn({ url }: LocalVenue, document: Document, key: string): number {
  const stamp = document[key];
  const ms = typeof stamp === "string" ? instantOf(stamp) : null;
  if (ms !== null) return ms;
  throw new BrokerUnavailable(`${url} answered without an instant in "${key}"`);
}

async function record(venue: LocalVenue, path: string): Promise<Document> {
  const document = await ask(venue, path, { method: "GET" });
  if (typeof document === "object" && document !== null) {
    return document as Document;
  }
  throw new BrokerUnavailable(`${venue.url}${path} answered without a record`);
}

async function ask(venue: LocalVenue, path: string, request: RequestInit): Promise<unknown> {
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
  { url, keyId, secret, timeoutMs = TIMEOUT_MS }: LocalVenue,
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
