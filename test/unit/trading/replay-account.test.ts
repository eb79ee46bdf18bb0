/**
 * Every recorded day, executed again from the state it was opened with, gives its entries, its chain and the
 * state of the next; what was changed in the record, chain and all, is found on its day and by its entry.
 */
import { describe, expect, it } from "vitest";
import type { AccountEntry } from "../../../src/domain/trading-entry.ts";
import { type DayReplay, replayAccount } from "../../../src/engine/trading/replay-account.ts";
import type { Flavour } from "../../simulation/market.ts";
import { changed, forged, nth, without } from "../../support/forged-journal.ts";
import { type SimulatedAccount, simulatedAccount } from "../../support/simulated-account.ts";

async function replayed(
  { doors, terms, recorded }: SimulatedAccount,
  date: string | null = null,
): Promise<readonly DayReplay[]> {
  const days: DayReplay[] = [];
  for await (const day of replayAccount(doors, terms, recorded, date)) days.push(day);
  return days;
}

const accounts = new Map<Flavour, SimulatedAccount>();
async function account(flavour: Flavour): Promise<SimulatedAccount> {
  const known = accounts.get(flavour) ?? (await simulatedAccount(flavour, 4));
  accounts.set(flavour, known);
  return known;
}

/** What replay says of a record that somebody changed, by day. */
async function afterForgery(edit: (entries: AccountEntry[]) => readonly AccountEntry[]) {
  const whole = await account("layers");
  const recorded = forged(whole.recorded, edit);
  const days = await replayed({ ...whole, recorded });
  const differing = days.filter(({ differences }) => differences.length > 0);
  return { days, recorded, differing, told: differing.flatMap(({ differences }) => differences) };
}

describe("a recorded day", () => {
  it.each<Flavour>(["direct", "layers", "close"])("comes out as it was: %s", async (flavour) => {
    const whole = await account(flavour);
    const days = await replayed(whole);
    expect(days.flatMap(({ differences }) => differences)).toEqual([]);
    expect(days).toHaveLength(4);
    const { rows, entries } = whole.recorded;
    const first = nth(entries, "day_opened").seq;
    expect(days.reduce((sum, { compared }) => sum + compared, 0)).toBe(rows.length - first + 1);
    expect(days.every(({ derived }) => derived > 2)).toBe(true);
    // Invariant 20: the chain over what was executed ends where the journal does.
    expect(days.at(-1)?.head).toEqual({ seq: rows.length, hash: rows[rows.length - 1].hash });
  });

  it("is executed by itself", async () => {
    const whole = await account("direct");
    const { date } = nth(whole.recorded.entries, "day_opened", 2).payload;
    const days = await replayed(whole, date);
    expect(days.map((day) => [day.date, day.differences])).toEqual([[date, []]]);
    expect(await replayed(whole, "1999-01-04")).toEqual([]);
  });

  it("does not lean on the day before it", async () => {
    const whole = await account("layers");
    const { recorded } = whole;
    const second = nth(recorded.entries, "day_opened", 1).at;
    const altered = forged(recorded, (entries) => changed(entries, "decision", { nav_minor: 1 }));
    expect(nth(recorded.entries, "decision").at).toBeLessThan(second);
    const [first, ...rest] = await replayed({ ...whole, recorded: altered });
    expect(first.differences).toHaveLength(1);
    expect(rest.flatMap(({ differences }) => differences)).toEqual([]);
  });
});

describe("a record that was changed with its chain", () => {
  it("is found at an altered decision, and says how", async () => {
    const { told, differing, recorded } = await afterForgery((entries) => {
      const { payload } = nth(entries, "decision", 1);
      const [one, ...rest] = payload.signals;
      return changed(entries, "decision", {
        n: 1,
        signals: [{ ...one, price: one.price + 1 }, ...rest],
      });
    });
    const { seq } = nth(recorded.entries, "decision", 1);
    expect(told[0]).toContain(`entry ${seq} (decision) differs: recorded`);
    expect(differing[0].date).toBe(nth(recorded.entries, "day_opened", 1).payload.date);
  });

  it("is found at the fill that does not follow from a changed execution", async () => {
    const { told, recorded } = await afterForgery((entries) =>
      changed(entries, "venue_fill", { price: "77.77" }),
    );
    const { seq } = nth(recorded.entries, "fill");
    expect(told[0]).toContain(`entry ${seq} (fill) differs`);
    expect(told[0]).toMatch(
      /recorded .*"notional_minor":-?\d+.*executed again .*"notional_minor":-?\d+/,
    );
  });

  it("is found where an entry that follows was left out", async () => {
    const { told, recorded } = await afterForgery((entries) => without(entries, "fill"));
    const { seq } = nth(recorded.entries, "venue_fill");
    expect(told[0]).toContain(`entry ${seq + 1} (`);
  });

  it("is found where an entry that follows was put in", async () => {
    const { told, recorded } = await afterForgery((entries) => {
      const { at } = nth(entries, "order");
      return entries.toSpliced(at, 0, entries[at]);
    });
    const { seq } = nth(recorded.entries, "order", 1);
    expect(told[0]).toContain(`entry ${seq} (order)`);
  });

  it("is found where a day is said to have left another state", async () => {
    const { told, recorded } = await afterForgery((entries) => {
      const { files } = nth(entries, "day_closed", 2).payload;
      return changed(entries, "day_closed", { n: 1, files });
    });
    const { date } = nth(recorded.entries, "day_closed", 1).payload;
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/is [0-9a-f]{64}, executed again it is [0-9a-f]{64}: \S+ was .*, is /);
    expect(told[0]).toContain(`the state at the close of ${date}`);
  });

  it("is found where the decision is said not to have been due", async () => {
    const { told, recorded } = await afterForgery((entries) =>
      changed(entries, "decided", { on_schedule: false }),
    );
    const { seq } = nth(recorded.entries, "decision");
    expect(told[0]).toContain(`entry ${seq} (decision) does not follow from the facts before it`);
  });

  it("is found in the close, where its sums were changed", async () => {
    const { told } = await afterForgery((entries) =>
      changed(entries, "session_closed", { nav_minor: 7 }),
    );
    expect(told[0]).toMatch(/entry \d+ \(session_closed\) differs: recorded .*"nav_minor":7/);
  });

  it("is found where a day is said to begin with another day's state", async () => {
    const { told, differing, recorded } = await afterForgery((entries) => {
      const { state_sha256: other } = nth(entries, "day_opened", 1).payload;
      return changed(entries, "day_opened", { n: 2, state_sha256: other });
    });
    const [second, third] = [1, 2].map((n) => nth(recorded.entries, "day_opened", n).payload.date);
    expect(differing.map(({ date }) => date)).toContain(second);
    expect(differing.map(({ date }) => date)).toContain(third);
    expect(told[0]).toContain(`the state that ${third} was opened with`);
  });

  it("is found where the first day is said to begin with less than was there", async () => {
    const { told } = await afterForgery((entries) => changed(entries, "flow", { amount_minor: 5 }));
    expect(told[0]).toMatch(
      /the state that .*, the first day, was opened with is .*Minor was \d+, is 5$/,
    );
  });

  it("is found where a day cannot be executed at all", async () => {
    const { told } = await afterForgery((entries) =>
      changed(entries, "venue_fill", { order_id: "nobody" }),
    );
    expect(told[0]).toMatch(/entry \d+ \(venue_fill\) cannot be executed: .*nobody/);
  });
});
