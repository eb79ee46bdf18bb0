/** UTF-8 against the platform's own, and what neither of them may take. */
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8 } from "../../../src/base/utf8.ts";

describe("utf8", () => {
  it("is the platform's, both ways", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const bytes = encodeUtf8(text);
        expect([...bytes]).toEqual([...new TextEncoder().encode(text)]);
        expect(decodeUtf8(bytes)).toBe(text);
      }),
    );
  });

  it("goes on past the length of an argument list", () => {
    const text = "aé€😀".repeat(20_000);
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
  });

  it("notices what is not ASCII, however late it comes", () => {
    for (const before of [1, 8191, 8192, 20_000]) {
      const text = `${"a".repeat(before)}é${"b".repeat(before)}`;
      const bytes = encodeUtf8(text);
      expect(bytes).toEqual(new TextEncoder().encode(text));
      expect(decodeUtf8(bytes)).toBe(text);
      bytes[before + 1] = 0x41;
      expect(() => decodeUtf8(bytes)).toThrow(`byte ${before + 1} does not go on`);
      expect(() => encodeUtf8(`${"a".repeat(before)}\ud800`)).toThrow(
        `character ${before} is half`,
      );
    }
  });

  it("refuses half a pair", () => {
    expect(() => encodeUtf8("a\ud800b")).toThrow(/character 1 is half of a pair/);
  });

  it("refuses exactly the bytes that are not UTF-8", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const platform = (bytes: Uint8Array): string | null => {
      try {
        return strict.decode(bytes);
      } catch {
        return null;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
        const text = platform(bytes);
        if (text === null) expect(() => decodeUtf8(bytes)).toThrow(/byte \d+ does not/);
        else expect(decodeUtf8(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
