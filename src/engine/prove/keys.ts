/**
 * The keys of a resolved mandate with their probes. A list of scalars is one key, as in
 * `assay config`. Keys tagged location or presentation are exempt, and so is the version of the
 * format, which the file alone can say. A key without a probe is our own mistake.
 */
import { invariant } from "../../base/assert.ts";
import type { Json } from "../../base/canonical-json.ts";
import type { Probe, Probes } from "../../domain/probe.ts";
import type { Section } from "../../domain/section.ts";
import { type KeyPath, matchesPattern, parseKey } from "../../mandate/origin.ts";
import type { SnapshotRow } from "../../mandate/snapshot.ts";

export type ProvableKey = {
  /** As the mandate spells it. */
  readonly key: string;
  readonly path: KeyPath;
  /** What each "*" of the probe's pattern stands for. */
  readonly captures: readonly string[];
  readonly present: Json;
  readonly probe: Probe;
};

/** Of the head of the file, which no section owns. */
const HEADER_PROBES: Probes = {
  profile: {
    // One that does not go with what the file says is refused by what it brought.
    refuses: true,
    try: ["plain", "etf-trend", "futures-layers", "equity-signals"].map((to) => ({ to })),
  },
  seed: {
    needs: ["chance"],
    try: [
      { plus: 1 },
      {
        plus: 1,
        with: { "clamps.tail.enabled": { to: true }, "clamps.tail.limit": { to: 0.001 } },
      },
    ],
  },
};

/** Full dotted pattern -> probe. */
export function probesOf(sections: readonly Section[]): ReadonlyMap<string, Probe> {
  return new Map([
    ...Object.entries(HEADER_PROBES),
    ...sections.flatMap(({ name, probes }) =>
      Object.entries(probes).map(([key, probe]) => [`${name}.${key}`, probe] as const),
    ),
  ]);
}

export function provableKeys(
  rows: readonly SnapshotRow[],
  values: { readonly [section: string]: unknown },
  probes: ReadonlyMap<string, Probe>,
): readonly ProvableKey[] {
  const patterns = [...probes].map(([pattern, probe]) => ({ pattern: pattern.split("."), probe }));
  return rows
    .filter(({ tag }) => tag === null)
    .map(({ key }) => {
      const path = parseKey(key) ?? [];
      const found = patterns.find(({ pattern }) => matchesPattern(pattern, path));
      invariant(found !== undefined, 6, () => `key ${key} declares no probe`);
      const captures = path.filter((_, n) => found.pattern[n] === "*");
      return { key, path, captures, present: valueAt(values, path), probe: found.probe };
    });
}

/** Null where there is nothing. */
export function valueAt(values: unknown, path: KeyPath): Json {
  let at: unknown = values;
  for (const segment of path) {
    if (typeof at !== "object" || at === null) return null;
    at = (at as { readonly [key: string]: unknown })[segment];
  }
  return (at ?? null) as Json;
}
