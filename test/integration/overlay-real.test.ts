/**
 * The brake on 23 ETFs with the volatility index, through the command line: applied + warm-up =
 * decisions; every decision's weights are those before it times the scalar of the session before;
 * the dates on which it bound are those on which a weight differs by more than a millionth; the alarms of August 2011 and
 * August 2015 are there. Taken from that run's artifact instead of computed, it gives the same
 * weights bit for bit, and an artifact that is not that one refuses.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  assay,
  exampleFolder,
  exampleRun,
  type ExampleRun,
  type Finished,
  type RunJson,
} from "../support/example-runs.ts";
import { type Braked, brakedDecisions } from "../support/layer-identities.ts";
import { readArtifact, tally } from "../support/run-files.ts";
import { SHARED, sharedName } from "../support/shared.ts";

type Layers = NonNullable<RunJson["layers"]>;

const own = mkdtempSync(join(tmpdir(), "assay-overlay-real-"));
afterAll(() => {
  rmSync(own, { recursive: true });
});

describe.skipIf(SHARED === null)(sharedName("the brake on 23 ETFs"), () => {
  let run: ExampleRun;
  let layers: Layers;
  let decisions: readonly Braked[];
  beforeAll(async () => {
    run = await exampleRun("etf-trend");
    layers = run.json.layers as Layers;
    decisions = brakedDecisions(run.folder);
  });

  it("was applied at every weekly decision, or is counted as warm-up", () => {
    const { applied, warm_up, mode } = layers.overlay;
    expect(mode).toBe("compute");
    expect(applied + warm_up).toBe(layers.decisions);
    expect(decisions.filter(({ warmUp }) => warmUp).length).toBe(warm_up);
    const fridays = decisions.filter(({ date }) => new Date(date).getUTCDay() === 5);
    expect(fridays.length).toBeGreaterThan(400);
    // A Friday without a session is decided on the session before it.
    const others = new Set(decisions.map(({ date }) => new Date(date).getUTCDay()));
    expect([...others].toSorted((a, b) => a - b)).toEqual([4, 5]);
  });

  it("leaves weight x scalar of the session before, within 1e-12, at every decision", () => {
    expect(decisions.length).toBe(layers.decisions);
    const off = decisions.filter(({ error, due, scalar }) => !(error <= 1e-12) || scalar !== due);
    expect(off).toEqual([]);
  });

  it("names the dates on which it changed a weight, and no other", () => {
    const changed = decisions.flatMap(({ date, changed: did }) => (did ? [date] : []));
    expect(layers.overlay.bound_on).toEqual(changed);
    expect(layers.overlay.bound).toBe(changed.length);
    expect(changed.length).toBeGreaterThan(100);
  });

  it("knows daily regimes, of which run.json lists the changes", () => {
    const rows = readArtifact(run.folder, "regimes");
    expect(layers.overlay.transitions).toEqual(changesIn(rows, "regime"));
    expect(layers.volatility_transitions).toEqual(changesIn(rows, "volatility_regime"));
    expect(layers.overlay.regimes).toEqual(Object.fromEntries(tally(rows.map((r) => r["regime"]))));
  });

  it.for([
    // The index closed at 31.66 on the 4th and at 48.00 on the 8th.
    { month: "August 2011", from: "2011-08-04", to: "2011-08-08" },
    // 28.03 on the 21st, 40.74 on the 24th.
    { month: "August 2015", from: "2015-08-20", to: "2015-08-24" },
  ])("goes into CRISIS with the index in $month", ({ from, to }) => {
    const rows = readArtifact(run.folder, "regimes");
    const index = new Map(rows.map((row) => [row["date"], Number(row["volatility_index"])]));
    expect(index.get(to)).toBeGreaterThan(35);
    const entered = layers.volatility_transitions.filter((change) => change.to === "CRISIS");
    expect(entered.map(({ date }) => date)).toContain(to);
    // Not out of the blue: it was above NORMAL, or became so, within the week.
    const week = rows.filter(({ date }) => from <= date && date < to);
    expect(week.map((row) => row["volatility_regime"])).toContain("HIGH");
  });

  it("pulls on Monday, August 24th 2015, and carries its state over August 2011, which found it flat", () => {
    expect(layers.overlay.transitions).toContainEqual({
      date: "2015-08-24",
      from: "NORMAL",
      to: "ELEVATED",
    });
    // Policy took the trend off the market: a flat book has nothing to brake, its regime is kept.
    const august = readArtifact(run.folder, "decisions").filter(
      ({ date }) => "2011-08-12" <= date && date <= "2011-08-31",
    );
    expect(august.length).toBeGreaterThan(1);
    expect(august.map((row) => row["gross_after_policy"])).toEqual(august.map(() => "0"));
    expect(august.every((row) => Number(row["gross_allocated"]) > 0)).toBe(true);
    expect(new Set(august.map((row) => row["brake_regime"]))).toEqual(new Set(["ELEVATED"]));
  });

  describe("taken from that run", () => {
    let home: string;
    beforeAll(() => {
      home = join(own, "home");
      cpSync(run.home, home, { recursive: true });
    });

    const regimes = (): string => join(home, "runs", run.json.run_id, "artifacts", "regimes.csv");
    const hashOf = (path: string): string =>
      createHash("sha256").update(readFileSync(path)).digest("hex");
    const precomputed = (id: string, sha256: string): Promise<Finished> =>
      assay(
        [
          ...["run", exampleFolder("etf-trend"), "--json", "--set", "overlay.mode=precomputed"],
          ...["--set", `overlay.run="${id}"`, "--set", `overlay.sha256="${sha256}"`],
        ],
        home,
      );

    it("gives the same weights, orders and equity, bit for bit", async () => {
      const { code, stdout, stderr } = await precomputed(run.json.run_id, hashOf(regimes()));
      expect([code, stderr]).toEqual([0, ""]);
      const again = JSON.parse(stdout) as RunJson;
      expect(again.run_id).not.toBe(run.json.run_id);
      const { mode, applied, bound_on } = (again.layers as Layers).overlay;
      expect({ mode, applied, bound_on }).toEqual({
        mode: "precomputed",
        applied: layers.decisions,
        bound_on: layers.overlay.bound_on,
      });
      for (const name of ["weights", "fills", "equity"]) {
        const [a, b] = [run.folder, join(home, "runs", again.run_id)].map((folder) =>
          readFileSync(join(folder, "artifacts", `${name}.csv`), "utf8"),
        );
        // Ids of variants and orders hold the mandate's strategies alone, and so are the same too.
        expect([name, b === a]).toEqual([name, true]);
      }
    });

    it("refuses a run that is not there", async () => {
      const missing = "0".repeat(32);
      const { code, stdout } = await precomputed(missing, hashOf(regimes()));
      expect([code, messageOf(stdout)]).toEqual([
        3,
        expect.stringMatching(new RegExp(`^overlay\\.run: there is no finished run ${missing} `)),
      ]);
    });

    it("refuses another hash than the file's, and the file with one byte altered", async () => {
      const hash = hashOf(regimes());
      const wrong = await precomputed(run.json.run_id, "f".repeat(64));
      expect([wrong.code, messageOf(wrong.stdout)]).toEqual([3, namesBoth(hash, "f".repeat(64))]);
      const bytes = readFileSync(regimes());
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(regimes(), bytes);
      const altered = await precomputed(run.json.run_id, hash);
      expect([altered.code, messageOf(altered.stdout)]).toEqual([
        3,
        namesBoth(hashOf(regimes()), hash),
      ]);
      // Named as it now is, it is still not what the run wrote.
      const named = await precomputed(run.json.run_id, hashOf(regimes()));
      expect([named.code, messageOf(named.stdout)]).toEqual([
        3,
        expect.stringMatching(
          `^overlay\\.run: .* has the hash ${hashOf(regimes())}, the run recorded ${hash};`,
        ),
      ]);
    });
  });
});

function namesBoth(found: string, wanted: string): unknown {
  return expect.stringMatching(
    new RegExp(`^overlay\\.sha256: .* has the hash ${found}, the mandate names ${wanted};`),
  );
}

function messageOf(stdout: string): string {
  return (JSON.parse(stdout) as { error: { message: string } }).error.message;
}

function changesIn(
  rows: readonly { readonly [column: string]: string }[],
  column: string,
): readonly { date: string; from: string; to: string }[] {
  let before = "UNKNOWN";
  return rows.flatMap((row) => {
    const [from, to] = [before, row[column]];
    before = to;
    return from === to ? [] : [{ date: row["date"], from, to }];
  });
}
