/** What a broker's own venue is not asked to do: stops beside other orders, orders over a split. */
import { describe, expect, it } from "vitest";
import { refuseStops, splittingOn } from "../../../src/apps/cli/trade-market.ts";

type Options = Parameters<typeof refuseStops>[0];

function options(over: {
  readonly orders?: readonly string[];
  readonly stopAtr?: number | null;
  readonly method?: string;
  readonly isLocal?: boolean;
  readonly mode?: string;
}): Options {
  const values = {
    allocation: { method: over.method ?? "erc" },
    sizing: { stop_atr: over.stopAtr ?? null },
  };
  return {
    loaded: { resolved: { values } },
    uses: [{ name: "trend", strategy: { orders: over.orders ?? [] } }],
    isLocal: over.isLocal ?? false,
    mode: over.mode ?? "paper",
  } as unknown as Options;
}

describe("protective stops at a broker's own venue", () => {
  it.each([
    ["a strategy's", { orders: ["stop"], method: "direct" }, /strategy trend may place/],
    ["those of sizing", { stopAtr: 3 }, /sizing\.stop_atr places/],
  ])("%s are refused, with what to do", (_, over, words) => {
    expect(() => refuseStops(options(over))).toThrow(words);
    expect(() => refuseStops(options({ ...over, isLocal: true }))).not.toThrow();
    expect(() => refuseStops(options({ ...over, mode: "dry_run" }))).not.toThrow();
  });

  it("are not seen where there are none", () => {
    expect(() => refuseStops(options({ orders: ["limit"], stopAtr: null }))).not.toThrow();
    expect(() => refuseStops(options({ stopAtr: 3, method: "direct" }))).not.toThrow();
  });
});

it("knows what splits at the open of a date, and nothing else", () => {
  const exDateMs = Date.UTC(2024, 5, 10);
  const split = { kind: "split", instrument: "AAA", exDateMs, ratio: 10 } as const;
  const later = { ...split, instrument: "BBB", exDateMs: exDateMs + 86_400_000 };
  const dividend = {
    kind: "dividend",
    instrument: "CCC",
    exDateMs,
    payDateMs: exDateMs,
    amountPerUnit: 1,
  } as const;
  expect([...splittingOn({ actions: [split, later, dividend] }, "2024-06-10")]).toEqual(["AAA"]);
});
