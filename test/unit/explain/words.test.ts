import { describe, expect, it } from "vitest";
import { TERMINAL_STATES } from "../../../src/domain/refusal.ts";
import {
  brief,
  deciderText,
  exact,
  lotsOf,
  money,
  numbersOf,
  ruleWords,
  splitCut,
  whoIs,
} from "../../../src/apps/explain/words.ts";

const ACCOUNT = { currency: "USD", digits: 2 } as const;
const none = { observed: null, limit: null, unit: null };

describe("numbers", () => {
  it("prices keep every digit that was recorded", () => {
    expect([0.0101935, 113.453125, 1234567.5, -12, 1e-7].map(exact)).toEqual([
      "0.0101935",
      "113.453125",
      "1,234,567.5",
      "-12",
      "0.0000001",
    ]);
  });

  it("shares have six significant digits, and what is unknown is no number", () => {
    expect([0.08317482397403554, 0.6000000000000001, 1999.95, null].map(brief)).toEqual([
      "0.0831748",
      "0.6",
      "1,999.95",
      "unknown",
    ]);
  });

  it("minor units are said in the currency; without digits they stay what they are", () => {
    expect(money(-101629688, 2, "USD")).toBe("-1,016,296.88 USD");
    expect(money(1500, 0, "JPY")).toBe("1,500 JPY");
    expect(money(1500, null, "XYZ")).toBe("1,500 minor units of XYZ");
  });

  it("one lot is one", () => {
    expect([1, -1, 2, 0.5].map(lotsOf)).toEqual(["1 lot", "1 lot", "2 lots", "0.5 lots"]);
  });
});

describe("who decided, and by what", () => {
  it("a cut is parted at its first slash: a reason may hold another", () => {
    expect(splitCut("policy/stress/volatility")).toEqual({
      by: "policy",
      rule: "stress/volatility",
    });
  });

  it("policy and breakers are stages where they cut the wish, and gates elsewhere", () => {
    const unit = "fraction of the wish";
    expect(whoIs({ by: "policy", rule: "x", ...none, unit })).toBe("stage policy");
    expect(whoIs({ by: "policy", rule: "x", ...none, unit: "policy" })).toBe("gate policy");
    expect(whoIs({ by: "breakers", rule: "halt", ...none, unit: "state" })).toBe("gate breakers");
    expect(whoIs({ by: "sizing", rule: "rounding", ...none, unit: "lots" })).toBe("stage sizing");
  });

  it("a pause says why trading is closed, a broker by which code it refused", () => {
    const words = (by: string, rule: string) => deciderText({ by, rule, ...none }, ACCOUNT);
    expect(words("pause", "paused_by_reconciliation")).toBe(
      "gate pause: trading is closed: paused by reconciliation",
    );
    expect(words("pause", "reconciliation_not_run")).toBe(
      "gate pause: trading is closed: the account has not been reconciled",
    );
    expect(words("broker", "40310000")).toBe(
      "the broker: the venue rejected its order with code 40310000",
    );
  });

  it("a rule that nobody wrote words for is said in its own", () => {
    expect(ruleWords({ by: "limits", rule: "new_rule" })).toBe("new rule");
    expect(ruleWords({ by: "limits", rule: "sector:not_evaluated" })).toBe(
      "sector, which could not be judged",
    );
  });

  it("money is said as money, by the account's digits", () => {
    const observed = { observed: 31500000, limit: 28871684.4, unit: "minor units" };
    expect(numbersOf(observed, ACCOUNT)).toBe("observed 315,000.00 USD, limit 288,716.84 USD");
  });

  it("what could not be observed is unknown, never 0", () => {
    const blind = { observed: null, limit: 0.08, unit: "fraction of NAV" };
    expect(numbersOf(blind, ACCOUNT)).toBe("observed unknown, limit 0.08 fraction of NAV");
    expect(deciderText({ by: "heat", rule: "heat:not_evaluated", ...blind }, ACCOUNT)).toBe(
      "gate heat: what would be lost at the stops is unknown (observed unknown, limit 0.08 fraction of NAV)",
    );
  });

  it("there are no parentheses around nothing", () => {
    expect(deciderText({ by: "breakers", rule: "halt", ...none }, ACCOUNT)).toBe(
      "gate breakers: the circuit breaker stands at HALT and lets nothing grow",
    );
  });

  it("no state is said by its code: each that refuses has words for its gate or stage", () => {
    const deciders: { readonly [state: string]: readonly [string, string] } = {
      REJECTED_BY_FRESHNESS: ["freshness", "pack_age"],
      REJECTED_BY_DUPLICATE: ["duplicate", "working_order"],
      REJECTED_BY_SIZING: ["sizing", "rounding"],
      REJECTED_BY_RISK_LIMIT: ["limits", "symbol"],
      REJECTED_BY_CASH: ["cash", "buying_power"],
      REJECTED_BY_POLICY: ["policy", "stress"],
      REJECTED_BY_OVERLAY: ["overlay", "crisis"],
      REJECTED_BY_CORRELATION: ["correlation", "held_instrument"],
      REJECTED_BY_HEAT: ["heat", "heat"],
      REJECTED_BY_CIRCUIT_BREAKER: ["breakers", "panic"],
      REJECTED_BY_PAUSE: ["pause", "paused_by_operator"],
      REJECTED_BY_BROKER: ["broker", "40310000"],
    };
    for (const state of TERMINAL_STATES.filter((each) => each.startsWith("REJECTED"))) {
      const [by, rule] = deciders[state];
      expect([state, ruleWords({ by, rule }).length > rule.length + 8]).toEqual([state, true]);
    }
  });
});
