/** Where two kept states part, for a person: the first place at which their values differ, named by its path. */
import { decodeGraph } from "./graph-codec.ts";

/** Null: they hold the same, and only their texts differ. */
export function stateDifference(recorded: string, executed: string): string | null {
  const seen = new Map<unknown, unknown>();
  const waiting: { readonly path: string; readonly was: unknown; readonly is: unknown }[] = [
    { path: "", was: decodeGraph(recorded), is: decodeGraph(executed) },
  ];
  for (const { path, was, is } of waiting) {
    if (!isObject(was) || !isObject(is)) {
      if (!Object.is(was, is)) return `${path.slice(1)} was ${shown(was)}, is ${shown(is)}`;
      continue;
    }
    if (seen.has(was)) {
      if (seen.get(was) !== is) return `${path.slice(1)} leads to something else`;
      continue;
    }
    seen.set(was, is);
    const [parts, others] = [partsOf(was), partsOf(is)];
    for (const key of new Set([...parts.keys(), ...others.keys()])) {
      waiting.push({ path: `${path}.${key}`, was: parts.get(key), is: others.get(key) });
    }
  }
  return null;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function partsOf(value: object): Map<string, unknown> {
  if (value instanceof Map) return new Map([...value].map(([key, held]) => [String(key), held]));
  return new Map(Object.entries(value));
}

function shown(value: unknown): string {
  if (isObject(value)) return Array.isArray(value) ? "a list" : "a record";
  return Object.is(value, -0) ? "-0" : String(value);
}
