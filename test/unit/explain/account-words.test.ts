/** What closed trading, and how an order ended at its venue, from hand-written entries. */
import { describe, expect, it } from "vitest";
import { standingAt, standingText } from "../../../src/apps/explain/standing.ts";
import { executionsOf, venuePath } from "../../../src/apps/explain/venue-path.ts";
import { factText, reasonText, venueEndText } from "../../../src/apps/explain/venue-words.ts";
import type { AccountEntry, AccountPayload } from "../../../src/domain/trading-entry.ts";
import type { Break, ReconciliationPhase } from "../../../src/domain/reconciliation.ts";

const journal = (...payloads: readonly AccountPayload[]): readonly AccountEntry[] =>
  payloads.map((payload, n) => ({ seq: n + 1, at: `2024-01-1${n}`, payload }));

const QUANTITY: Break = {
  code: "QUANTITY",
  subject: "AAA",
  ours: "10",
  theirs: "12",
  unit: "units",
  message: "our books hold 10 AAA and the venue 12.",
};

const reconciled = (
  result: "PASS" | "FAIL" | "NOT_RUN",
  phase: ReconciliationPhase = "start",
): AccountPayload => ({
  kind: "reconciled",
  phase,
  result,
  breaks: result === "FAIL" ? [QUANTITY] : [],
  warnings: result === "NOT_RUN" ? ["the venue did not answer: timeout"] : [],
  snapshot_sha256: null,
});

const paused = (cause: string, operator: string | null, message: string) =>
  ({ kind: "paused", cause, message, operator }) as const;

const resumed = (forced: boolean) =>
  ({ kind: "resumed", operator: "bo", reason: "looked into it", forced }) as const;

const textOf = (...payloads: readonly AccountPayload[]) =>
  standingText(standingAt(journal(...payloads), payloads.length + 1));

describe("what had closed trading", () => {
  it("nothing, after a PASS", () => {
    expect(textOf(reconciled("PASS"))).toBeNull();
  });

  it("a person, by name and reason", () => {
    expect(textOf(reconciled("PASS"), paused("operator", "ada", "lunch."))).toBe(
      "ada had paused it on 2024-01-11 (entry 2): lunch",
    );
  });

  it("a reconciliation, by each break, though a later one passed", () => {
    const found = [reconciled("FAIL", "end"), paused("reconciliation", null, "QUANTITY")];
    expect(textOf(...found, reconciled("PASS"))).toBe(
      "the end reconciliation had paused it on 2024-01-11 (entry 2): QUANTITY AAA (ours 10, theirs 12, in units): our books hold 10 AAA and the venue 12",
    );
  });

  it("the first of several causes: a second pause does not hide it", () => {
    const second = paused("operator", "ada", "to be sure");
    expect(textOf(paused("failures", null, "3 in a row"), second)).toBe(
      "it was paused for failures on 2024-01-10 (entry 1): 3 in a row",
    );
  });

  it("a reconciliation that was not made, with what stood in its way", () => {
    expect(textOf(reconciled("NOT_RUN"))).toBe(
      "the start reconciliation on 2024-01-10 was NOT_RUN (entry 1): the venue did not answer: timeout",
    );
  });

  it("nothing any more once a person resumed, forced or not, until the next reconciliation", () => {
    const found = [reconciled("FAIL"), paused("reconciliation", null, "QUANTITY")];
    expect(textOf(...found, resumed(true))).toBeNull();
    expect(textOf(...found, resumed(true), reconciled("FAIL"))).toContain("was FAIL (entry 4)");
  });

  it("only what came before the entry counts", () => {
    const entries = journal(reconciled("PASS"), paused("operator", "ada", "lunch"));
    expect(standingText(standingAt(entries, 2))).toBeNull();
  });
});

const ORDER = { order_id: "o1", venue_order_id: "v1" } as const;
const ended = (end: "cancelled" | "expired" | "rejected", filled: string) =>
  ({ kind: "venue_order_ended", ...ORDER, end, filled_qty: filled }) as const;
const endOf = (...payloads: readonly AccountPayload[]) =>
  venueEndText(venuePath(journal(...payloads), "o1", "the house"), "its order");

describe("how an order ended at its venue", () => {
  it.for<readonly [string, readonly AccountPayload[], string | null]>([
    ["at work", [{ kind: "order_acknowledged", ...ORDER }], null],
    [
      "expired",
      [ended("expired", "0")],
      "the house let its order expire on 2024-01-10, with nothing of it filled",
    ],
    [
      "rejected",
      [ended("rejected", "0")],
      "its order was rejected by the house on 2024-01-10 after it had accepted it, with nothing of it filled",
    ],
    [
      "cancelled as asked",
      [{ kind: "cancel_requested", ...ORDER }, ended("cancelled", "4")],
      "its order was cancelled by the house on 2024-01-11, as we had asked on 2024-01-10, with 4 units of it filled",
    ],
    [
      "cancelled by the venue alone",
      [ended("cancelled", "4")],
      "its order was cancelled by the house on 2024-01-10, with 4 units of it filled",
    ],
    [
      "refused",
      [{ kind: "order_refused", order_id: "o1", code: "40310000", message: "no money" }],
      "its order was refused by the house on 2024-01-10 with code 40310000: no money",
    ],
    [
      "withdrawn while paused",
      [
        paused("operator", "ada", "lunch"),
        {
          kind: "order_withdrawn",
          order_id: "o1",
          reason: "trading is closed: paused_by_operator",
        },
      ],
      "its order was withdrawn on 2024-01-11 and never traded: trading is closed: paused by operator; ada had paused it on 2024-01-10 (entry 1): lunch",
    ],
    ["of another order", [{ ...ended("expired", "0"), order_id: "o2" }], null],
  ])("%s", ([, payloads, said]) => {
    expect(endOf(...payloads)).toBe(said);
  });

  it("an answer after an unknown outcome is the look-up's", () => {
    const lost = { kind: "order_unknown", order_id: "o1", reason: "timeout" } as const;
    const path = venuePath(journal(lost, { kind: "order_acknowledged", ...ORDER }), "o1", "it");
    expect(path.facts.map((fact) => factText(fact, path))).toEqual([
      [
        "unknown",
        "2024-01-10: nobody knew what became of it: timeout; it was looked up by its own id (entry 1)",
      ],
      [
        "acknowledged",
        "2024-01-11: asked by its own id, the venue answered that it has it, as order v1 of it (entry 2)",
      ],
    ]);
    const plain = venuePath(journal({ kind: "order_acknowledged", ...ORDER }), "o1", "it");
    expect(factText(plain.facts[0], plain)[1]).toBe(
      "2024-01-10: acknowledged, as order v1 of it (entry 1)",
    );
  });

  it("codes are read as words", () => {
    expect(reasonText("trading is closed: paused_by_rejects")).toBe(
      "trading is closed: paused by rejects",
    );
  });
});

it("an execution brings the fee and the incident that name it, and no others", () => {
  const fill = {
    kind: "venue_fill",
    ...ORDER,
    execution_id: "x1",
    instrument: "AAA",
    qty: "5",
    price: "10.5",
    cumulative_qty: "5",
    executed_at: "2024-01-10T14:30:00Z",
    source: "activity",
  } as const;
  const fee = (description: string) =>
    ({
      kind: "venue_cash",
      activity_id: "a1",
      cause: "fee",
      date: "2024-01-10",
      instrument: "AAA",
      currency: "USD",
      amount_minor: -100,
      description,
    }) as const;
  const incident = (subject: string) =>
    ({
      kind: "incident",
      code: "missed_fill",
      severity: "warning",
      message: "late",
      subject,
    }) as const;
  const entries = journal(
    fill,
    { ...fill, order_id: "o2", execution_id: "x2" },
    fee("commission, execution x1"),
    fee("commission, execution x2"),
    incident("x1"),
    incident("x2"),
  );
  const [execution, ...others] = executionsOf(entries, "o1");
  expect(others).toEqual([]);
  expect(execution.fees.map(({ seq }) => seq)).toEqual([3]);
  expect(execution.incidents.map(({ seq }) => seq)).toEqual([5]);
});
