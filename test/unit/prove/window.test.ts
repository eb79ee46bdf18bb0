/** The newest sessions of a pack: what is cut, what is kept whole. */
import { describe, expect, it } from "vitest";
import { parseIsoDate } from "../../../src/base/instant.ts";
import type { BacktestPack } from "../../../src/domain/pack.ts";
import { simulatedContent } from "../../../src/market/sources/simulated.ts";
import { newestSessions } from "../../../src/engine/prove/window.ts";
import { dataSection } from "../../../src/market/section.ts";
import type { DataSettings } from "../../../src/market/section.ts";

const data = {
  ...dataSection.defaults,
  kind: "simulated",
  simulated: { market: "calibrated", start: "2015-01-02", years: 1, instruments: 5, sessions: 9 },
} as unknown as DataSettings;
const whole: BacktestPack = {
  kind: "SIMULATED",
  id: "pack",
  rights: [],
  ...simulatedContent(data, 3),
};
const from = parseIsoDate("2015-09-01") as number;
const cut = newestSessions(whole, from);

describe("the newest sessions", () => {
  it("every column of every series is its own tail", () => {
    expect(cut.series.length).toBe(whole.series.length);
    cut.series.forEach((series, i) => {
      const before = whole.series[i];
      const first = before.timesMs.findIndex((ms) => ms >= from);
      expect(first).toBeGreaterThan(0);
      expect(series.timesMs).toEqual(before.timesMs.slice(first));
      for (const name of ["open", "high", "low", "close", "volume"] as const) {
        expect(series[name]).toEqual(before[name]?.slice(first) ?? null);
      }
      for (const name of ["contract", "expiryMs", "nextExpiryMs", "nextClose"] as const) {
        expect(series.futures?.[name]).toEqual(before.futures?.[name].slice(first));
      }
    });
  });

  it("references stay whole, actions from before are gone", () => {
    expect(cut.references).toBe(whole.references);
    expect(cut.actions).toEqual(whole.actions.filter(({ exDateMs }) => exDateMs >= from));
    expect(whole.actions.length).toBeGreaterThan(cut.actions.length);
  });

  it("a series that ended before has no place in the window", () => {
    const [first, ...others] = whole.series;
    const timesMs = first.timesMs.map((ms) => ms - 400 * 86_400_000);
    const gone = { ...whole, series: [{ ...first, timesMs }, ...others] };
    expect(newestSessions(gone, from).series.length).toBe(others.length);
  });
});
