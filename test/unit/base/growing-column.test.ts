/** A growing column beside a plain list, from the first value on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowingColumn } from "../../../src/base/growing-column.ts";

describe("a growing column", () => {
  it("holds what a list would, however small it begins, cleared or not", () => {
    const step = fc.oneof(fc.double(), fc.constant("clear" as const));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (capacity, steps) => {
        const column = new GrowingColumn(capacity);
        const list: number[] = [];
        for (const one of steps) {
          if (one === "clear") {
            column.clear();
            list.length = 0;
          } else {
            column.push(one);
            list.push(one);
          }
          expect([...column.values()]).toEqual(list);
        }
      }),
    );
  });
});
