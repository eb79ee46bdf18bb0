/** The calibrated market as a pack: what comes in, how it is cut, stored and read again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openPackStore } from "../../../src/adapters/storage/pack-store.ts";
import { parseIsoDate } from "../../../src/base/instant.ts";
import { trackReads } from "../../../src/mandate/reads.ts";
import { buildContent } from "../../../src/market/build.ts";
import { packCodec, packId } from "../../../src/market/packs/content.ts";
import { type DataSettings, dataSection } from "../../../src/market/section.ts";
import { calibratedMarket } from "../../../src/market/simulated/calibrated/market.ts";
import { DEFAULTS, calibrated, settings, sha256 } from "./fixture.ts";

const home = mkdtempSync(join(tmpdir(), "assay-calibrated-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const at = (date: string) => parseIsoDate(date) ?? Number.NaN;
const whole = calibrated(7);

describe("the calibrated market as a pack", () => {
  it("is the market of its seed, start and years, labelled SIMULATED", () => {
    const market = calibratedMarket({ seed: 7, startMs: at("2010-01-04"), years: 3 });
    expect(whole.content).toEqual({ kind: "SIMULATED", rights: ["simulated"], ...market });
    expect(packId(calibrated(7).content, sha256)).toBe(packId(whole.content, sha256));
    expect(packId(calibrated(8).content, sha256)).not.toBe(packId(whole.content, sha256));
    expect(calibrated(7, { years: 4 }).content.series[0].timesMs.length).toBeGreaterThan(
      whole.content.series[0].timesMs.length,
    );
    expect(whole.quality.references.map(({ reference }) => reference)).toEqual([
      "EURUSD",
      "JPYUSD",
      "VIX",
    ]);
  });

  it("from and to cut bars, futures columns, references and actions alike", () => {
    const fromMs = at("2011-03-05");
    const toMs = at("2011-10-01");
    const { content, quality } = calibrated(7, { data: { from: "2011-03-05", to: "2011-10-01" } });
    const inside = (ms: number) => ms >= fromMs && ms <= toMs;
    const expected = (times: Float64Array, values: Float64Array) =>
      values.filter((_, t) => inside(times[t]));
    let outside = 0;
    content.series.forEach((series, k) => {
      const all = whole.content.series[k];
      outside += all.timesMs.length - series.timesMs.length;
      expect(series.timesMs).toEqual(expected(all.timesMs, all.timesMs));
      for (const field of ["open", "high", "low", "close", "volume"] as const) {
        expect(series[field]).toEqual(expected(all.timesMs, all[field] ?? new Float64Array(0)));
      }
      expect(series.futures === null).toBe(all.futures === null);
      if (series.futures === null || all.futures === null) return;
      for (const field of ["contract", "expiryMs", "nextExpiryMs", "nextClose"] as const) {
        expect(series.futures[field]).toEqual(expected(all.timesMs, all.futures[field]));
      }
    });
    content.references.forEach((reference, k) => {
      const all = whole.content.references[k];
      outside += all.timesMs.length - reference.timesMs.length;
      expect(reference).toEqual({
        ...all,
        timesMs: expected(all.timesMs, all.timesMs),
        values: expected(all.timesMs, all.values),
      });
    });
    expect(content.actions).toEqual(whole.content.actions.filter((a) => inside(a.exDateMs)));
    expect(content.actions.length).toBeGreaterThan(0);
    expect(quality.rows_outside_range).toBe(outside);
    expect(() => calibrated(7, { data: { from: "2020-01-01" } })).toThrow(/has no usable bar/);
  });

  it("is stored once and read again as it was", async () => {
    const open = () => openPackStore({ home, codec: packCodec(sha256), sha256 });
    const row = { lineage: "l", knownFromMs: 1 };
    const { pack, created } = await (await open()).put(whole.content, {}, row);
    expect(created).toBe(true);
    expect(await (await open()).get(pack.id)).toEqual(pack);
    expect((await (await open()).put(calibrated(7).content, {}, row)).created).toBe(false);
  });

  it.each<readonly [DataSettings["simulated"]["market"]]>([["shares"], ["calibrated"]])(
    "market %s leaves exactly those keys unread that its section calls inapplicable",
    (market) => {
      const data = settings({
        kind: "simulated",
        simulated: { ...DEFAULTS.simulated, market, years: 1, sessions: 30 },
        instruments: {
          [market === "shares" ? "SIM01" : "SX_EQ_US"]: {
            tick: 0.25,
            sector: "own",
            worked_example: { move: 1, lots: 1, profit: market === "shares" ? 1 : 50 },
          },
        },
      });
      const { values, unread } = trackReads(data);
      buildContent(values, { tables: [], seed: 1 });
      const idle = dataSection.inapplicable?.(data as never) ?? [];
      const isIdle = (key: string) => idle.some((top) => key === top || key.startsWith(`${top}.`));
      // as_of, and the files that a simulated market has none of, are read before content is built.
      const before = ["as_of", "sources", "references"];
      const left = unread().filter((key) => !before.includes(key));
      expect(left.filter((key) => !isIdle(key))).toEqual([]);
      const leftTops = idle.filter((top) =>
        unread().some((key) => key === top || key.startsWith(`${top}.`)),
      );
      expect(leftTops).toEqual(idle);
    },
  );
});
