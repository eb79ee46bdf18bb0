/**
 * Which keys of the mandate were taken by somebody (invariant 6). Enters: resolved values; leaves:
 * the same values behind proxies that note every leaf read, and the list of leaves nobody read.
 * A leaf is a scalar or an empty list or map; reading it, iterating over it or turning its map
 * into JSON counts, asking only for lengths or names of keys does not.
 */
import { formatKey, type KeyPath } from "./origin.ts";

export type TrackedReads<T> = {
  readonly values: T;
  /** Dotted keys nobody has read so far, in the order of the mandate. */
  readonly unread: () => readonly string[];
};

export function trackReads<T extends object>(values: T): TrackedReads<T> {
  const unread = new Set<string>();
  const tracked = track(values, [], unread) as T;
  return { values: tracked, unread: () => [...unread] };
}

/**
 * A proxy must hand out exactly what a frozen target holds, so the children's proxies are made
 * first and put into a frozen copy, which the proxy then stands for.
 */
function track(value: object, path: KeyPath, unread: Set<string>): object {
  const leaves = new Map<string, string>();
  const copyOf = (segment: string, child: unknown): unknown => {
    const at = [...path, segment];
    const branch = typeof child === "object" && child !== null;
    if (!branch || Object.keys(child).length === 0) {
      const key = formatKey(at);
      leaves.set(segment, key);
      unread.add(key);
    }
    return branch ? track(child, at, unread) : child;
  };
  const copy: object = Array.isArray(value)
    ? value.map((item, i) => copyOf(String(i), item))
    : Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copyOf(key, child)]));
  return new Proxy(Object.freeze(copy), {
    get(target, property, receiver) {
      const key = typeof property === "string" ? leaves.get(property) : undefined;
      if (key !== undefined) unread.delete(key);
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
}
