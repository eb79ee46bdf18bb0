/** Bytes kept by what they are, and an account's files: whole, verified, inside their folder. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  createAccountFiles,
  createBlobStore,
} from "../../../src/adapters/storage/account-files.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";

const root = mkdtempSync(join(tmpdir(), "assay-account-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = () => join(root, `account-${folders++}`);
const bytes = (text: string) => Buffer.from(text, "utf8");
const pathOf = (folder: string, name: string) => join(folder, "blobs", name.slice(0, 2), name);

describe("blobs", () => {
  it("come back as they went in, whatever they are", async () => {
    const store = createBlobStore(freshFolder(), sha256);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (content) => {
        const name = await store.put(content);
        expect(name).toBe(sha256(content));
        expect(new Uint8Array(await store.get(name))).toEqual(content);
      }),
      { numRuns: 25 },
    );
  });

  it("that are equal are kept once, smaller than they are", async () => {
    const folder = freshFolder();
    const store = createBlobStore(folder, sha256);
    const content = bytes("the same again and again ".repeat(1000));
    const name = await store.put(content);
    const path = pathOf(folder, name);
    const { ino, size } = statSync(path);
    expect(size).toBeLessThan(content.length / 10);
    expect(await createBlobStore(folder, sha256).put(content)).toBe(name);
    expect(statSync(path).ino).toBe(ino);
    expect(readdirSync(join(folder, "blobs"))).toEqual([name.slice(0, 2)]);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ["missing", (path) => rmSync(path), /is missing/],
    ["cut", (path) => writeFileSync(path, readFileSync(path).subarray(0, 9)), /does not unpack/],
    ["empty", (path) => writeFileSync(path, ""), /does not unpack/],
    [
      "others",
      (path) => writeFileSync(path, deflateSync("others")),
      /holds bytes of sha256 [0-9a-f]+/,
    ],
  ])("that are %s are refused, and healed by the right ones", async (_what, damage, message) => {
    const folder = freshFolder();
    const store = createBlobStore(folder, sha256);
    const name = await store.put(bytes("what the day began with"));
    damage(pathOf(folder, name));
    await expect(store.get(name)).rejects.toMatchObject({
      kind: "verify",
      where: pathOf(folder, name),
      message: expect.stringMatching(message),
    });
    expect(await store.put(bytes("what the day began with"))).toBe(name);
    expect(Buffer.from(await store.get(name)).toString()).toBe("what the day began with");
  });

  it.each(["", "ab", "../../etc/passwd", "A".repeat(64)])("has no name like %j", async (name) => {
    await expect(createBlobStore(freshFolder(), sha256).get(name)).rejects.toThrow(/not a sha256/);
  });

  it("say in words what the disk refused", async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, "blobs"), "a file");
    await expect(createBlobStore(folder, sha256).put(bytes("x"))).rejects.toMatchObject({
      kind: "data",
      message: expect.stringMatching(/a part of the path is a file|already there/),
    });
  });
});

describe("an account's files", () => {
  it("are written whole, read back and listed in order", async () => {
    const folder = freshFolder();
    const files = createAccountFiles(folder, sha256);
    expect(await files.list("json")).toEqual([]);
    expect(await files.read("json/2010-03-04.json")).toBeNull();
    for (const name of ["2010-03-05.json", "2010-03-04.json"]) {
      expect(await files.write(`json/${name}`, bytes(name))).toBe(sha256(bytes(name)));
    }
    await files.write("metrics.csv", bytes("a\n"));
    await files.write("metrics.csv", bytes("a\nb\n"));
    expect(String(await files.read("metrics.csv"))).toBe("a\nb\n");
    // A folder, a file aside and another program's file are none of them.
    mkdirSync(join(folder, "json", "deeper"));
    writeFileSync(join(folder, "json", ".2010-03-06.json.tmp"), "half");
    expect(await files.list("json")).toEqual(["2010-03-04.json", "2010-03-05.json"]);
  });

  it.each([
    "",
    "..",
    "../x",
    "a/../x",
    "a/b/c/d",
    "/x",
    "a//b",
    ".hidden",
    "a/.hidden",
    "a\\b",
    "a\0b",
    "a/",
  ])("are never at %j", async (path) => {
    const folder = freshFolder();
    const files = createAccountFiles(folder, sha256);
    await expect(files.write(path, bytes("x"))).rejects.toThrow(/not a plain file name/);
    await expect(files.read(path)).rejects.toThrow(/not a plain file name/);
    await expect(files.list(`${path}/`)).rejects.toThrow(/not a plain file name/);
    expect(existsSync(folder)).toBe(false);
  });

  it("do not write through a link, but put the file in its place", async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    const elsewhere = join(root, "elsewhere");
    writeFileSync(elsewhere, "kept");
    symlinkSync(elsewhere, join(folder, "metrics.csv"));
    await createAccountFiles(folder, sha256).write("metrics.csv", bytes("new"));
    expect(readFileSync(elsewhere, "utf8")).toBe("kept");
    expect(readFileSync(join(folder, "metrics.csv"), "utf8")).toBe("new");
  });

  it("say in words what the disk refused, and leave nothing half-written", async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, "metrics.csv"), { recursive: true });
    const files = createAccountFiles(folder, sha256);
    await expect(files.write("metrics.csv", bytes("x"))).rejects.toMatchObject({
      kind: "data",
      message: expect.stringMatching(/cannot write .*metrics\.csv: it is a folder/),
    });
    expect(readdirSync(folder)).toEqual(["metrics.csv"]);
    writeFileSync(join(folder, "json"), "");
    await expect(files.list("json")).rejects.toThrow(/cannot list .*json: a part of the path is a/);
  });
});
