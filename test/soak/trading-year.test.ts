/**
 * A year of paper trading of the ETF mandate against the local venue, through the official client: every day
 * with its two artifacts, reconciliation PASS at both ends, net asset value and fills those of the backtest,
 * the venue's own account equal to our books to the cent, and a trial report that says GO.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exampleRun } from "../support/example-runs.ts";
import { KEYS, rehearse } from "../support/rehearsal.ts";
import { readArtifact, type Row } from "../support/run-files.ts";
import { ROOT } from "../support/example-runs.ts";
import { SHARED, sharedName } from "../support/shared.ts";

const DAYS = 250;
const START = "2009-04-01";

it.skipIf(SHARED === null)(
  sharedName("a year of the ETF mandate on paper is its backtest's year"),
  { timeout: 600_000 },
  async () => {
    const { folder } = await exampleRun("etf-trend");
    const rehearsal = await rehearse({ mandate: join(ROOT, "examples/etf-trend"), start: START });
    const days = await rehearsal.trade(DAYS);
    const dates = new Set(days.map(({ date }) => date));
    const within = (rows: readonly Row[]) => rows.filter((row) => dates.has(row["date"]));
    expect(days.map(({ date, risk }) => [date, Number(risk.nav), Number(risk.cash)])).toEqual(
      within(readArtifact(folder, "equity")).map((r) => [
        r["date"],
        Number(r["nav"]),
        Number(r["cash"]),
      ]),
    );
    const fills = days.flatMap(({ date, trades }) =>
      trades.fills.map((f) => [date, f.instrument, f.lots, Number(f.price)].join(" ")),
    );
    expect(fills.toSorted()).toEqual(
      within(readArtifact(folder, "fills"))
        .map((r) => [r["date"], r["instrument"], Number(r["lots"]), Number(r["price"])].join(" "))
        .toSorted(),
    );
    for (const { date, health, signals } of days) {
      expect(health.reconciliation.map(({ result }) => result)).toEqual(["PASS", "PASS"]);
      expect([...health.incidents, ...health.errors]).toEqual([]);
      expect(signals.open).toBe(0);
      for (const name of [`json/${date}.json`, `markdown/${date}.md`]) {
        expect(existsSync(join(rehearsal.folder, "artifacts", name))).toBe(true);
      }
    }
    const headers = { "APCA-API-KEY-ID": KEYS.keyId, "APCA-API-SECRET-KEY": KEYS.secret };
    const answer = await fetch(`${rehearsal.venue.url}/v2/account`, { headers });
    const account = (await answer.json()) as { readonly cash: string };
    expect(Number(account.cash)).toBe(Number(days[days.length - 1].risk.cash));
    const metrics = readFileSync(join(rehearsal.folder, "metrics.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect(metrics).toHaveLength(DAYS + 1);
    await rehearsal.close();
  },
);
