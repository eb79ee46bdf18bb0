/**
 * The brake of another run, for `overlay.mode: precomputed`: its `regimes` artifact, found by the
 * run's id in the same home and checked against the hash that the mandate names. A run that is not
 * there, is not finished, or whose file is not that one, refuses.
 */
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { Fault } from "../../domain/fault.ts";
import type { BrakeRegime } from "../../domain/regime.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import type { PrecomputedDay } from "../../portfolio/overlay/precomputed.ts";
import { decodeCsv } from "../../records/artifacts/csv-reader.ts";
import { LAYER_ARTIFACTS } from "../../records/artifacts/registry.ts";
import type { LoadedMandate } from "./compose.ts";
import { artifactsFolder, openRunFolders, sha256 } from "./compose-records.ts";

export async function precomputedOverlay(
  loaded: LoadedMandate,
): Promise<readonly PrecomputedDay[]> {
  const { overlay, allocation } = loaded.mandate;
  if (allocation.method === "direct" || overlay.mode !== "precomputed") return [];
  const { run, sha256: wanted } = overlay;
  const folders = openRunFolders(loaded.home);
  if (run === null || !folders.isFinished(run)) {
    throw new Fault(
      "mandate",
      `overlay.run: there is no finished run ${run} in ${loaded.home}; run the mandate whose brake is to be used first, and name its id`,
    );
  }
  const declaration = LAYER_ARTIFACTS.regimes;
  const bytes = await regimesOf(artifactsFolder(folders.folderOf(run)), run);
  const found = sha256(bytes);
  if (found !== wanted) {
    throw new Fault(
      "mandate",
      `overlay.sha256: ${declaration.file} of run ${run} has the hash ${found}, the mandate names ${wanted}; the file was altered, or another run is meant`,
    );
  }
  const recorded = await recordedHash(folders.folderOf(run), run);
  if (recorded !== found) {
    throw new Fault(
      "mandate",
      `overlay.run: ${declaration.file} of run ${run} has the hash ${found}, the run recorded ${recorded ?? "none"}; the file was altered or put there after the run; assay verify ${run} says what else was, name a run that is whole`,
    );
  }
  const { columns, rows } = decodeCsv(declaration, bytes);
  const column = (name: string) =>
    columns[declaration.columns.findIndex((each) => each.name === name)];
  const [dates, regimes, scalars] = [column("date"), column("regime"), column("scalar")];
  return Array.from({ length: rows }, (_, row) => ({
    dateMs: dates[row] as number,
    regime: regimes[row] as BrakeRegime,
    scalar: scalars[row] as number,
  }));
}

async function regimesOf(folder: string, run: string): Promise<Uint8Array> {
  const { file } = LAYER_ARTIFACTS.regimes;
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    throw new Fault(
      "mandate",
      `overlay.run: run ${run} has no readable ${file}: it was removed, or the run had no portfolio stages and so no brake`,
      { cause },
    );
  }
}

/** What the run itself wrote down of its file. */
async function recordedHash(folder: string, run: string): Promise<string | null> {
  try {
    const text = await readFile(join(folder, "run.json"), "utf8");
    const { artifacts } = JSON.parse(text) as Pick<RunDocument, "artifacts">;
    return artifacts.find(({ name }) => name === "regimes")?.sha256 ?? null;
  } catch (cause) {
    throw new Fault(
      "mandate",
      `overlay.run: run ${run} has no readable run.json, so nothing says which brake it wrote; assay verify ${run} says what else is missing, name a run that is whole`,
      { cause },
    );
  }
}
