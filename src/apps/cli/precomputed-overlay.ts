/**
 * The brake of another run, for `overlay.mode: precomputed`: its `regimes` artifact, found by the
 * run's id in the same home and checked against the hash that the mandate names. A run that is not
 * there, is not finished, or whose file is not that one, refuses.
 */
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { Fault } from "../../domain/fault.ts";
import type { BrakeRegime } from "../../domain/regime.ts";
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
      `overlay.run: run ${run} left no ${file}; only a run with portfolio stages has a brake to use`,
      { cause },
    );
  }
}
