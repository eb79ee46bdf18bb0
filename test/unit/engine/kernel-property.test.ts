/**
 * Random markets and random wishes: whatever happens, signals and stops are conserved, every order
 * ends once, the books of the journal are the kernel's to the cent on every day, and nobody's
 * listening changes a bit. The checks are shown to find planted faults. Ten thousand seeds: soak.
 */
import { describe, expect, it } from "vitest";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { entriesOf, type Outcome, soundRun } from "../../support/market-fixture.ts";
import { checkRun, type Recorded } from "../../support/run-checks.ts";
import { randomRun } from "../../support/random-market.ts";
import { checkSeeds } from "../../support/random-checks.ts";

function recordedOf({ k, entries, nav, cash }: Outcome): Recorded {
  return { world: k.world, entries, nav, cash, shorts: k.plan.limits.shorts };
}

/** The first seed with enough of everything that a fault can be planted in. */
function busyRun(): Recorded {
  for (let seed = 0; seed < 100; seed++) {
    const { market, settings } = randomRun(seed);
    const run = soundRun(market, settings);
    const kinds = (["fill", "order_ended", "order", "decision"] as const).map(
      (kind) => entriesOf(run, kind).length,
    );
    if (Math.min(...kinds) >= 5) return recordedOf(run);
  }
  return expect.fail("no seed is busy");
}

describe("random markets", () => {
  const seen = checkSeeds(0, 300);

  it("of 300 seeds keep every rule of a run", () => {
    expect(seen.findings).toEqual([]);
  });

  it("saw what they were made for: every end, every kind of order, splits, dividends, ruin", () => {
    expect([...seen.met].toSorted()).toEqual([
      "accrual borrow",
      "accrual financing",
      "dividend",
      "dividend_paid",
      "fill limit",
      "fill market",
      "fill on_close",
      "fill on_open",
      "fill stop",
      "order_ended cancelled",
      "order_ended expired",
      "order_ended non_positive_price",
      "order_ended replaced",
      "ruined",
      "second leg",
      "split",
      "terminal EXECUTED",
      "terminal EXPIRED",
      "terminal REJECTED_BY_CASH",
      "terminal REJECTED_BY_DUPLICATE",
      "terminal REJECTED_BY_FRESHNESS",
      "terminal REJECTED_BY_RISK_LIMIT",
      "terminal REJECTED_BY_SIZING",
    ]);
  });
});

describe("the checks themselves", () => {
  const busy = busyRun();
  const clean = () => busy;

  function altered(kind: AccountPayload["kind"], change: (p: AccountPayload) => AccountPayload[]) {
    const run = clean();
    // A decision whose signals all ended in it leaves no trace elsewhere: conservation finds that.
    const n = run.entries.findLastIndex(
      ({ payload }) =>
        payload.kind === kind &&
        (payload.kind !== "decision" || payload.signals.some((s) => s.order_ids.length > 0)),
    );
    expect(n, `there is a ${kind} to alter`).toBeGreaterThanOrEqual(0);
    const changed = change(run.entries[n].payload).map((payload) => ({
      ...run.entries[n],
      payload,
    }));
    return checkRun({ ...run, entries: run.entries.toSpliced(n, 1, ...changed) });
  }

  it("find nothing in a clean run", () => {
    expect(checkRun(clean())).toEqual([]);
  });

  it.each([
    ["a lost fill", "fill", () => [], /never ended/],
    ["a fill twice", "fill", (p: AccountPayload) => [p, p], /which does not work/],
    ["a lost end", "order_ended", () => [], /never ended/],
    ["a lost decision", "decision", () => [], /which no decision holds/],
    [
      "a fee of one cent more",
      "fill",
      (p: AccountPayload) => [p.kind === "fill" ? { ...p, fee_minor: p.fee_minor + 1 } : p],
      /cash .* kernel/,
    ],
    [
      "a fill outside its bar",
      "fill",
      (p: AccountPayload) => [
        p.kind === "fill" ? { ...p, reference_price: p.reference_price * 3 } : p,
      ],
      /outside/,
    ],
    [
      "an order no gate judged",
      "order",
      (p: AccountPayload) => [p.kind === "order" ? { ...p, purpose: "open", verdicts: [] } : p],
      /approved on ""/,
    ],
  ] as [string, AccountPayload["kind"], (p: AccountPayload) => AccountPayload[], RegExp][])(
    "find %s",
    (_, kind, change, finding) => {
      expect(altered(kind, change).join("\n")).toMatch(finding);
    },
  );

  it("find a kernel that is one cent off", () => {
    const run = clean();
    expect(
      checkRun({ ...run, nav: run.nav.with(-1, run.nav[run.nav.length - 1] + 1) }),
    ).toHaveLength(1);
  });
});
