/**
 * What a machine does to a trading account: a stop asked for while orders are out, executions that nobody
 * listened to, a disk that is full, a folder that cannot be written. Each is said in one line, nothing is
 * sent twice, and the next start goes on (spec execution, 6). The disks are small ones of this test, which
 * only root may mount; elsewhere those are skipped.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { tradeSession } from "../../src/engine/trading/day.ts";
import { decodeAccountBody } from "../../src/records/journal/chain.ts";
import { openBench, readText, type Bench } from "../support/account-bench.ts";
import { rehearse, type Rehearsal, writeRandomMandate } from "../support/rehearsal.ts";

const START = "2019-03-04";
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-machine-"));
  folders.push(folder);
  return folder;
}

describe("a stop", () => {
  it("is obeyed where the day waits, and the next start goes on", { timeout: 30_000 }, async () => {
    const bench = await openBench({ start: START });
    await bench.trade();
    const { orders } = bench.venue.exchange.state;
    const { push } = orders;
    const sent = orders.length;
    // The moment the venue has taken an order.
    orders.push = (...more) => {
      orders.push = push;
      process.emit("SIGINT");
      return push.apply(orders, more);
    };
    const stopped = await bench.assay("trade");
    expect([stopped.code, stopped.out]).toEqual([130, expect.stringContaining("start again")]);
    const out = orders.length - sent;
    expect(out).toBeGreaterThan(0);
    const status = await bench.words("status", bench.mandate);
    expect(status.out).toContain("2019-03-05 is open: at work, or interrupted");
    const { code, day } = await bench.trade();
    expect([code, day.date, day.status]).toEqual([0, "2019-03-05", "TRADED"]);
    expect([orders.length - sent, day.trades.placed]).toEqual([out, out]);
    expect(day.health.reconciliation.map(({ phase, result }) => `${phase} ${result}`)).toEqual([
      "start PASS",
      "reconnect PASS",
      "end PASS",
    ]);
    await bench.close();
  });
});

describe("executions while nobody listened", () => {
  it("are booked once, with one incident, however many starts there are", {
    timeout: 30_000,
  }, async () => {
    const rehearsal = await rehearse({ mandate: writeRandomMandate(fresh(), 11), start: START });
    await rehearsal.trade(1);
    const [session] = await rehearsal.desk().ports.broker.sessions("2019-03-05", "2019-03-05");
    const interrupted = () => tradeSession(rehearsal.desk(), { session, stopped: () => true });
    expect((await interrupted()).kind).toBe("interrupted");
    await rehearsal.venue.advanceTo(session.openMs + 120_000);
    for (let start = 0; start < 3; start++) {
      await rehearsal.again();
      expect((await interrupted()).kind).toBe("interrupted");
    }
    const [day] = await rehearsal.trade(1);
    expect([day.date, day.status, day.trades.fills.length]).toEqual(["2019-03-05", "TRADED", 2]);
    const { fills, incidents } = bookedIn(rehearsal);
    const late = day.trades.fills.map(({ execution_id: id }) => id).toSorted();
    expect(fills.filter((id) => late.includes(id)).toSorted()).toEqual(late);
    expect(incidents.toSorted()).toEqual(late);
    await rehearsal.close();
  });
});

function bookedIn(rehearsal: Rehearsal): {
  readonly fills: readonly string[];
  readonly incidents: readonly string[];
} {
  const rows = [...rehearsal.trading().ports.journal.rows(1)];
  const payloads = rows.map(({ body }) => decodeAccountBody(body).payload);
  return {
    fills: payloads.flatMap((one) => (one.kind === "venue_fill" ? [one.execution_id] : [])),
    incidents: payloads.flatMap((one) =>
      one.kind === "incident" && one.code === "missed_fill" ? [one.subject] : [],
    ),
  };
}

function mounted(options: string, at: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", at], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const probe = mkdtempSync(join(tmpdir(), "assay-mount-"));
const canMount = process.platform === "linux" && mounted("size=1m", probe);
if (canMount) execFileSync("umount", [probe]);
rmSync(probe, { recursive: true });

describe.skipIf(!canMount)("a disk of its own", () => {
  let home: string;
  let bench: Bench;
  beforeAll(async () => {
    home = fresh();
    expect(mounted("size=8m", home)).toBe(true);
    bench = await openBench({ start: START, environment: { ASSAY_HOME: home } });
    await bench.trade();
  }, 60_000);
  afterAll(async () => {
    await bench.close();
    execFileSync("umount", ["-l", home]);
  });

  it("that is full stops the day in one line, and nothing is lost or sent twice", {
    timeout: 30_000,
  }, async () => {
    const filler = join(home, "filler");
    for (const size of [1 << 20, 1 << 12]) fill(filler, size);
    const sent = bench.sent();
    const full = await bench.assay("trade");
    expect([full.code, full.err]).toEqual([4, expect.stringMatching(/ENOSPC|full|no space/i)]);
    expect(full.err).not.toMatch(/mistake in Assay/);
    expect(bench.sent()).toBe(sent);
    // A little more room each time: it ends somewhere else, until the whole day fits.
    let done = false;
    for (let starts = 0; !done && starts < 20; starts++) {
      truncateSync(filler, statSync(filler).size - 96 * 1024);
      const { code, out, err } = await bench.assay("trade", "--date", "2019-03-05");
      done = code === 0;
      // 5: the day is done, and what the venue had said of it could not be kept.
      if (!done) expect(`${code} ${err}`).toMatch(/^4 .*the disk is full|^5 .*ENOSPC/);
      else expect(out).toContain("2019-03-05");
    }
    expect(done).toBe(true);
    rmSync(filler);
    const day = JSON.parse(readText(bench, "artifacts/json/2019-03-05.json")) as DailyDocument;
    expect(day.status).toBe("TRADED");
    expect(bench.sent()).toBe(sent + day.trades.placed);
  });

  it("that cannot be written is refused before the venue is asked", {
    timeout: 30_000,
  }, async () => {
    execFileSync("mount", ["-o", "remount,ro", home]);
    const sent = bench.sent();
    const refused = await bench.assay("trade");
    const status = await bench.words("status", bench.mandate, "--mode", "paper");
    execFileSync("mount", ["-o", "remount,rw", home]);
    expect([refused.code, refused.err]).toEqual([4, expect.stringMatching(/read-only|EROFS/i)]);
    expect(refused.err).not.toMatch(/mistake in Assay/);
    expect([status.code, status.out]).toEqual([0, expect.stringContaining("2019-03-05 TRADED")]);
    expect(bench.sent()).toBe(sent);
    expect((await bench.trade()).day.date).toBe("2019-03-06");
  });
});

/** Until nothing of this size fits any more. */
function fill(path: string, size: number): void {
  const block = Buffer.alloc(size, 1);
  for (let n = 0; n < 10_000; n++) {
    try {
      writeFileSync(path, block, { flag: "a" });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
      return;
    }
  }
  throw new Error("the disk has no end");
}
