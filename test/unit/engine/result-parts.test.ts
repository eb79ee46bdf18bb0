/**
 * Where a result came from: by kind exactly the change in equity, by line the same but for the half
 * cent that each line may be rounded by; in the account's currency and from abroad.
 */
import { describe, expect, it } from "vitest";
import type { ResultParts } from "../../../src/domain/result-parts.ts";
import { checkBooks } from "../../../src/engine/audit.ts";
import { resultParts } from "../../../src/engine/result-parts.ts";
import type { Kernel } from "../../../src/engine/state.ts";
import type { LedgerEntry } from "../../../src/records/ledger/fold.ts";
import { runLayered } from "../../support/layered-fixture.ts";
import { randomLayers } from "../../support/layered-random.ts";
import { soundRun } from "../../support/market-fixture.ts";

function partsOf(k: Kernel, entries: readonly LedgerEntry[]): ResultParts {
  const { closed } = checkBooks(k, entries, "fifo");
  if (closed === null) throw new Error("the books were not closed");
  return resultParts(k, closed);
}

/** In whole cents: the kinds less the change, and the lines less the change. */
function missing({ change, kinds, lines }: ResultParts): { kinds: number; lines: number } {
  const { realised, unrealised, dividends, fees, financing, borrow, fx } = kinds;
  const cents = (value: number) => Math.round(value * 100);
  const earned = [realised, unrealised, dividends, fx].map(cents).reduce((a, b) => a + b);
  const paid = [fees, financing, borrow].map(cents).reduce((a, b) => a + b);
  const byLine = lines.map(({ result }) => cents(result)).reduce((a, b) => a + b, 0);
  return { kinds: earned - paid - cents(change), lines: byLine - cents(change) };
}

describe("the parts of a result", () => {
  it("add up to the change in equity over random portfolios, foreign currencies among them", () => {
    let abroad = 0;
    let shared = 0;
    for (let seed = 0; seed < 25; seed++) {
      const { market, settings } = randomLayers(seed);
      const { k, entries } = runLayered(market, settings);
      const parts = partsOf(k, entries);
      const off = missing(parts);
      expect(off.kinds, `seed ${seed}`).toBe(0);
      expect(Math.abs(off.lines), `seed ${seed}`).toBeLessThanOrEqual(parts.lines.length);
      abroad += parts.lines.filter(({ rate, result }) => rate !== 1 && result !== 0).length;
      shared += parts.lines.filter(({ strategy }) => strategy !== "").length;
      expect(parts.by).toBe("sleeve");
    }
    expect(abroad).toBeGreaterThan(5);
    expect(shared).toBeGreaterThan(25);
  });

  it("stand by instrument before costs where one strategy trades each, and say the costs apart", () => {
    const bars = {
      "2021-03-04": [100, 100, 100, 100],
      "2021-03-05": [100, 100, 100, 100],
      "2021-03-08": [110, 110, 110, 110],
    } as const;
    const wishes = { "2021-03-04": { weight: 2 } };
    const run = soundRun(
      { A: { bars, wishes } },
      { limits: { gross: 2 }, financing: { debit_rate: 0.05 } },
    );
    const parts = partsOf(run.k, run.entries);
    expect(missing(parts)).toEqual({ kinds: 0, lines: 0 });
    // 200 lots gained 10.00 each; three days' interest on a debit of 10 000.00 at 1.39 a day.
    expect(parts.lines).toMatchObject([
      { instrument: "A", gains: 2000, costs: 0, rate: 1, result: 2000 },
      { strategy: "", instrument: "", gains: 0, costs: 4.17, result: -4.17 },
    ]);
    expect(parts).toMatchObject({ by: "instrument", deposit: 10_000, final: 11_995.83 });
  });

  it("are counted by a sum that can fail", () => {
    const { market, settings } = randomLayers(1);
    const { k, entries } = runLayered(market, settings);
    const parts = partsOf(k, entries);
    const cut = { ...parts, kinds: { ...parts.kinds, fees: parts.kinds.fees + 0.01 } };
    expect(missing(cut).kinds).toBe(-1);
    expect(missing({ ...parts, lines: parts.lines.slice(1) }).lines).not.toBe(0);
  });
});
