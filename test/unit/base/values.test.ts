/** The small words of the language: results, assertions, growing columns. */
import { describe, expect, it } from "vitest";
import { invariant, InvariantError, unreachable } from "../../../src/base/assert.ts";
import { GrowingColumn } from "../../../src/base/growing-column.ts";
import { err, ok } from "../../../src/base/result.ts";

describe("result", () => {
  it("is either a value or an error, never both", () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(err("no")).toEqual({ ok: false, error: "no" });
  });
});

describe("invariant", () => {
  it("names its number in the message and as a field", () => {
    let thrown: unknown;
    try {
      invariant(false, 11, "books differ");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvariantError);
    expect(thrown).toMatchObject({ invariant: 11, message: "invariant 11: books differ" });
  });

  it("builds its message only when it fails", () => {
    let built = 0;
    const message = () => `built ${++built}`;
    invariant(true, 2, message);
    expect(built).toBe(0);
    expect(() => invariant(false, 2, message)).toThrow("invariant 2: built 1");
  });

  it("says which value the types did not foresee", () => {
    expect(() => unreachable("sideways" as never)).toThrow(/"sideways"/);
  });
});

describe("GrowingColumn", () => {
  it("keeps every value over several doublings, and views only what was pushed", () => {
    const column = new GrowingColumn(1);
    const pushed: number[] = [];
    for (let n = 0; n < 1000; n++) {
      const value = n === 500 ? Number.NaN : n / 7;
      column.push(value);
      pushed.push(value);
      if (n === 2) expect([...column.values()]).toEqual(pushed);
    }
    expect(column.length).toBe(1000);
    expect([...column.values()]).toEqual(pushed);
  });

  it("is empty before the first value", () => {
    expect(new GrowingColumn().values().length).toBe(0);
  });
});
