import { describe, expect, it } from "vitest";
import { weekdayOfDays, dayNumber } from "../../../src/base/instant.ts";
import { adjustInputs } from "../../../src/market/actions/adjust.ts";
import { buildContent } from "../../../src/market/build.ts";
import { packId } from "../../../src/market/packs/content.ts";
import type { DataSettings } from "../../../src/market/section.ts";
import { DEFAULTS, settings, sha256 } from "./fixture.ts";

const simulate = (seed: number, changes: Partial<DataSettings> = {}) =>
  buildContent(settings({ kind: "simulated", ...changes }), { tables: [], seed });

const whole = simulate(7);

function returnsOf(index: number, seed = 7): Float64Array {
  const { content } = seed === 7 ? whole : simulate(seed);
  const { totalReturn } = adjustInputs(content.series[index], content.actions);
  return totalReturn.subarray(1).map((value, t) => value / totalReturn[t] - 1);
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

function kurtosis(values: Float64Array): number {
  const centre = mean(values);
  const moment = (power: number) => mean(values.map((x) => (x - centre) ** power));
  return moment(4) / moment(2) ** 2;
}

function autocorrelation(values: Float64Array, lag: number): number {
  const centre = mean(values);
  const head = values.subarray(0, -lag);
  const tail = values.subarray(lag);
  return (
    mean(head.map((x, t) => (x - centre) * (tail[t] - centre))) /
    mean(values.map((x) => (x - centre) ** 2))
  );
}

describe("the simulated market", () => {
  it("is labelled, and the same for the same seed alone", () => {
    expect(whole.content.kind).toBe("SIMULATED");
    expect(whole.content.rights).toEqual(["simulated"]);
    const id = packId(whole.content, sha256);
    expect(packId(simulate(7).content, sha256)).toBe(id);
    expect(packId(simulate(8).content, sha256)).not.toBe(id);
    expect(packId({ ...whole.content, kind: "REAL" }, sha256)).not.toBe(id);
    expect(id).toMatchInlineSnapshot(
      `"6b0475bc6986f71f2014c68d5b118043870bd5e10af00fe95c08a8d53e592b8b"`,
    );
  });

  it("has five equities over 2,520 weekdays, open to close within high and low, on the tick", () => {
    expect(whole.content.series.map(({ instrument }) => instrument.id)).toEqual([
      "SIM01",
      "SIM02",
      "SIM03",
      "SIM04",
      "SIM05",
    ]);
    for (const { timesMs, open, high, low, close, volume, instrument } of whole.content.series) {
      if (open === null || high === null || low === null || volume === null)
        throw new Error("a column is missing");
      expect(timesMs).toHaveLength(2520);
      expect(instrument.tick).toBe(0.01);
      for (let t = 0; t < 2520; t++) {
        expect(weekdayOfDays(dayNumber(timesMs[t]))).toBeLessThan(5);
        expect(low[t]).toBeLessThanOrEqual(Math.min(open[t], close[t]));
        expect(high[t]).toBeGreaterThanOrEqual(Math.max(open[t], close[t]));
        expect(low[t]).toBeGreaterThan(0);
        expect(volume[t]).toBeGreaterThan(0);
        for (const price of [open[t], high[t], low[t], close[t]])
          expect(Number(price.toFixed(2))).toBe(price);
      }
    }
  });

  it("gaps overnight", () => {
    const [{ open, close }] = whole.content.series;
    const gaps = close
      .subarray(0, -1)
      .map((before, t) => Math.abs((open?.[t + 1] ?? 0) / before - 1));
    expect(mean(gaps)).toBeGreaterThan(0.002);
  });

  it("passes its own quality checks: the split is no jump", () => {
    expect(whole.quality.findings).toEqual([]);
  });

  it("splits the first equity 3:1 once and pays it quarterly, later than the ex-date", () => {
    const { actions } = whole.content;
    const splits = actions.filter((action) => action.kind === "split");
    expect(splits).toMatchObject([{ instrument: "SIM01", ratio: 3 }]);
    const dividends = actions.filter((action) => action.kind === "dividend");
    expect(dividends.length).toBeGreaterThanOrEqual(37);
    for (const dividend of dividends) {
      expect(dividend.instrument).toBe("SIM01");
      expect(dividend.payDateMs).toBeGreaterThan(dividend.exDateMs);
      expect(weekdayOfDays(dayNumber(dividend.payDateMs))).toBeLessThan(5);
      expect(Number(dividend.amountPerUnit.toFixed(2))).toBe(dividend.amountPerUnit);
    }
    const [{ timesMs, close }] = whole.content.series;
    const at = timesMs.indexOf(splits[0].exDateMs);
    expect(close[at - 1] / close[at]).toBeGreaterThan(2.5);
  });

  it.each([7, 8, 9])("has fat tails and clustering volatility (seed %i)", (seed) => {
    const all = [0, 1, 2, 3, 4].map((index) => returnsOf(index, seed));
    expect(mean(all.map(kurtosis))).toBeGreaterThan(3.5);
    for (const lag of [1, 5]) {
      const clustering = mean(all.map((returns) => autocorrelation(returns.map(Math.abs), lag)));
      expect(clustering).toBeGreaterThan(0.05);
    }
    // The signs are close to independent: no trend is planted.
    expect(Math.abs(mean(all.map((returns) => autocorrelation(returns, 1))))).toBeLessThan(0.05);
  });

  it("leaves the others as they are when an instrument is added, and cuts by date", () => {
    const six = simulate(7, { simulated: { ...DEFAULTS.simulated, instruments: 6 } });
    expect(six.content.series.slice(0, 5)).toEqual(whole.content.series);
    const cut = simulate(7, { from: "2012-01-01", to: "2012-12-31" });
    expect(cut.quality.series[0]).toMatchObject({
      rows: 261,
      from: "2012-01-02",
      to: "2012-12-31",
    });
    expect(cut.content.actions.length).toBeLessThan(whole.content.actions.length);
    expect(() => simulate(7, { from: "2030-01-01" })).toThrow(/SIM01 has no usable bar/);
  });
});
