/**
 * From a declared probe to the changes that are tried. Enters: the key's present value, the whole
 * mandate, what the baseline observed; leaves: new values other than the present one, in their order,
 * each with the changes beside it. What cannot be said here (a factor of null, a day of no window)
 * leaves nothing.
 */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { DAY_MS, formatDate, parseIsoDate } from "../../base/instant.ts";
import type { Companions, ProbeAttempt, ProbeValue } from "../../domain/probe.ts";
import { formatKey, parseKey } from "../../mandate/origin.ts";
import type { Bench } from "./bench.ts";
import type { Change } from "./candidate.ts";
import { type ProvableKey, valueAt } from "./keys.ts";

export type Attempt = {
  readonly change: Change;
  /** Beside it; without what is so already. */
  readonly companions: readonly Change[];
};

type JsonMap = { readonly [key: string]: Json };

export function attemptsOf(
  bench: Bench,
  { key, present, captures }: Pick<ProvableKey, "key" | "present" | "captures">,
  attempts: readonly ProbeAttempt[],
): readonly Attempt[] {
  return attempts.flatMap((attempt) => {
    const companions = companionsOf(bench, attempt.with ?? {}, captures);
    // With its companions the key may have another value already: it is that one that must change.
    const from = companions.find((one) => one.key === key)?.value ?? present;
    return valuesOf(bench, attempt, key, from)
      .filter((value) => canonicalJson(value) !== canonicalJson(from))
      .map((value) => ({ change: { key, value }, companions }));
  });
}

function companionsOf(
  bench: Bench,
  companions: Companions,
  captures: readonly string[],
): readonly Change[] {
  return Object.entries(companions).flatMap(([pattern, value]) => {
    let star = 0;
    const path = pattern.split(".").map((part) => (part === "*" ? captures[star++] : part));
    const present = valueAt(bench.baseline.candidate.values, path);
    const key = formatKey(path);
    const [wanted] = valuesOf(bench, value, key, present);
    if (wanted === undefined || canonicalJson(wanted) === canonicalJson(present)) return [];
    return [{ key, value: wanted }];
  });
}

/** Several where the same number may have to be a whole one. */
function valuesOf(bench: Bench, value: ProbeValue, key: string, present: Json): readonly Json[] {
  if ("to" in value) return [value.to];
  if ("times" in value) return numbers(present, (one) => one * value.times);
  if ("plus" in value) return numbers(present, (one) => one + value.plus);
  if ("toggle" in value) return typeof present === "boolean" ? [!present] : [];
  if ("inside" in value) return observed(bench, value.inside, value.part);
  if ("copy" in value)
    return [valueAt(bench.baseline.candidate.values, parseKey(value.copy) ?? [])];
  if ("dayAt" in value) return [dayAt(bench, value.dayAt)];
  if ("later" in value) return days(present, value.later);
  if ("drop" in value) return shortened(bench, key, present);
  if ("eachStrategy" in value) {
    return [Object.fromEntries(strategyNames(bench).map((name) => [name, value.eachStrategy]))];
  }
  if ("strategies" in value) return [strategyNames(bench)];
  if ("firstInstrument" in value) return [overridden(bench, present, value.firstInstrument)];
  return paidLater(bench, present, value.paidAfter);
}

/** Where the present one is whole, the result is tried rounded too. */
function numbers(present: Json, change: (value: number) => number): readonly Json[] {
  if (typeof present !== "number") return [];
  const value = tidy(change(present));
  return Number.isInteger(present) && !Number.isInteger(value)
    ? [value, Math.round(value)]
    : [value];
}

/** Twelve digits: what arithmetic leaves beyond them nobody would have written. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function observed(bench: Bench, name: keyof Bench["observed"]["largest"], part: number): Json[] {
  const value = bench.observed.largest[name] * part;
  if (!(value > 0)) return [];
  if (name === "positions") return [Math.max(1, Math.floor(value))];
  return [Number(value.toPrecision(4))];
}

function dayAt({ baseline }: Bench, part: number): string {
  const { sessionsMs } = baseline.candidate.prepared.world;
  return formatDate(sessionsMs[Math.floor(part * (sessionsMs.length - 1))]);
}

function days(present: Json, later: number): readonly Json[] {
  const at = typeof present === "string" ? parseIsoDate(present) : null;
  return at === null ? [] : [formatDate(at + later * DAY_MS)];
}

function shortened({ baseline }: Bench, key: string, present: Json): readonly Json[] {
  const { prepared, values } = baseline.candidate;
  const all = prepared.world.instruments.map(({ id }) => id);
  const stands = key.startsWith("strategies.") && present === "all" ? all : present;
  const list = stands ?? valueAt(values, parseKey(key) ?? []);
  return Array.isArray(list) && list.length > 1 ? [list.slice(0, -1)] : [];
}

function strategyNames({ baseline }: Bench): readonly string[] {
  const { strategies } = baseline.candidate.values as {
    readonly strategies: readonly { readonly name: string }[];
  };
  return strategies.map(({ name }) => name);
}

function overridden({ baseline }: Bench, present: Json, terms: JsonMap): Json {
  const [{ id }] = baseline.candidate.prepared.world.instruments;
  const before = (present ?? {}) as { readonly [id: string]: JsonMap };
  return { ...before, [id]: { ...before[id], ...terms } };
}

function paidLater({ baseline }: Bench, present: Json, after: number): readonly Json[] {
  const { pack } = baseline.candidate.prepared;
  const dividend = pack.actions.find(({ kind }) => kind === "dividend");
  if (dividend === undefined) return [];
  const entry = {
    instrument: dividend.instrument,
    ex_date: formatDate(dividend.exDateMs),
    pay_date: formatDate(dividend.exDateMs + after * DAY_MS),
  };
  return [[...(present as readonly Json[]), entry]];
}
