import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTables } from "../../../src/apps/cli/compose-tables.ts";
import { type ScriptedVenue, startScripted } from "./scripted-venue.ts";

const REQUEST = {
  provider: "alpaca",
  symbols: ["SPY"],
  feed: "iex",
  fromDate: "2026-01-05",
  toDate: null,
} as const;
const PAPER = { ASSAY_ALPACA_PAPER_KEY_ID: "PKPAPER", ASSAY_ALPACA_PAPER_SECRET: "paper-secret" };
const LIVE = { ASSAY_ALPACA_LIVE_KEY_ID: "AKLIVE", ASSAY_ALPACA_LIVE_SECRET: "live-secret" };

let home: string;
let venue: ScriptedVenue;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "assay-tables-"));
  venue = await startScripted(() => ({ status: 401, body: { message: "who?" } }));
});
afterEach(async () => {
  await venue.close();
  rmSync(home, { recursive: true });
});

function open(environment: NodeJS.ProcessEnv) {
  return openTables({ directory: home, home, environment, venueUrl: venue.url });
}

describe("keys for market data", () => {
  it.each([
    ["the paper account's", PAPER, "PKPAPER", "paper-secret"],
    ["the live account's where there are no others", LIVE, "AKLIVE", "live-secret"],
    ["the paper account's where there are both", { ...LIVE, ...PAPER }, "PKPAPER", "paper-secret"],
  ])("are %s", async (_, environment, keyId, secret) => {
    await expect(open(environment)(REQUEST)).rejects.toThrow(/refused the keys/);
    const [{ headers }] = venue.asked;
    expect(headers["apca-api-key-id"]).toBe(keyId);
    expect(headers["apca-api-secret-key"]).toBe(secret);
  });

  it("that are missing are asked for by name, and only when a source needs them", async () => {
    const tables = open({});
    await expect(tables({ file: "no.csv", member: null })).rejects.toThrow(/no.csv does not exist/);
    await expect(tables(REQUEST)).rejects.toThrow(/ASSAY_ALPACA_PAPER_KEY_ID is not set/);
    expect(venue.asked).toEqual([]);
  });
});
