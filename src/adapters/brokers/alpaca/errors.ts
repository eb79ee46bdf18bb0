/**
 * What can go wrong between us and Alpaca, in words that say what to do. Enters: what the client threw;
 * leaves: BrokerRefused (the venue says these keys may not), BrokerUnavailable (no answer, or none that
 * could be read), Fault (nothing was even asked). No text and no cause shows a key or a secret.
 * Sources: Alpaca's error codes (docs, OpenAPI 2026-08); "PK" and "AK" as the first letters of paper and
 * live key ids are observed, not documented: they make a hint, never a decision.
 */
import type { Json } from "../../../base/canonical-json.ts";
import { Fault } from "../../../domain/fault.ts";
import { BrokerRefused, BrokerUnavailable } from "../../../ports/broker.ts";
import { type Body, UnreadableBody, optionalText, parseBody } from "./body.ts";
import type { Redact } from "./tape.ts";

export type AlpacaEnvironment = "paper" | "live";

export const ALPACA_HOSTS: { readonly [name in AlpacaEnvironment]: string } = {
  paper: "paper-api.alpaca.markets",
  live: "api.alpaca.markets",
};

/** What the messages name. */
export type AlpacaPlace = {
  readonly environment: AlpacaEnvironment;
  /** host:port of a local venue; null: Alpaca itself. */
  readonly local: string | null;
  /** What the key id looks like. */
  readonly keyForm: AlpacaEnvironment | null;
  readonly redact: Redact;
};

/** An answer that is not a success. */
export type Answer = {
  readonly status: number;
  /** As Alpaca numbers it; null where the body is not one of Alpaca's. */
  readonly code: string | null;
  readonly message: string;
  readonly raw: Json;
};

export function keyFormOf(keyId: string): AlpacaEnvironment | null {
  if (keyId.startsWith("PK")) return "paper";
  return keyId.startsWith("AK") ? "live" : null;
}

export function hostOf({ environment, local }: AlpacaPlace): string {
  return local ?? ALPACA_HOSTS[environment];
}

/** The body of an answer: {code, message} is Alpaca's, anything else a proxy's or a broken one. */
export function answerOf(status: number, text: string, redact: Redact): Answer {
  const plain = redact(text);
  const body = objectOf(plain);
  if (body === null) {
    const message = plain.trim() === "" ? "no message" : plain.trim().slice(0, 200);
    return { status, code: null, message, raw: plain };
  }
  const code = optionalText(body, "code");
  return { status, code, message: optionalText(body, "message") ?? "no message", raw: body };
}

function objectOf(text: string): Body | null {
  try {
    const value = parseBody(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Body)
      : null;
  } catch (error) {
    if (error instanceof UnreadableBody) return null;
    throw error;
  }
}

export function refusedBy(place: AlpacaPlace, answer: Answer): BrokerRefused {
  const { status, code, message } = answer;
  const said = `${hostOf(place)} refused the keys: HTTP ${status}${code === null ? "" : ` (${code})`}, "${message}"`;
  return new BrokerRefused(code ?? String(status), `${said}. ${keyAdvice(place)}`);
}

/** The most common error of a first day is the other account's keys. */
function keyAdvice({ environment, local, keyForm }: AlpacaPlace): string {
  if (local !== null) {
    return `The venue on this machine was started with other keys: give it and the trader the same`;
  }
  const other = environment === "live" ? "paper" : "live";
  const form = keyForm === other ? `The key id has the form of a ${other} account's. ` : "";
  return `${form}Keys of a paper account work on ${ALPACA_HOSTS.paper} alone and keys of a live account on ${ALPACA_HOSTS.live} alone: bring keys of the ${environment} account, or run in the mode they belong to; if they do, see whether they were regenerated or restricted on Alpaca's page`;
}

export function blockedAccount(place: AlpacaPlace, why: string): BrokerRefused {
  return new BrokerRefused(
    "ACCOUNT_BLOCKED",
    `the account on ${hostOf(place)} may not trade: ${why}; see its state on Alpaca's page, nothing can be ordered until it is lifted`,
  );
}

export function unanswered(place: AlpacaPlace, what: string, reason: string): BrokerUnavailable {
  const where = hostOf(place);
  const advice =
    place.local === null
      ? "see whether this machine reaches the internet and status.alpaca.markets reports trouble, then run again: nothing was concluded from the silence"
      : "see whether the venue is running at this address (assay venue), then run again";
  return new BrokerUnavailable(
    place.redact(`${what}: no answer from ${where} (${reason}); ${advice}`),
  );
}

export function unusable(place: AlpacaPlace, what: string, answer: Answer): BrokerUnavailable {
  const { status, code, message } = answer;
  const said = `HTTP ${status}${code === null ? "" : ` (${code})`}, "${message}"`;
  const advice =
    status === 429
      ? "the account's limit of requests is used up, by this program or another one with the same keys; wait a minute"
      : "run again; if it stays so, report it to the venue";
  return new BrokerUnavailable(
    place.redact(`${what}: ${hostOf(place)} answered ${said}; ${advice}`),
  );
}

export function unreadable(place: AlpacaPlace, what: string, reason: string): BrokerUnavailable {
  return new BrokerUnavailable(
    place.redact(
      `${what}: the answer of ${hostOf(place)} cannot be read (${reason}); it is on the tape as it came, nothing was concluded from it`,
    ),
  );
}

export function missingCredentials(
  environment: AlpacaEnvironment,
  missing: readonly string[],
): Fault {
  return new Fault(
    "usage",
    `no ${missing.join(" and no ")} for Alpaca's ${environment} account; set the environment's variables or run assay secrets set, with keys made for the ${environment} account`,
  );
}

export function notLocal(url: string): Fault {
  return new Fault(
    "usage",
    `the venue's address ${url.slice(0, 100)} is not on this machine; only http://127.0.0.1:PORT or http://localhost:PORT may stand in for Alpaca, because keys are sent to it`,
  );
}

export function limiterRefused(asked: number | "unlimited"): Fault {
  return new Fault(
    "usage",
    `${asked} requests a minute: Alpaca permits 200 for each key and the limiter holds to it; only a venue on this machine may be asked more often`,
  );
}

export function clientMissing(version: string, cause: unknown): Fault {
  const code = (cause as { readonly code?: unknown }).code;
  return new Fault(
    "broker",
    `the package @alpacahq/alpaca-trade-api is not installed (${String(code ?? cause)}); it is an optional dependency: run npm install @alpacahq/alpaca-trade-api@${version}`,
    { cause },
  );
}

export function clientVersion(wanted: string, observed: string): Fault {
  return new Fault(
    "broker",
    `@alpacahq/alpaca-trade-api is ${observed}, expected ${wanted}, the version that was tested; run npm install @alpacahq/alpaca-trade-api@${wanted}`,
  );
}

/** The innermost reason a person can use: "connect ECONNREFUSED 127.0.0.1:8080", "timed out". */
export function reasonOf(error: unknown): string {
  const said: string[] = [];
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 6; depth++) {
    if (at.name === "TimeoutError") return "timed out";
    const code = (at as NodeJS.ErrnoException).code;
    const own = at.message === "" ? code : at.message;
    if (own !== undefined) said.push(String(own));
    at = at.cause;
  }
  return said.at(-1) ?? String(error);
}
