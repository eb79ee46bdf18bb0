import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openTapeFile } from "../../../src/adapters/brokers/alpaca/tape-file.ts";
import type { TapeRecord } from "../../../src/adapters/brokers/alpaca/tape.ts";
import { KEY_ID, SECRET, adapterAt, startScripted } from "./scripted-venue.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "assay-tape-"));
  folders.push(made);
  return made;
}

const RECORD: TapeRecord = {
  channel: "rest",
  action: "GET",
  target: "/v2/account",
  status: 200,
  requestId: "r-1",
  sent: null,
  received: '{"cash":"1"}',
  error: null,
};

describe("the tape as files", () => {
  it("keeps each exchange as a line of its day, for its owner alone", () => {
    const home = join(folder(), "wire");
    let nowMs = Date.parse("2026-11-20T23:59:59.500Z");
    const { tape, close } = openTapeFile(home, () => nowMs);
    tape(RECORD);
    tape({ ...RECORD, status: 500 });
    nowMs += 1_000;
    tape(RECORD);
    close();
    expect(readdirSync(home)).toEqual(["2026-11-20.jsonl", "2026-11-21.jsonl"]);
    const lines = readFileSync(join(home, "2026-11-20.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        at: "2026-11-20T23:59:59.500Z",
        channel: "rest",
        action: "GET",
        target: "/v2/account",
        status: 200,
        request_id: "r-1",
        sent: null,
        received: '{"cash":"1"}',
        error: null,
      },
      expect.objectContaining({ status: 500 }),
    ]);
    expect(statSync(join(home, "2026-11-20.jsonl")).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  it("does not stop the day when it cannot write, and says so in the end", () => {
    const home = folder();
    const { tape, close } = openTapeFile(home, () => 0);
    rmSync(home, { recursive: true });
    writeFileSync(home, "in the way");
    tape(RECORD);
    tape(RECORD);
    expect(close).toThrow(
      /^2 lines of what the venue said could not be kept in .* \(E(NOTDIR|EXIST)\)/,
    );
  });

  it("holds no key, even where the venue says one back", async () => {
    const home = folder();
    const body = { code: 40110000, message: `who is ${KEY_ID} with ${SECRET}?` };
    const venue = await startScripted(() => ({ status: 401, body }));
    const { tape, close } = openTapeFile(home, () => 0);
    const { broker } = await adapterAt(venue.url, { tape });
    await expect(broker.account()).rejects.toThrow(/refused the keys/);
    await venue.close();
    close();
    const text = readFileSync(join(home, "1970-01-01.jsonl"), "utf8");
    expect(text).toContain("who is [secret] with [secret]?");
    expect(text).not.toContain(KEY_ID);
    expect(text).not.toContain(SECRET.slice(0, 8));
  });
});
