/**
 * The pack a run trades on: built from the mandate's sources (or the seeded market) and stored, or
 * found in the catalog as it was current on a past day. All reading and writing goes through the
 * doors that are handed in.
 */
import { canonicalJson, type Json } from "../base/canonical-json.ts";
import { DAY_MS, formatInstant, parseIsoDate } from "../base/instant.ts";
import { Fault } from "../domain/fault.ts";
import type { Pack, PackContent } from "../domain/pack.ts";
import type { Progress } from "../domain/progress.ts";
import type { Sha256 } from "../ports/hash.ts";
import type { PackStore } from "../ports/pack-store.ts";
import type { RawTable, SourceFacts, TableSource } from "../ports/table-source.ts";
import { buildContent } from "./build.ts";
import { currentAt, lineageLines } from "./packs/catalog.ts";
import type { QualityReport } from "./quality/findings.ts";
import type { DataSettings } from "./section.ts";
import { tableRequests } from "./sources/requests.ts";

export type PreparedPack = {
  readonly pack: Pack;
  readonly quality: QualityReport;
  /** False: an equal pack was there already. */
  readonly created: boolean;
  /** The pack that this one supersedes in its lineage, or null. */
  readonly supersedes: string | null;
};

/** Packs that the same request made at different times form one lineage; `as_of` asks within it. */
export function lineageOf(data: DataSettings, seed: number, sha256: Sha256): string {
  const request = { ...data, as_of: null, seed: data.kind === "simulated" ? seed : null };
  // Through JSON: optional keys of list items that are present and undefined are no keys.
  return sha256(canonicalJson(JSON.parse(JSON.stringify(request)) as Json));
}

export async function preparePack(options: {
  readonly data: DataSettings;
  readonly seed: number;
  readonly lineage: string;
  readonly tables: TableSource;
  readonly store: PackStore;
  /** Wall time, kept outside the pack's id. */
  readonly nowMs: number;
  readonly progress: Progress;
}): Promise<PreparedPack> {
  const { data, seed, lineage, store, nowMs, progress } = options;
  const requests = tableRequests(data);
  const steps = requests.length + 2;
  const tables: RawTable[] = [];
  const facts: SourceFacts[] = [];
  let isRehearsed = false;
  for (const [i, { name, request }] of requests.entries()) {
    progress(i, steps, `read ${name}`);
    const read = await options.tables(request);
    tables.push(read.table);
    facts.push(read.facts);
    isRehearsed ||= read.isRehearsed === true;
  }
  progress(steps - 2, steps, data.kind === "simulated" ? "simulate the market" : "check the bars");
  const { content: built, quality } = buildContent(data, { tables, seed });
  const content: PackContent = isRehearsed ? { ...built, kind: "SIMULATED" } : built;
  progress(steps - 1, steps, "store the pack");
  const provenance = {
    format: "assay-provenance-1",
    known_from: formatInstant(nowMs),
    sources: facts,
    seed: data.kind === "simulated" ? seed : null,
    quality,
  };
  const { pack, created, row } = await store.put(content, provenance, {
    // Nobody who asks what the market was must be given what a rehearsal replayed.
    lineage: isRehearsed ? `${lineage}-rehearsed` : lineage,
    knownFromMs: nowMs,
  });
  progress(steps, steps, `pack ${pack.id.slice(0, 12)}`);
  return { pack, quality, created, supersedes: row.supersedes };
}

/** The pack that was current at the end of the day `asOf` (UTC), bytes checked against its name. */
export async function resolvePack(options: {
  readonly store: PackStore;
  readonly lineage: string;
  /** YYYY-MM-DD. */
  readonly asOf: string;
}): Promise<Pack> {
  const { store, lineage, asOf } = options;
  const dayMs = parseIsoDate(asOf);
  if (dayMs === null) throw new Fault("mandate", `data.as_of: there is no day ${asOf}`);
  const catalog = await store.catalog();
  const row = currentAt(catalog, lineage, dayMs + DAY_MS - 1);
  if (row !== null) return store.get(row.pack_id);
  const details = lineageLines(catalog, lineage);
  const known =
    details.length === 0
      ? "no pack of this mandate was ever built"
      : "all of its packs became known later";
  throw new Fault(
    "data",
    `data.as_of: no pack was known at the end of ${asOf}; ${known}; choose a later day, or null to build from the files`,
    { details },
  );
}
