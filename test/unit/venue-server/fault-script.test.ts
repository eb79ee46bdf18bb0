import { describe, expect, it } from "vitest";
import { addRule, createFaultDesk, nextDueMs, strikes } from "../../../src/venue/fault-desk.ts";
import { parseFaultScript, readFaultRule } from "../../../src/apps/venue-server/fault-script.ts";
import { Fault } from "../../../src/domain/fault.ts";
import { faultRule, type FaultScript } from "../../../src/venue/faults.ts";

const TERMS = { digits: 2, seed: 5 };
const read = (text: string) => parseFaultScript(text, "bad-day.yaml", TERMS);

function complaints(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Fault) return [error.message, ...error.details];
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a fault script", () => {
  it("says what, when and how often, in YAML", () => {
    const script = read(`
seed: 9
faults:
  - kind: lost_ack
    call: place
    nth: 3
  - kind: cash_adjusted
    from: 2024-01-03T10:00:00-05:00
    amount: -1.25
  - { kind: late_event, duration_ms: 5000, probability: 0.25 }
  - { kind: unasked_fill, symbol: SPY, qty: "-3", price: 470.25 }
`);
    expect(script).toEqual({
      seed: 9,
      rules: [
        faultRule("lost_ack", { call: "place", nth: 3 }),
        faultRule("cash_adjusted", {
          fromMs: Date.parse("2024-01-03T15:00:00Z"),
          amountMinor: -125,
        }),
        faultRule("late_event", {
          durationMs: 5000,
          probability: 0.25,
          times: Number.MAX_SAFE_INTEGER,
        }),
        faultRule("unasked_fill", { symbol: "SPY", qty: "-3", price: "470.25" }),
      ],
    });
  });

  it("may be JSON, and takes the seed of the command where it has none", () => {
    expect(read(`{"faults": [{"kind": "timeout", "call": "account"}]}`)).toEqual({
      seed: 5,
      rules: [faultRule("timeout", { call: "account" })],
    });
  });

  it("names the line of each mistake", () => {
    const said = complaints(
      [
        "faults:",
        "  - kind: lost_akc",
        "  - kind: halt",
        "  - kind: lost_ack",
        "    probability: 2",
        "  - kind: timeout",
        "    wen: never",
        "  - kind: cash_adjusted",
        "    amount: much",
        "  - kind: error_before",
        "    from: tomorrow",
      ].join("\n"),
    );
    expect(said[0]).toMatch(/^the fault script cannot be used: bad-day.yaml:2:11: faults.0.kind: /);
    expect(said[1]).toBe("bad-day.yaml:3:5: faults.1.symbol: halt needs symbol");
    expect(said[2]).toMatch(/^bad-day.yaml:5:18: faults.2.probability: /);
    expect(said[3]).toMatch(/^bad-day.yaml:6:5: faults.3: .*wen/);
    expect(said[4]).toMatch(/^bad-day.yaml:9:13: faults.4.amount: is not a decimal number/);
    expect(said[5]).toMatch(/^bad-day.yaml:11:11: faults.5.from: is not RFC 3339/);
  });

  it("is refused where it is no YAML, empty, or has other keys", () => {
    expect(complaints("faults: [")[0]).toMatch(/bad-day.yaml:1:\d+: /);
    expect(complaints("")[0]).toMatch(/bad-day.yaml:1:1: /);
    expect(complaints("rules: []").join()).toMatch(/faults.*rules/s);
    expect(complaints("faults: []\nfaults: []")[0]).toMatch(/bad-day.yaml:2:1: /);
  });

  it("can be added to, one fault at a time", () => {
    expect(readFaultRule({ kind: "stuck_order", symbol: "SPY" }, 2)).toEqual({
      rule: faultRule("stuck_order", { symbol: "SPY" }),
      complaints: [],
    });
    expect(readFaultRule({ kind: "partial_fill" }, 2)).toEqual({
      rule: null,
      complaints: ["share: partial_fill needs share"],
    });
    expect(readFaultRule("halt", 2).rule).toBeNull();
  });
});

describe("the desk that keeps count of faults", () => {
  const at = (n: number) => Date.parse("2024-01-02T00:00:00Z") + n;
  const deskOf = (...rules: FaultScript["rules"]) => createFaultDesk({ seed: 1, rules });

  it("counts each call by itself, and lets a rule strike as often as it says", () => {
    const desk = deskOf(
      faultRule("lost_ack", { call: "place", nth: 2 }),
      faultRule("error_before", { call: "account", times: 2 }),
    );
    const call = (name: "place" | "account") =>
      strikes(desk, { point: "call", call: name, atMs: at(0) }).map(({ kind }) => kind);
    expect(call("account")).toEqual(["error_before"]);
    expect(call("place")).toEqual([]);
    expect(call("account")).toEqual(["error_before"]);
    expect(call("place")).toEqual(["lost_ack"]);
    expect(call("account")).toEqual([]);
    expect(call("place")).toEqual([]);
  });

  it("lets several rules strike at one moment, each once", () => {
    const always = { probability: 1, times: 9 };
    const desk = deskOf(faultRule("late_event", always), faultRule("duplicate_event", always));
    const frame = () => strikes(desk, { point: "frame", symbol: "A", atMs: at(0) }).length;
    expect([frame(), frame()]).toEqual([2, 2]);
    expect(desk.state.fired).toEqual([2, 2]);
  });

  it("knows when time itself brings the next fault", () => {
    const desk = deskOf(
      faultRule("cash_adjusted", { fromMs: at(50), amountMinor: 1 }),
      faultRule("halt", { fromMs: at(20), symbol: "A" }),
      faultRule("lost_ack", { fromMs: at(10) }),
    );
    expect(nextDueMs(desk, at(0))).toBe(at(20));
    expect(nextDueMs(desk, at(20))).toBe(at(50));
    expect(strikes(desk, { point: "time", atMs: at(50) }).map(({ kind }) => kind)).toEqual([
      "cash_adjusted",
      "halt",
    ]);
    expect(nextDueMs(desk, at(0))).toBe(Number.POSITIVE_INFINITY);
    addRule(desk, faultRule("halt", { fromMs: at(90), symbol: "B" }));
    expect(nextDueMs(desk, at(60))).toBe(at(90));
  });
});
