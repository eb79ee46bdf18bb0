import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchEnvironment } from "../../../tools/scratch.ts";

describe("where tests keep what they write", () => {
  it("is memory, where it can be written and has the room", () => {
    expect(scratchEnvironment({}, tmpdir(), 1)).toEqual({ TMPDIR: tmpdir() });
  });

  it("is the system's place where memory is short or not there", () => {
    expect(scratchEnvironment({}, tmpdir(), Number.MAX_SAFE_INTEGER)).toEqual({});
    expect(scratchEnvironment({}, join(tmpdir(), "assay-no-such-folder"), 1)).toEqual({});
  });

  it("is the caller's where the caller chose one", () => {
    expect(scratchEnvironment({ TMPDIR: "elsewhere" }, tmpdir(), 1)).toEqual({});
  });
});
