/**
 * The only place that wires adapters to rooms: mandate file, pack store, journal, run folders,
 * strategy loader, charts. Commands get what they need from here and know no adapter.
 */
import { join, normalize, resolve } from "node:path";
import { InvariantError } from "../../base/assert.ts";
import type { TableSource } from "../../ports/table-source.ts";
import type { PackKind, Pack, BacktestPack } from "../../domain/pack.ts";
import { Fault } from "../../domain/fault.ts";
import type { SectionIssue } from "../../domain/section.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Progress } from "../../domain/progress.ts";
import { type FilePackStore, openPackStore } from "../../adapters/storage/pack-store.ts";
import { sha256 } from "../../adapters/system/hash.ts";
import { readMandateFile } from "../../adapters/system/mandate-files.ts";
import { createStrategyLoader } from "../../adapters/system/strategy-loader.ts";
import type { StrategyUse } from "../../engine/plan-input.ts";
import { type Mandate, SECTIONS } from "../../engine/sections.ts";
import { formatPlace, mandateFault } from "../../mandate/finding.ts";
import { trackReads } from "../../mandate/reads.ts";
import { type Resolved, resolveMandate } from "../../mandate/resolve.ts";
import { packCodec } from "../../market/packs/content.ts";
import type { DataSettings } from "../../market/section.ts";
import { lineageOf, preparePack, resolvePack } from "../../market/prepare.ts";
import type { QualityReport } from "../../market/quality/findings.ts";
import { sourceFor, sourceName } from "../../market/sources/requests.ts";
import { checkColumns } from "../../research/strategies/columns.ts";
import { resolveParams } from "../../research/strategies/params.ts";
import type { StrategyLoader } from "../../ports/strategy-loader.ts";
import type { StrategyEntry } from "../../research/strategies/section.ts";
import { houseStrategy, type LoadedCode, userStrategy } from "./compose-strategy.ts";
import { openTables } from "./compose-tables.ts";

export type Flag = {
  readonly key: string;
  readonly value: string;
  /** What set it, where that is not `--set KEY`. */
  readonly option?: string;
};

export type LoadedMandate = {
  /** "mandate.yaml": what messages call it. */
  readonly fileName: string;
  readonly directory: string;
  readonly home: string;
  readonly resolved: Resolved;
  /** The values, every read noted. */
  readonly mandate: Mandate;
  readonly unread: () => readonly string[];
  /** Where its files and what its providers send come in. */
  readonly tables: TableSource;
};

export function loadMandate(
  path: string,
  flags: readonly Flag[],
  environment: NodeJS.ProcessEnv,
): LoadedMandate {
  const { text, fileName, directory } = readMandateFile(path);
  const resolved = resolveMandate({
    sections: SECTIONS,
    text,
    fileName,
    environment,
    flags,
    sha256,
  });
  const tracked = trackReads(resolved.values);
  const home = homeOf(directory, environment);
  return {
    fileName,
    directory,
    home,
    tables: openTables({ directory, home, environment }),
    resolved,
    mandate: tracked.values as unknown as Mandate,
    unread: tracked.unread,
  };
}

/** `profile` was read when the mandate was resolved. */
export function unreadKeys(loaded: LoadedMandate): readonly string[] {
  return loaded.unread().filter((key) => key !== "profile");
}

export function originOf(
  { resolved, fileName }: LoadedMandate,
  key: string,
): { readonly isDefault: boolean; readonly place: string } {
  const origin = resolved.origins.get(key);
  if (origin === undefined) throw new InvariantError(6, `${key} has no origin`);
  const isDefault = origin.layer === "default" || origin.layer === "profile";
  return { isDefault, place: formatPlace(origin, key, fileName) };
}

/** State lies beside the mandate unless ASSAY_HOME says otherwise. */
export function homeOf(directory: string, environment: NodeJS.ProcessEnv): string {
  const home = environment["ASSAY_HOME"];
  return home === undefined || home === "" ? join(directory, ".assay") : resolve(home);
}

export function openPacks(home: string): Promise<FilePackStore> {
  return openPackStore({ home, codec: packCodec(sha256), sha256 });
}

export type FoundPack = {
  readonly pack: Pack;
  readonly quality: QualityReport;
  readonly created: boolean;
  readonly supersedes: string | null;
  readonly findings: readonly string[];
};

export type PackRequest = {
  readonly loaded: LoadedMandate;
  readonly progress: Progress;
  /** Wall time: when the pack became known. */
  readonly nowMs: number;
  /** A stored pack to use instead. */
  readonly packId?: string;
};

/** Builds the mandate's pack, or finds the one that was current at data.as_of. */
export async function packFor(request: PackRequest): Promise<FoundPack> {
  try {
    return await findOrBuild(request);
  } catch (error) {
    throw placed(request.loaded, error);
  }
}

/** A fault that begins with a key of the mandate says where that key is written. */
function placed({ resolved, fileName }: LoadedMandate, cause: unknown): unknown {
  if (!(cause instanceof Fault)) return cause;
  const key = /^([a-z_]+(?:\.[\w-]+)+): /.exec(cause.message)?.[1];
  const origin = key === undefined ? undefined : resolved.origins.get(key);
  if (key === undefined || origin === undefined) return cause;
  const message = formatPlace(origin, key, fileName) + cause.message.slice(key.length);
  const { kind, details } = cause;
  return new Fault(kind, message, {
    where: origin.layer === "file" ? origin.detail : null,
    details,
    cause,
  });
}

async function findOrBuild(request: PackRequest): Promise<FoundPack> {
  const { progress, nowMs } = request;
  const { mandate, home, tables } = request.loaded;
  const store = await openPacks(home);
  const { data, seed } = mandate;
  if (request.packId !== undefined || data.as_of !== null) {
    // The stored pack was built from these keys: the lineage, made of all of them, says so.
    const lineage = lineageOf(data, seed, sha256);
    const pack =
      request.packId === undefined
        ? await resolvePack({ store, lineage, asOf: data.as_of as string })
        : await store.get(request.packId);
    const { quality } = (await store.provenance(pack.id)) as { readonly quality: QualityReport };
    return { pack, quality, created: false, supersedes: null, findings: store.findings };
  }
  // Here every key has to find its reader below: naming the request as a whole is not reading it.
  const lineage = lineageOf(request.loaded.resolved.values["data"] as DataSettings, seed, sha256);
  const built = await preparePack({ data, seed, lineage, tables, store, nowMs, progress });
  return { ...built, findings: store.findings };
}

/** Stub packs are refused everywhere (spec definitions, "Kinds of pack"). */
export function requireBacktestPack(pack: Pack): BacktestPack {
  const refused: readonly PackKind[] = ["STUB"];
  if (!refused.includes(pack.kind)) return pack as BacktestPack;
  throw new Fault("data", `pack ${pack.id} is a ${pack.kind} pack, which no mode trades`);
}

export type LoadedUse = Omit<StrategyUse, "instruments"> & {
  readonly instruments: "all" | readonly string[];
};

/** Loads and checks every strategy before any data is touched. */
export async function loadStrategies(loaded: LoadedMandate): Promise<readonly LoadedUse[]> {
  const load = createStrategyLoader(loaded.directory);
  const uses: LoadedUse[] = [];
  for (const [index, entry] of loaded.mandate.strategies.entries()) {
    const { strategy, codeHash } = await strategyOf(entry, load).catch((error: unknown) => {
      throw namedAt(loaded, index, error);
    });
    const params = resolveParams(strategy, entry.params ?? {});
    if (!params.ok) throw parameterFault(loaded, index, params.error);
    declareColumns(strategy, params.value, entry.file ?? null);
    const instruments = entry.instruments;
    uses.push({ name: entry.name, strategy, params: params.value, codeHash, instruments });
  }
  return uses;
}

/** A strategy file that cannot be read was named somewhere. */
function namedAt(
  { resolved, fileName, mandate }: LoadedMandate,
  index: number,
  cause: unknown,
): unknown {
  const key = `strategies.${index}.file`;
  const origin = resolved.origins.get(key);
  const file = mandate.strategies[index].file ?? "";
  const isUnread = cause instanceof Fault && cause.cause instanceof Error && "code" in cause.cause;
  // An import of the file that is missing is the file's own matter.
  if (!isUnread || cause.where !== normalize(file) || origin === undefined) return cause;
  const place = formatPlace(origin, key, fileName);
  return new Fault(cause.kind, `${place}: ${cause.message}`, { where: null, cause });
}

/** Before any data is read; `file` is the strategy's, null for one of the house. */
function declareColumns(
  strategy: Strategy,
  params: { readonly [name: string]: number },
  file: string | null,
): void {
  try {
    checkColumns(strategy, params);
  } catch (cause) {
    if (!(cause instanceof Fault) || file === null) throw cause;
    throw new Fault(cause.kind, cause.message, { where: normalize(file), cause });
  }
}

async function strategyOf({ use, file }: StrategyEntry, load: StrategyLoader): Promise<LoadedCode> {
  return typeof file === "string" ? userStrategy(load, file) : houseStrategy(use ?? "");
}

function parameterFault(
  { resolved, fileName }: LoadedMandate,
  index: number,
  issues: readonly SectionIssue[],
): Fault {
  const findings = issues.map(({ path, message }) => {
    const key = ["strategies", index, "params", ...path].map(String);
    const origin =
      resolved.origins.get(key.join(".")) ?? resolved.origins.get(`strategies.${index}`);
    if (origin === undefined) throw new InvariantError(6, `${key.join(".")} has no origin`);
    return { origin, key, message };
  });
  return mandateFault(findings, fileName);
}

/** "all" becomes the pack's instruments; a name that the pack does not hold is refused. */
export function usesOn(
  { resolved, fileName }: LoadedMandate,
  pack: Pack,
  uses: readonly LoadedUse[],
): readonly StrategyUse[] {
  const everything = pack.series.map((s) => s.instrument.id);
  const findings = uses.flatMap(({ instruments }, index) =>
    (instruments === "all" ? [] : instruments).flatMap((id, place) => {
      if (everything.includes(id)) return [];
      const key = ["strategies", index, "instruments", place].map(String);
      const origin = resolved.origins.get(key.join("."));
      if (origin === undefined) throw new InvariantError(6, `${key.join(".")} has no origin`);
      const message = `the data does not hold ${id}; it holds ${everything.join(", ")}`;
      return [{ origin, key, message }];
    }),
  );
  if (findings.length > 0) throw mandateFault(findings, fileName);
  return uses.map((use) => ({
    ...use,
    instruments: use.instruments === "all" ? everything : [...use.instruments],
  }));
}

/** The file an instrument's bars come from, as the mandate writes it. */
export function sourceOf(mandate: Mandate): (instrument: string) => string {
  const { sources, kind } = mandate.data;
  return (instrument) => {
    if (kind === "simulated") return "simulated market";
    const source = sourceFor(sources, instrument);
    return source === undefined ? "data.sources" : sourceName(source);
  };
}
