/** `assay venue` on a mandate that needs no files: what it says, what it refuses, how it goes on. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadMandate } from "../../../src/apps/cli/compose.ts";
import { initMandate } from "../../../src/apps/cli/init.ts";
import {
  openVenue,
  type OpenedVenue,
  type VenueFlags,
} from "../../../src/apps/cli/venue-command.ts";
import { SECTIONS } from "../../../src/engine/sections.ts";

let folder = "";
const opened: OpenedVenue[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "venue-command-"));
  initMandate(join(folder, "mine"), SECTIONS);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ venue }) => venue.close()));
});

const NO_FLAGS: VenueFlags = {
  start: null,
  port: null,
  speed: "step",
  cash: null,
  model: "backtest",
  faults: null,
  seed: null,
  requestsPerMinute: "200",
  keyId: null,
  secret: null,
  state: null,
};

async function open(flags: Partial<VenueFlags> = {}): Promise<OpenedVenue> {
  const loaded = loadMandate(join(folder, "mine"), [], {});
  const one = await openVenue({
    loaded,
    flags: { ...NO_FLAGS, ...flags },
    progress: () => undefined,
    nowMs: Date.now(),
  });
  opened.push(one);
  return one;
}

type Said = {
  readonly url: string;
  readonly key_id: string;
  readonly secret: string;
  readonly first_date: string;
};

describe("assay venue", () => {
  it("says its address and credentials that open it", async () => {
    const { document, lines } = await open();
    const said = document as unknown as Said;
    expect(lines[0]).toContain(`venue listens on ${said.url}: 1 symbols, `);
    expect(lines.slice(1)).toEqual([
      `export ASSAY_ALPACA_PAPER_KEY_ID=${said.key_id}`,
      `export ASSAY_ALPACA_PAPER_SECRET=${said.secret}`,
    ]);
    const response = await fetch(`${said.url}/v2/account`, {
      headers: { "APCA-API-KEY-ID": said.key_id, "APCA-API-SECRET-KEY": said.secret },
    });
    expect(await response.json()).toMatchObject({ cash: "100000.00", buying_power: null });
  });

  it("takes the mandate's costs, or what paper accounts have", async () => {
    const { options } = (await open({ start: "2019-01-01", cash: "5000.50" })).venue.exchange;
    expect(options).toMatchObject({
      firstDate: "2019-01-01",
      initialCashMinor: 500_050,
      marketPhase: "open",
      costs: {
        slippage: { bps: 1 },
        fees: [{ perShare: 0.005, minimumMinor: 100 }],
        debitRate: 0.05,
        borrowRate: 0.01,
      },
      rules: { partialFillChance: 0, buyingPowerMultiplier: null },
    });
    const paper = (await open({ model: "alpaca", seed: "9" })).venue.exchange.options;
    expect(paper).toMatchObject({
      seed: 9,
      costs: { slippage: { bps: 0 }, fees: [{ perShare: 0 }], debitRate: 0 },
      rules: { partialFillChance: 0.1, pennyGrid: true, dividends: false },
    });
  });

  it("begins where it is told to", async () => {
    const { venue } = await open({ start: "2019-01-02T14:25:00Z", speed: "1" });
    expect(venue.exchange.options.firstDate).toBe("2019-01-02");
    const late = venue.nowMs() - Date.parse("2019-01-02T14:25:00Z");
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(60_000);
  });

  it("stops when it is asked to through its door", async () => {
    const { document, stopped } = await open();
    const { url, key_id, secret } = document as unknown as Said;
    const response = await fetch(`${url}/assay/v1/shutdown`, {
      method: "POST",
      headers: { "APCA-API-KEY-ID": key_id, "APCA-API-SECRET-KEY": secret },
    });
    expect(response.status).toBe(202);
    await stopped;
  });

  it("goes on from its state, and not from that of another", async () => {
    const state = join(folder, "state.log");
    const first = await open({ state });
    const { firstDate } = first.venue.exchange.options;
    await first.venue.advanceTo(Date.parse(`${firstDate}T15:00:00Z`));
    await first.venue.close();
    const again = await open({ state });
    expect(again.venue.nowMs()).toBe(Date.parse(`${firstDate}T15:00:00Z`));
    await expect(open({ state, cash: "7" })).rejects.toThrow(/the state of another venue/);
    writeFileSync(join(folder, "no-folder"), "");
    await expect(open({ state: join(folder, "no-folder", "x") })).rejects.toThrow(
      /cannot be opened \(ENOTDIR\)/,
    );
  });

  it("is refused a port that is taken", async () => {
    const { venue } = await open();
    const port = new URL(venue.url).port;
    await expect(open({ port })).rejects.toThrow(/cannot listen on .*EADDRINUSE.*name another/);
  });

  it.each<[Partial<VenueFlags>, RegExp]>([
    [{ speed: "fast" }, /--speed fast: expected step/],
    [{ port: "70000" }, /--port 70000: expected a whole number from 0 to 65535/],
    [{ requestsPerMinute: "0" }, /--requests-per-minute 0/],
    [{ seed: "-1" }, /--seed -1/],
    [{ cash: "0" }, /--cash 0: expected an amount above zero/],
    [{ start: "May" }, /--start May: expected a date/],
    [{ start: "2099-01-01" }, /--start 2099-01-01 is after the pack's last session/],
    [{ keyId: "PK1" }, /--key-id and --secret belong together/],
    [{ faults: "/nowhere/faults.yaml" }, /--faults .* cannot be read \(ENOENT\)/],
  ])("%j is refused", async (flags, message) => {
    await expect(open(flags)).rejects.toThrow(message);
  });
});
