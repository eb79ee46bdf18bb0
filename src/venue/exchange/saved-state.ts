/**
 * An exchange's state as JSON and back: keys in snake_case, a bigint as {"$int": "12"}, a price
 * nobody knows yet (NaN) as {"$none": true}. What was written by another version is refused.
 */
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { ExchangeState } from "./state.ts";

const SAVED_FORMAT = 1;

export function encodeState(state: ExchangeState, accountId: string): Json {
  return { format_version: SAVED_FORMAT, account_id: accountId, state: encoded(state) };
}

export function decodeState(saved: Json, accountId: string): ExchangeState {
  const { format_version: version, account_id: account, state } = saved as { [key: string]: Json };
  if (version !== SAVED_FORMAT || account !== accountId || state === undefined) {
    throw new Fault(
      "data",
      `the saved exchange is of format ${String(version)} and account ${String(account)}, wanted ${SAVED_FORMAT} and ${accountId}: take another file, or begin a new exchange`,
    );
  }
  return decoded(state) as ExchangeState;
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
