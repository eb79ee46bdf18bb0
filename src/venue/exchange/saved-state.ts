/**
 * An exchange's state as JSON and back: keys in snake_case, a bigint as {"$int": "12"}, a price nobody
 * knows yet (NaN) as {"$none": true}. What is counted by place in the market (sessions, instruments) is
 * written by date and symbol, so that the state can be taken up on the same market with more bars, or
 * more symbols. What was written by another version, or for another account, is refused.
 */
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { PreparedMarket } from "./market.ts";
import type { ExchangeState } from "./state.ts";
import type { ExchangeOptions } from "./terms.ts";

const SAVED_FORMAT = 1;

type Saved = Omit<ExchangeState, "session" | "marks" | "closingShortMinor"> & {
  /** The last one that was walked to its end; null: none. */
  readonly sessionBefore: string | null;
  readonly instruments: readonly {
    readonly symbol: string;
    readonly mark: number;
    readonly closingShortMinor: number;
  }[];
};

export function encodeState(state: ExchangeState, options: ExchangeOptions): Json {
  const { session, marks, closingShortMinor, ...rest } = state;
  const saved: Saved = {
    ...rest,
    sessionBefore: options.sessions[session - 1]?.date ?? null,
    instruments: options.series.map(({ instrument }, i) => ({
      symbol: instrument.id,
      mark: marks[i],
      closingShortMinor: closingShortMinor[i],
    })),
  };
  return {
    format_version: SAVED_FORMAT,
    account_id: options.accountId,
    state: encoded(saved),
  };
}

export function decodeState(
  json: Json,
  options: ExchangeOptions,
  market: PreparedMarket,
): ExchangeState {
  const { format_version: version, account_id: account, state } = json as { [key: string]: Json };
  const { accountId } = options;
  if (version !== SAVED_FORMAT || account !== accountId || state === undefined) {
    throw new Fault(
      "data",
      `the saved exchange is of format ${JSON.stringify(version)} and account ${JSON.stringify(account)}, wanted ${SAVED_FORMAT} and ${accountId}: take another file, or begin a new exchange`,
    );
  }
  const { sessionBefore, instruments, ...rest } = decoded(state) as Saved;
  const known = new Map(instruments.map((one) => [one.symbol, one]));
  const of = options.series.map(({ instrument }) => known.get(instrument.id));
  return {
    ...rest,
    session: sessionAfter(options, market, sessionBefore),
    marks: of.map((one, i) => one?.mark ?? market.firstMarks[i]),
    closingShortMinor: of.map((one) => one?.closingShortMinor ?? 0),
  };
}

function sessionAfter(
  { sessions }: ExchangeOptions,
  { firstSession }: PreparedMarket,
  before: string | null,
): number {
  if (before === null) return firstSession;
  const next = sessions.findIndex(({ date }) => date > before);
  return Math.max(firstSession, next < 0 ? sessions.length : next);
}

function encoded(value: unknown): Json {
  if (typeof value === "bigint") return { $int: String(value) };
  if (typeof value === "number" && Number.isNaN(value)) return { $none: true };
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value as Json;
  const entries = Object.entries(value).map(([key, inner]) => [snake(key), encoded(inner)]);
  return Object.fromEntries(entries) as Json;
}

function decoded(value: Json): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((inner: Json) => decoded(inner));
  const struct = value as { readonly [key: string]: Json };
  if (typeof struct["$int"] === "string") return BigInt(struct["$int"]);
  if (struct["$none"] === true) return Number.NaN;
  return Object.fromEntries(
    Object.entries(struct).map(([key, inner]) => [camel(key), decoded(inner)]),
  );
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
