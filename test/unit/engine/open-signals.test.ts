/** The list of open signals against the map it stands in for: the same answers, and the order of ordinals. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpenSignals } from "../../../src/engine/open-signals.ts";
import type { Signal } from "../../../src/engine/signal.ts";

const signalOf = (ordinal: number): Signal => ({ ordinal }) as Signal;

describe("OpenSignals", () => {
  it("answers as a map by ordinal does, in whatever order signals come and go", () => {
    const step = fc.record({
      what: fc.constantFrom("add", "delete", "clear"),
      ordinal: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const open = new OpenSignals();
        const naive = new Map<number, Signal>();
        for (const { what, ordinal } of steps) {
          if (what === "add") {
            const signal = naive.get(ordinal) ?? signalOf(ordinal);
            open.add(signal);
            naive.set(ordinal, signal);
          } else if (what === "delete") {
            open.delete(ordinal);
            naive.delete(ordinal);
          } else if (ordinal === 0) {
            open.clear();
            naive.clear();
          }
          for (let n = 0; n < 10; n++) expect(open.get(n)).toBe(naive.get(n));
          const ordinals = [...naive.keys()].sort((a, b) => a - b);
          expect(open.values().map((signal) => signal.ordinal)).toEqual(ordinals);
        }
      }),
      { numRuns: 200 },
    );
  });
});
