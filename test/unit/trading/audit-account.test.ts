/** An account's journal held against itself: sound records pass, and each thing that can be false is told. */
import { beforeAll, describe, expect, it } from "vitest";
import type { AccountEntry } from "../../../src/domain/trading-entry.ts";
import { auditAccount, packsNamed } from "../../../src/engine/trading/audit-account.ts";
import { changed, forged, nth, without } from "../../support/forged-journal.ts";
import { type SimulatedAccount, simulatedAccount } from "../../support/simulated-account.ts";

let account: SimulatedAccount;
beforeAll(async () => {
  account = await simulatedAccount("layers", 4);
});

function findingsAfter(edit: (entries: AccountEntry[]) => readonly AccountEntry[]) {
  const { entries } = forged(account.recorded, edit);
  return { entries, findings: auditAccount(entries, account.markets).findings };
}

/** A copy of an entry with some fields changed, put in right after it. */
function twice(
  entries: AccountEntry[],
  kind: "venue_fill" | "day_closed" | "order_ended" | "order",
) {
  const { at } = nth(entries, kind);
  return entries.toSpliced(at + 1, 0, entries[at]);
}

/** Of an entry that ends signals after their decision. */
function placeOfAnEnd(entries: readonly AccountEntry[]): number {
  return entries.findIndex(({ payload }) => "terminals" in payload && payload.terminals.length > 0);
}

describe("the audit of an account", () => {
  it.each(["direct", "layers", "close"] as const)("finds a calm one sound: %s", async (flavour) => {
    const { recorded, markets } = await simulatedAccount(flavour, 4);
    const { checked, findings } = auditAccount(recorded.entries, markets);
    expect(findings).toEqual([]);
    expect(checked).toMatchObject({ days: 4, sessions: 4 });
    expect(Math.min(checked.signals, checked.orders, checked.executions)).toBeGreaterThan(5);
  });

  it("values what was held on a day that nothing ran on at that day's own closes", async () => {
    // The process dies at its first step on every day but the last: the second day is missed.
    const over = { kills: [null, 1, 1, 1, 1, 1, 1], awayMs: [40_000_000] };
    const { recorded, markets } = await simulatedAccount("direct", 3, over);
    const missed = recorded.entries.some(
      ({ payload }) => payload.kind === "day_closed" && payload.status === "MISSED",
    );
    expect(missed).toBe(true);
    const { checked, findings } = auditAccount(recorded.entries, markets);
    expect(findings).toEqual([]);
    expect(checked.sessions).toBe(3);
  });

  it("names packs with the entry that names them first, and misses one that is not there", () => {
    const { entries } = account.recorded;
    const [id] = account.markets.keys();
    expect([...packsNamed(entries)]).toEqual([[id, nth(entries, "day_opened").seq]]);
    const { checked, findings } = auditAccount(entries, new Map());
    expect(checked.sessions).toBe(0);
    expect(findings.join("\n")).toMatch(/the books cannot be folded on/);
  });

  type Plant = [string, (entries: AccountEntry[]) => readonly AccountEntry[], RegExp];
  it.each<Plant>([
    [
      "a signal that nothing ends",
      (entries) => {
        const at = placeOfAnEnd(entries);
        const payload = { ...entries[at].payload, terminals: [] } as AccountEntry["payload"];
        return entries.with(at, { ...entries[at], payload });
      },
      /raises signal \w+, which never ended, and nothing of it is at work/,
    ],
    [
      "a signal that ends twice",
      (entries) => {
        const at = placeOfAnEnd(entries);
        const ended = entries[at].payload as Extract<AccountEntry["payload"], { kind: "fill" }>;
        const payload = { ...ended, terminals: [...ended.terminals, ...ended.terminals] };
        return entries.with(at, { ...entries[at], payload });
      },
      /ends signal \w+ as \w+; it had ended in entry \d+/,
    ],
    [
      "a signal that nothing raised",
      (entries) => changed(entries, "decision", { signals: [] }),
      /signal \w+(?:, which nothing raised| as \w+, and nothing raised it)/,
    ],
    ["an order that is made twice", (entries) => twice(entries, "order"), /was ordered before/],
    [
      "a fill of no order",
      (entries) => without(entries, "order"),
      /is of order \w+, which nothing made/,
    ],
    [
      "an execution that is booked twice",
      (entries) => twice(entries, "venue_fill"),
      /books execution \S+ again, entry \d+ had/,
    ],
    ["an execution that is not booked", (entries) => without(entries, "fill"), /was never booked/],
    [
      "a fill that no venue told of",
      (entries) => without(entries, "venue_fill"),
      /books a fill of order \w+ that no venue told of/,
    ],
    [
      "a fill at another price",
      (entries) => changed(entries, "fill", { price: 1.25 }),
      /books a fill of order \w+ at 1\.25; execution/,
    ],
    [
      "a close with other cash",
      (entries) => changed(entries, "session_closed", { n: 1, cash_minor: 12 }),
      /hold cash of \d+ minor units, session_closed says 12/,
    ],
    [
      "a close at other worth",
      (entries) => changed(entries, "session_closed", { n: 1, nav_minor: 12 }),
      /are worth \d+ minor units at the pack's closes, session_closed says 12/,
    ],
    [
      "money that came from nowhere",
      (entries) => changed(entries, "flow", { amount_minor: 10_000_001 }),
      /the books of .* hold cash of/,
    ],
    [
      "a day that is closed twice",
      (entries) => twice(entries, "day_closed"),
      /closes \S+ again, entry \d+ had/,
    ],
    ["a day that is not closed", (entries) => without(entries, "day_closed"), /was never closed/],
    [
      "a day that was before",
      (entries) => changed(entries, "day_opened", { n: 1, date: "2019-02-26" }),
      /opens 2019-02-26 after \S+ was opened/,
    ],
    [
      "a session whose bars nobody knew",
      (entries) => changed(entries, "session_closed", { date: "2020-01-06" }),
      /closes the session 2020-01-06; the bars that were known are of 20/,
    ],
    [
      "a journal without a beginning",
      (entries) => entries.slice(1),
      /does not begin with account_opened/,
    ],
  ])("finds %s", (_, edit, message) => {
    expect(findingsAfter(edit).findings.join("\n")).toMatch(message);
  });
});
