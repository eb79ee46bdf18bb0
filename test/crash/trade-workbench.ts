/**
 * `assay trade` against `assay venue`, both as processes of their own, and what both leave: the account's
 * folder as the simulation's checkers read it, and the venue's own word over HTTP.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createBlobStore } from "../../src/adapters/storage/account-files.ts";
import { openJournalReadOnly } from "../../src/adapters/storage/journal-reader.ts";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { CLOSING_STATE } from "../../src/engine/trading/recover.ts";
import { type Disk, emptyDisk } from "../simulation/disk.ts";
import {
  entriesOn,
  type Evidence,
  ofKind,
  type TrueOrder,
  type VenueTruth,
} from "../simulation/evidence.ts";
import { freshFolder, start, type Started } from "./workbench.ts";

const KEYS = { keyId: "PKKILLED", secret: "of-a-rehearsal" };
const HEADERS = { "APCA-API-KEY-ID": KEYS.keyId, "APCA-API-SECRET-KEY": KEYS.secret };

export type TradingBench = {
  readonly home: string;
  readonly venue: Started & { readonly url: string };
  /** The daemon, up to and with this date. */
  readonly trade: (until: string) => Started;
  readonly close: () => Promise<void>;
};

/** `from`: the first session that is traded. */
export async function tradingBench(mandate: string, from: string): Promise<TradingBench> {
  const home = join(freshFolder(), "home");
  // Children take them from here: this file has a process of its own.
  process.env["ASSAY_ALPACA_PAPER_KEY_ID"] = KEYS.keyId;
  process.env["ASSAY_ALPACA_PAPER_SECRET"] = KEYS.secret;
  const unlimited = ["--requests-per-minute", "unlimited"];
  const started = start(join(freshFolder(), "venue-home"), [
    ...["venue", mandate, "--json", "--start", from, ...unlimited],
    ...["--key-id", KEYS.keyId, "--secret", KEYS.secret],
  ]);
  const url = await addressOf(started);
  return {
    home,
    venue: { ...started, url },
    trade: (until) =>
      start(home, [
        ...["trade", mandate, "--mode", "paper", "--venue", url, ...unlimited],
        ...["--daemon", "--until", until, "--json"],
      ]),
    async close() {
      started.child.kill("SIGTERM");
      await started.ended;
    },
  };
}

async function addressOf(started: Started): Promise<string> {
  let said = "";
  const line = new Promise<string>((resolve) => {
    started.child.stdout?.on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve(said);
    });
  });
  const first = await Promise.race([line, started.ended.then(({ stderr }) => stderr)]);
  return (JSON.parse(first) as { readonly url: string }).url;
}

export function accountFolder(home: string): string {
  return join(home, "accounts", "paper");
}

/** Of a killed process too: the journal is read from a copy, with what its log still holds. */
export async function diskOf(home: string): Promise<Disk> {
  const folder = accountFolder(home);
  const disk = emptyDisk();
  // Killed before it had made one.
  if (!existsSync(join(folder, "journal.sqlite"))) return disk;
  const reader = openJournalReadOnly(folder);
  disk.rows.push(...reader.rows());
  for (const row of reader.terminals()) disk.terminals.set(row.signalId, row);
  disk.head = reader.head;
  reader.close();
  for (const name of filesIn(folder, "")) {
    disk.files.set(name, readFileSync(join(folder, name)));
  }
  const blobs = createBlobStore(folder, sha256);
  for (const { files } of ofKind(entriesOn(disk), "day_closed")) {
    for (const { name, sha256: hash } of files) {
      if (name === CLOSING_STATE) disk.blobs.set(hash, await blobs.get(hash));
    }
  }
  return disk;
}

function filesIn(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = join(below, entry.name);
    return entry.isDirectory() ? filesIn(folder, name) : [name];
  });
}

/** What the checkers read, without what only a simulated wire can know. */
export async function evidenceOf({ home, venue }: TradingBench): Promise<Evidence> {
  const disk = await diskOf(home);
  const entries = entriesOn(disk);
  return {
    disk,
    entries,
    calls: [],
    venue: await truthOf(venue.url),
    lives: [],
    disturbances: [],
    dates: ofKind(entries, "day_opened").map(({ date }) => date),
    replay: null,
  };
}

type AskedOrder = {
  readonly id: string;
  readonly client_order_id: string;
  readonly symbol: string;
  readonly side: TrueOrder["side"];
  readonly qty: string;
  readonly filled_qty: string;
  readonly status: string;
  readonly submitted_at: string;
};

async function truthOf(url: string): Promise<VenueTruth> {
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`, { headers: HEADERS });
    return (await response.json()) as T;
  };
  const { cash } = await ask<{ readonly cash: string }>("/v2/account");
  const positions = await ask<VenueTruth["positions"]>("/v2/positions");
  return {
    orders: (await everyOrder(ask)).map((order) => ({
      venueOrderId: order.id,
      clientOrderId: order.client_order_id,
      symbol: order.symbol,
      side: order.side,
      qty: order.qty,
      filledQty: order.filled_qty,
      status: STATUS[order.status] ?? "working",
    })),
    positions: positions.map(({ symbol, qty }) => ({ symbol, qty })),
    cashMinor: Math.round(Number(cash) * 100),
  };
}

/** Page by page; orders of one instant may stand on both sides of an edge. */
async function everyOrder(ask: <T>(path: string) => Promise<T>): Promise<readonly AskedOrder[]> {
  const found = new Map<string, AskedOrder>();
  let after = "2000-01-01T00:00:00Z";
  for (;;) {
    const query = `status=all&direction=asc&limit=500&after=${encodeURIComponent(after)}`;
    const page = await ask<readonly AskedOrder[]>(`/v2/orders?${query}`);
    for (const order of page) found.set(order.id, order);
    const last = page.at(-1);
    if (last === undefined || page.length < 500) return [...found.values()];
    after = last.submitted_at;
  }
}

const STATUS: { readonly [status: string]: TrueOrder["status"] } = {
  partially_filled: "partially_filled",
  filled: "filled",
  canceled: "cancelled",
  expired: "expired",
  rejected: "rejected",
  replaced: "replaced",
};
