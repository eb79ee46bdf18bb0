import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatKey, parseKey } from "../../../src/mandate/origin.ts";

describe("dotted keys", () => {
  it("read back as they were written, whatever the segments", () => {
    const path = fc.array(fc.string(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, (segments) => {
        expect(parseKey(formatKey(segments))).toEqual(segments);
      }),
    );
  });

  it.each(["", ".", "a..b", "a.", ".a", "a b", 'a["b', 'a["\\q"]', "a[0]"])("refuse %j", (text) => {
    expect(parseKey(text)).toBeNull();
  });
});
