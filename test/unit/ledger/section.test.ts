/** The account section: what it accepts, and each refusal. */
import { describe, expect, it } from "vitest";
import { isoDigits } from "../../../src/records/ledger/currency.ts";
import { type AccountSettings, accountSection } from "../../../src/records/ledger/section.ts";

const GOOD: AccountSettings = {
  currency: "USD",
  currency_digits: 2,
  initial_equity: 100_000.25,
  lot_method: "fifo",
};

function issues(over: Partial<AccountSettings>): readonly string[] {
  const check = accountSection.check as (
    values: AccountSettings,
    mandate: object,
  ) => readonly { path: readonly unknown[]; message: string }[];
  return check({ ...GOOD, ...over }, {}).map((i) => `${i.path.join(".")}: ${i.message}`);
}

describe("account section", () => {
  it("accepts a good one; currency and equity have no default", () => {
    expect(accountSection.schema.safeParse(GOOD).success).toBe(true);
    expect(issues({})).toEqual([]);
    expect(accountSection.schema.safeParse(accountSection.defaults).success).toBe(false);
    expect(Object.keys(accountSection.describe).toSorted()).toEqual(Object.keys(GOOD).toSorted());
  });

  it("counts in hundredths and closes the oldest lots first where nothing else is said", () => {
    expect(accountSection.defaults).toEqual({ currency_digits: 2, lot_method: "fifo" });
  });

  it.each([
    { currency: "usd" },
    { currency: "DOLLAR" },
    { initial_equity: 0 },
    { initial_equity: -5 },
    { initial_equity: Number.POSITIVE_INFINITY },
    { currency_digits: 1.5 },
    { lot_method: "random" },
    { lots: "fifo" },
  ])("refuses %o by schema", (over) => {
    expect(accountSection.schema.safeParse({ ...GOOD, ...over }).success).toBe(false);
  });

  it("refuses what contradicts ISO 4217, or what cannot be booked exactly", () => {
    expect(issues({ currency: "XYZ" })).toEqual([
      expect.stringMatching(/^currency: XYZ is not a currency of ISO 4217/),
    ]);
    expect(issues({ currency: "JPY", initial_equity: 5 })).toEqual([
      expect.stringMatching(/^currency_digits: 2, but JPY .* set currency_digits: 0$/),
    ]);
    expect(issues({ initial_equity: 1.005 })).toEqual([
      expect.stringMatching(/^initial_equity: 1\.005 has more decimals than the 2/),
    ]);
    expect(issues({ initial_equity: 1e15 })).toEqual([
      expect.stringMatching(/^initial_equity: .* booked exactly$/),
    ]);
    // 2^53 - 1 cents is the last amount that has a double of its own.
    expect(issues({ initial_equity: (2 ** 53 - 1) / 100 })).toEqual([]);
  });

  it("knows digits that differ from two", () => {
    expect([isoDigits("JPY"), isoDigits("KWD"), isoDigits("EUR"), isoDigits("ABC")]).toEqual([
      0,
      3,
      2,
      null,
    ]);
  });
});
