/**
 * The door of a proof: a mandate with some values changed, resolved again by the whole machinery and
 * prepared to run, its pack cut to the newest sessions. Files are read once; the pack is built anew
 * only where a key of `data` (or the seed of a simulated market) changes. Nothing is stored.
 */
import { sha256 } from "../../adapters/system/hash.ts";
import type { BacktestPack } from "../../domain/pack.ts";
import type { Candidate, Change, Prepare } from "../../engine/prove/candidate.ts";
import { newestSessions } from "../../engine/prove/window.ts";
import { idleKeysOf, prepareRun } from "../../engine/prepare.ts";
import type { Mandate } from "../../engine/sections.ts";
import { buildContent } from "../../market/build.ts";
import { dataWarnings, type QualityReport } from "../../market/quality/findings.ts";
import { tableRequests } from "../../market/sources/requests.ts";
import type { RawTable, TableSource } from "../../ports/table-source.ts";
import {
  type Flag,
  type LoadedMandate,
  loadMandate,
  loadStrategies,
  packFor,
  requireBacktestPack,
  sourceOf,
  unreadKeys,
  usesOn,
} from "./compose.ts";
import { precomputedOverlay } from "./precomputed-overlay.ts";

export type MandateSource = {
  readonly path: string;
  readonly flags: readonly Flag[];
  readonly environment: NodeJS.ProcessEnv;
};

export type ProofDoor = {
  readonly loaded: LoadedMandate;
  /** From that instant on; null: all sessions. */
  readonly since: (fromMs: number | null) => Prepare;
};

type Built = { readonly pack: BacktestPack; readonly quality: QualityReport };

export function openProofDoor(source: MandateSource): ProofDoor {
  const loaded = load(source, []);
  const tables = cached(loaded.tables);
  // Kept for every change that is not about data.
  let first: Promise<Built> | null = null;
  const built = (now: LoadedMandate, changes: readonly Change[]): Promise<Built> => {
    if (changes.some(({ key }) => isAboutData(key))) return build(now, tables);
    first ??= build(now, tables);
    return first;
  };
  const since = (fromMs: number | null): Prepare => {
    return async (changes) => {
      const now = changes.length === 0 ? loaded : load(source, changes);
      return candidateOf(now, await built(now, changes), fromMs);
    };
  };
  return { loaded, since };
}

function load({ path, flags, environment }: MandateSource, changes: readonly Change[]) {
  const more = changes.map(
    ({ key, value }): Flag => ({ key, value: JSON.stringify(value), option: "prove" }),
  );
  return loadMandate(path, [...flags, ...more], environment);
}

function isAboutData(key: string): boolean {
  return key.startsWith("data.") || key === "seed";
}

/** Tables do not change while a proof looks at them. */
function cached(read: TableSource): TableSource {
  const known = new Map<string, ReturnType<TableSource>>();
  return (request) => {
    const name = JSON.stringify(request);
    const found = known.get(name) ?? read(request);
    known.set(name, found);
    return found;
  };
}

async function build(loaded: LoadedMandate, read: TableSource): Promise<Built> {
  const { data, seed } = loaded.mandate;
  if (data.as_of !== null) {
    const found = await packFor({ loaded, progress: () => undefined, nowMs: 0 });
    return { pack: requireBacktestPack(found.pack), quality: found.quality };
  }
  const tables: RawTable[] = [];
  for (const { request } of tableRequests(data)) tables.push((await read(request)).table);
  const { content, quality } = buildContent(data, { tables, seed });
  // Its bytes need no name here: no record is made of it.
  return { pack: requireBacktestPack({ ...content, id: "proof" }), quality };
}

async function candidateOf(
  loaded: LoadedMandate,
  { pack: whole, quality }: Built,
  fromMs: number | null,
): Promise<Candidate> {
  const pack = fromMs === null ? whole : newestSessions(whole, fromMs);
  const uses = await loadStrategies(loaded);
  const prepared = prepareRun({
    mandate: loaded.mandate,
    pack,
    uses: usesOn(loaded, pack, uses),
    sourceOf: sourceOf(loaded.mandate),
    precomputed: await precomputedOverlay(loaded),
    sha256,
  });
  const values = loaded.resolved.values;
  // The values themselves: asking who reads a key is not reading it.
  const idle = idleKeysOf(values as unknown as Mandate);
  const isIdle = (key: string) => idle.some((top) => key === top || key.startsWith(`${top}.`));
  return {
    prepared,
    dataWarnings: dataWarnings(quality),
    values,
    idle,
    lost: unreadKeys(loaded).filter((key) => !isIdle(key)),
    rowsRejected: quality.rows_rejected,
    hasZeroVolume: quality.series.some(({ zero_volume_share: share }) => (share ?? 0) > 0),
  };
}
