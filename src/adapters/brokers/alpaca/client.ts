/**
 * Alpaca's official client, loaded when it is needed: it is an optional dependency, and its majors break,
 * so one version is pinned and any other refused. Enters: keys, environment, a local venue or none; leaves:
 * questions with one of three outcomes (a body, an answer that is no success, silence). Placing is never
 * repeated, by the client's own rule for POST; reads are, twice, with a growing delay.
 * Source: the client's sources at 4.0.2 (retry, token bucket, deadline).
 */
import { createRequire } from "node:module";
import type * as Sdk from "@alpacahq/alpaca-trade-api";
import type { Json } from "../../../base/canonical-json.ts";
import { UnreadableBody, parseBody } from "./body.ts";
import {
  type AlpacaEnvironment,
  type AlpacaPlace,
  type Answer,
  answerOf,
  clientMissing,
  clientVersion,
  keyFormOf,
  limiterRefused,
  missingCredentials,
  reasonOf,
  refusedBy,
  unanswered,
  unreadable,
  unusable,
} from "./errors.ts";
import { type Tape, redactedTape, redactor } from "./tape.ts";
import { createFetch, localOrigin } from "./transport.ts";

export type AlpacaOptions = {
  readonly keyId: string;
  readonly secret: string;
  readonly environment: AlpacaEnvironment;
  /** http://127.0.0.1:PORT of a venue on this machine instead of Alpaca's hosts. */
  readonly venueUrl?: string;
  /** Absent: 200, as Alpaca permits. More, or "unlimited", only for a venue on this machine. */
  readonly requestsPerMinute?: number | "unlimited";
  readonly tape: Tape;
  /** Of one attempt, the wait for the limiter included. */
  readonly timeoutMs: number;
};

export type Outcome =
  | { readonly kind: "body"; readonly status: number; readonly text: string }
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "silent"; readonly reason: string };

type Raw = { readonly raw: Response };

export type AlpacaClient = {
  readonly alpaca: Sdk.Alpaca;
  readonly place: AlpacaPlace;
  /** Without keys. */
  readonly tape: Tape;
  readonly timeoutMs: number;
  /** ws:// address of the stream on a local venue; null: the client's own. */
  readonly streamUrl: string | null;
  ask(request: (alpaca: Sdk.Alpaca) => Promise<Raw>): Promise<Outcome>;
  /** The answer read by `parse`. Throws BrokerRefused or BrokerUnavailable, naming `what` was asked. */
  read<T>(
    what: string,
    request: (alpaca: Sdk.Alpaca) => Promise<Raw>,
    parse: (body: Json) => T,
    /** What an answer means where it means something else than elsewhere; null: the usual. */
    meaning?: (answer: Answer) => Error | null,
  ): Promise<T>;
};

export const CLIENT_VERSION = "4.0.2";
const PACKAGE = "@alpacahq/alpaca-trade-api";
/** Alpaca's own limit for the keys of one account, and the client's default. */
const REQUESTS_PER_MINUTE = 200;
const MINUTE_MS = 60_000;
/** As often as Alpaca is asked again, and sooner: nobody else is waiting for a venue on this machine. */
const LOCAL_RETRY = { maxRetries: 2, retryDelayMs: 5 };

export async function openClient(options: AlpacaOptions): Promise<AlpacaClient> {
  const { keyId, secret, environment, timeoutMs } = options;
  const missing = [keyId === "" ? "key id" : "", secret === "" ? "secret" : ""];
  if (keyId === "" || secret === "") {
    throw missingCredentials(
      environment,
      missing.filter((part) => part !== ""),
    );
  }
  const origin = options.venueUrl === undefined ? null : localOrigin(options.venueUrl);
  const redact = redactor([keyId, secret]);
  const tape = redactedTape(options.tape, redact);
  const local = origin === null ? null : new URL(origin).host;
  const sdk = await loadSdk();
  const alpaca = new sdk.Alpaca({
    keyId,
    secret,
    paper: environment === "paper",
    timeoutMs,
    ...rateLimitOf(options.requestsPerMinute, local !== null),
    ...(local === null ? {} : { retry: LOCAL_RETRY }),
    fetchApi: createFetch(origin, tape),
  });
  const place: AlpacaPlace = { environment, local, keyForm: keyFormOf(keyId), redact };
  const ask: AlpacaClient["ask"] = (request) => outcomeOf(sdk, place, () => request(alpaca));
  return {
    alpaca,
    place,
    tape,
    timeoutMs,
    streamUrl: local === null ? null : `ws://${local}/stream`,
    ask,
    read: async (what, request, parse, meaning) => {
      const outcome = await ask(request);
      const meant = outcome.kind === "answer" ? (meaning?.(outcome.answer) ?? null) : null;
      if (meant !== null) throw meant;
      return readBody(place, what, outcome, parse);
    },
  };
}

async function loadSdk(): Promise<typeof Sdk> {
  let sdk: typeof Sdk;
  let version: string;
  try {
    sdk = await import("@alpacahq/alpaca-trade-api");
    const manifest = createRequire(import.meta.url)(`${PACKAGE}/package.json`) as {
      readonly version: string;
    };
    version = manifest.version;
  } catch (cause) {
    throw clientMissing(CLIENT_VERSION, cause);
  }
  if (version !== CLIENT_VERSION) throw clientVersion(CLIENT_VERSION, version);
  return sdk;
}

/** Nothing leaves the client's own limiter on. */
function rateLimitOf(
  asked: number | "unlimited" | undefined,
  local: boolean,
): Pick<Sdk.AlpacaClientOptions, "rateLimit"> {
  if (asked === undefined) return {};
  const within = asked !== "unlimited" && asked <= REQUESTS_PER_MINUTE;
  if ((!local && !within) || (asked !== "unlimited" && !(asked >= 1))) throw limiterRefused(asked);
  if (asked === "unlimited") return { rateLimit: false };
  return { rateLimit: { maxRequests: asked, intervalMs: MINUTE_MS } };
}

async function outcomeOf(
  sdk: typeof Sdk,
  place: AlpacaPlace,
  request: () => Promise<Raw>,
): Promise<Outcome> {
  try {
    const { raw } = await request();
    return { kind: "body", status: raw.status, text: await raw.text() };
  } catch (error) {
    if (error instanceof sdk.ApiError) {
      const text = await error.response.text();
      return { kind: "answer", answer: answerOf(error.status, text, place.redact) };
    }
    // What fetch throws has a cause of its own; anything else is our mistake and stays one.
    if (error instanceof sdk.FetchError) {
      return { kind: "silent", reason: place.redact(reasonOf(error)) };
    }
    throw error;
  }
}

function readBody<T>(
  place: AlpacaPlace,
  what: string,
  outcome: Outcome,
  parse: (body: Json) => T,
): T {
  switch (outcome.kind) {
    case "silent":
      throw unanswered(place, what, outcome.reason);
    case "answer": {
      const { answer } = outcome;
      if (answer.status === 401 || answer.status === 403) throw refusedBy(place, answer);
      throw unusable(place, what, answer);
    }
    case "body":
      return readable(place, what, () => parse(parseBody(outcome.text)));
  }
}

/** Runs `parse`; what it cannot read is said to be so. */
export function readable<T>(place: AlpacaPlace, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UnreadableBody) throw unreadable(place, what, error.message);
    throw error;
  }
}
