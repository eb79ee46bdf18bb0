import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readMandateFile } from "../../../src/adapters/system/mandate-files.ts";
import { Fault } from "../../../src/domain/fault.ts";

const root = mkdtempSync(join(tmpdir(), "assay-files-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(root, name), content);
  return join(root, name);
}

function refusal(path: string): string {
  try {
    readMandateFile(path);
  } catch (error) {
    if (error instanceof Fault && error.kind === "mandate")
      return error.message.replaceAll(root, "ROOT");
    throw error;
  }
  throw new Error("it was read");
}

describe("readMandateFile", () => {
  it("reads a file, or mandate.yaml in a folder, through a link too", () => {
    const file = write("mandate.yaml", "assay: 1\n");
    const expected = { text: "assay: 1\n", fileName: "mandate.yaml", directory: root };
    expect(readMandateFile(file)).toEqual(expected);
    expect(readMandateFile(root)).toEqual(expected);
    symlinkSync(file, join(root, "link.yaml"));
    expect(readMandateFile(join(root, "link.yaml"))).toEqual({
      ...expected,
      fileName: "link.yaml",
    });
  });

  it("takes a byte order mark off", () => {
    expect(readMandateFile(write("bom.yaml", "\ufeffassay: 1\n")).text).toBe("assay: 1\n");
  });

  it("says which path is missing and what to do", () => {
    mkdirSync(join(root, "empty"));
    const advice = "does not exist; give the path of a mandate or write one with `assay init DIR`";
    expect(refusal(join(root, "nowhere"))).toBe(`ROOT/nowhere ${advice}`);
    expect(refusal(join(root, "empty"))).toBe(`ROOT/empty/mandate.yaml ${advice}`);
    expect(refusal(join(write("plain", ""), "x"))).toBe(`ROOT/plain/x ${advice}`);
  });

  it("refuses what is not a file", () => {
    expect(refusal("/dev/null")).toBe(
      "/dev/null is neither a file nor a folder; give the path of a mandate",
    );
    mkdirSync(join(root, "odd", "mandate.yaml"), { recursive: true });
    expect(refusal(join(root, "odd"))).toBe(
      "ROOT/odd/mandate.yaml is not a file; give the path of a mandate",
    );
  });

  it.each([
    [[0x61, 0x0a, 0xc3, 0xa9, 0x0a, 0x62, 0xe9, 0x20], "0xe9 on line 3"],
    [[0xef, 0xbf, 0xbd, 0x0a, 0xef, 0xbb, 0x41], "0xef on line 2"],
    [[0xff, 0xfe, 0x61, 0x00], "0xff on line 1"],
    [[0x61, 0x0a, 0xe2, 0x82], "0xe2 on line 2"],
  ])("names the first byte that is not UTF-8 (%j)", (bytes, where) => {
    const path = write("latin.yaml", new Uint8Array(bytes));
    expect(refusal(path)).toBe(
      `ROOT/latin.yaml is not UTF-8 (first bad byte: ${where}); save it as UTF-8`,
    );
  });
});
