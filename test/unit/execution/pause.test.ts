/** The kill switch: every rule closes trading, nothing but its own remedy opens it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../../src/base/assert.ts";
import { refusalOf } from "../../../src/execution/gates/approval.ts";
import {
  pauseGate,
  type Safety,
  type SafetyFact,
  stepSafety,
  UNKNOWN_SAFETY,
} from "../../../src/execution/gates/pause.ts";

const PASS: SafetyFact = {
  kind: "reconciled",
  result: "PASS",
  phase: "start",
  at: "2024-01-02T14:00:00Z",
};
const PAUSED: SafetyFact = { kind: "paused", cause: "operator", message: "lunch", operator: "ann" };
const fact = (
  kind:
    | "venue_failed"
    | "venue_answered"
    | "order_accepted"
    | "order_rejected"
    | "accepted_order_rejected"
    | "day_opened"
    | "stream_lost",
): SafetyFact => ({ kind });
const times = (n: number, one: SafetyFact): SafetyFact[] => Array.from({ length: n }, () => one);

function after(...facts: readonly SafetyFact[]): Safety {
  return facts.reduce(stepSafety, UNKNOWN_SAFETY);
}

function ruleAfter(facts: readonly SafetyFact[], strategy: string | null = null): string {
  const { result, rule } = pauseGate(after(...facts), strategy);
  return `${result} ${rule}`;
}

describe("trading is", () => {
  const rejected = fact("order_rejected");
  const accepted = fact("order_accepted");
  const failed = fact("venue_failed");
  it.each<[string, readonly SafetyFact[], string]>([
    ["closed before anything is known", [], "fail reconciliation_not_run"],
    ["open after a PASS", [PASS], "pass open"],
    ...(["FAIL", "EMPTY", "NOT_RUN"] as const).map((result): [string, SafetyFact[], string] => [
      `closed after ${result}`,
      [PASS, { ...PASS, result }],
      `fail reconciliation_${result.toLowerCase()}`,
    ]),
    [
      "closed after a PASS without its time",
      [{ ...PASS, at: null }],
      "fail reconciliation_without_time",
    ],
    ["open after the next PASS", [{ ...PASS, result: "FAIL" }, PASS], "pass open"],
    [
      "closed on a new day by the proof of the last",
      [{ ...PASS, phase: "end" }, fact("day_opened")],
      "fail reconciliation_not_run",
    ],
    ["open where the day opens after its own PASS", [PASS, fact("day_opened")], "pass open"],
    ["closed once the stream is lost", [PASS, fact("stream_lost")], "fail reconciliation_not_run"],
    [
      "open again when it is reconciled",
      [PASS, fact("stream_lost"), { ...PASS, phase: "reconnect" }],
      "pass open",
    ],
    ["open after two failures", [PASS, ...times(2, failed)], "pass open"],
    ["closed after three", [PASS, ...times(3, failed)], "fail consecutive_failures"],
    [
      "open where an answer came between",
      [PASS, ...times(2, failed), fact("venue_answered"), ...times(2, failed)],
      "pass open",
    ],
    [
      "open where an order was answered between",
      [PASS, ...times(2, failed), rejected, ...times(2, failed)],
      "pass open",
    ],
    [
      "open where an order was taken between",
      [PASS, ...times(2, failed), accepted, ...times(2, failed)],
      "pass open",
    ],
    ["open where a reconciliation answered", [...times(3, failed), PASS], "pass open"],
    ["open after four rejects of four", [PASS, ...times(4, rejected)], "pass open"],
    ["closed after five of five", [PASS, ...times(5, rejected)], "fail reject_rate"],
    ["open after five of ten", [PASS, ...times(5, accepted), ...times(5, rejected)], "pass open"],
    [
      "closed after six of eleven",
      [PASS, ...times(5, accepted), ...times(6, rejected)],
      "fail reject_rate",
    ],
    ["open on the day after", [...times(5, rejected), PASS, fact("day_opened")], "pass open"],
    ["closed while paused, whatever else", [PASS, PAUSED], "fail paused_by_operator"],
    [
      "closed though it passes again",
      [PAUSED, PASS, fact("day_opened"), PASS],
      "fail paused_by_operator",
    ],
    ["open after resume", [PAUSED, PASS, { kind: "resumed", forced: false }], "pass open"],
    [
      "open after a forced one, without a PASS",
      [{ ...PASS, result: "FAIL" }, PAUSED, { kind: "resumed", forced: true }],
      "pass open",
    ],
    [
      "open after a forced one, without any",
      [PAUSED, { kind: "resumed", forced: true }],
      "pass open",
    ],
    [
      "closed again by the next FAIL",
      [PAUSED, { kind: "resumed", forced: true }, { ...PASS, result: "FAIL" }],
      "fail reconciliation_fail",
    ],
    [
      "open after resume in spite of failures and rejects",
      [...times(3, failed), ...times(6, rejected), PASS, { kind: "resumed", forced: false }],
      "pass open",
    ],
  ])("%s", (_, facts, verdict) => {
    expect(ruleAfter(facts)).toBe(verdict);
  });

  it("closed to a disabled strategy alone", () => {
    const disabled: SafetyFact[] = [PASS, { kind: "strategy_disabled", strategy: "trend" }];
    expect(ruleAfter(disabled, "trend")).toBe("fail strategy_disabled");
    expect(ruleAfter([...disabled, ...disabled], "trend")).toBe("fail strategy_disabled");
    expect([ruleAfter(disabled, "carry"), ruleAfter(disabled)]).toEqual(["pass open", "pass open"]);
    const enabled: SafetyFact[] = [...disabled, { kind: "strategy_enabled", strategy: "trend" }];
    expect(ruleAfter(enabled, "trend")).toBe("pass open");
    expect(after(...disabled, { kind: "strategy_disabled", strategy: "carry" }).disabled).toEqual([
      "carry",
      "trend",
    ]);
  });
});

it.each<[string, readonly SafetyFact[]]>([
  ["a FAIL", [{ ...PASS, result: "FAIL" }]],
  ["no reconciliation", []],
  ["a PASS without its time", [{ ...PASS, at: null }]],
  ["a PASS before the stream was lost", [PASS, fact("stream_lost")]],
])("a resume after %s stops with invariant 14", (_, facts) => {
  try {
    after(PAUSED, ...facts, { kind: "resumed", forced: false });
  } catch (error) {
    expect(error).toBeInstanceOf(InvariantError);
    expect(error).toMatchObject({ invariant: 14 });
    return;
  }
  expect.fail("it was resumed");
});

it("a reconciliation that did not run is no answer: failures go on counting", () => {
  const failed = fact("venue_failed");
  const notRun: SafetyFact = { ...PASS, result: "NOT_RUN" };
  expect(after(PASS, failed, notRun, failed, notRun, failed).failures).toBe(3);
  expect(after(PASS, failed, failed, { ...PASS, result: "FAIL" }).failures).toBe(0);
});

it("an order that is rejected after it was accepted counts as one", () => {
  const late = [fact("order_accepted"), fact("accepted_order_rejected")];
  const rejected = after(PASS, ...late, ...late, ...late, ...late, ...late);
  expect([rejected.answeredOrders, rejected.rejectedOrders]).toEqual([5, 5]);
  expect(pauseGate(rejected, null).rule).toBe("reject_rate");
});

it("a second pause does not hide the first cause", () => {
  const safety = after(PAUSED, { ...PAUSED, cause: "reconciliation" });
  expect(safety.pause).toEqual({ cause: "operator", message: "lunch", operator: "ann" });
});

it("says what was counted against which limit, and ends a signal as REJECTED_BY_PAUSE", () => {
  const verdict = pauseGate(
    after(PASS, ...times(6, fact("order_rejected")), fact("order_accepted")),
    "trend",
  );
  expect(verdict).toEqual({
    gate: "pause",
    result: "fail",
    rule: "reject_rate",
    observed: 6 / 7,
    limit: 0.5,
    unit: "fraction of orders",
  });
  expect(refusalOf(verdict).state).toBe("REJECTED_BY_PAUSE");
  expect(pauseGate(after(PASS, ...times(4, fact("venue_failed"))), null)).toMatchObject({
    observed: 4,
    limit: 3,
  });
});

const facts: fc.Arbitrary<SafetyFact> = fc.oneof(
  fc.constantFrom(
    fact("venue_failed"),
    fact("venue_answered"),
    fact("order_accepted"),
    fact("order_rejected"),
    fact("accepted_order_rejected"),
    fact("day_opened"),
    fact("stream_lost"),
    PAUSED,
  ),
  fc
    .constantFrom("PASS", "FAIL", "EMPTY", "NOT_RUN")
    .map((result): SafetyFact => ({ ...PASS, result: result as "PASS" })),
);

describe("whatever happens", () => {
  it("a pause is never forgotten without a resume, and survives being stored", () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 40 }), fc.nat(), (list, n) => {
        const at = n % (list.length + 1);
        const safety = [...list.slice(0, at), PAUSED, ...list.slice(at)].reduce(
          (s, f) => JSON.parse(JSON.stringify(stepSafety(s, f))) as Safety,
          UNKNOWN_SAFETY,
        );
        expect(pauseGate(safety, null).rule).toBe("paused_by_operator");
      }),
      { numRuns: 100 },
    );
  });

  it("it is open only where a naive look over the facts says so", () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 40 }), (list) => {
        expect(pauseGate(after(...list), null).result === "pass").toBe(isOpen(list));
      }),
      { numRuns: 300 },
    );
  });
});

/** Rule by rule over the whole list; no state is kept. */
function isOpen(list: readonly SafetyFact[]): boolean {
  const kinds = list.map(({ kind }) => kind);
  if (kinds.includes("paused")) return false;
  const last = list.findLast(({ kind }) => kind === "reconciled" || kind === "stream_lost");
  if (last?.kind !== "reconciled" || last.result !== "PASS") return false;
  let failures = 0;
  for (const one of list) {
    if (one.kind === "venue_failed") failures++;
    else if (one.kind.startsWith("order_") || one.kind === "venue_answered") failures = 0;
    else if (one.kind === "reconciled" && one.result !== "NOT_RUN") failures = 0;
  }
  if (failures >= 3) return false;
  const today = kinds.slice(kinds.lastIndexOf("day_opened") + 1);
  const rejects = today.filter((kind) => kind === "order_rejected").length;
  const accepts = today.filter((kind) => kind === "order_accepted").length;
  return !(rejects >= 5 && rejects > accepts);
}
