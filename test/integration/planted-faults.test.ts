/**
 * Faults planted in a run that is healthy without them, each caught by the run's own checks under
 * its invariant's number (acceptance 5): in the wiring, by one changed line of the source, and in
 * the data, between the engine and its stores.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { openRunStores, type RunStores } from "../../src/apps/cli/compose-records.ts";
import { type Job, prepareJob } from "../../src/apps/cli/run-command.ts";
import type { RunDocument } from "../../src/domain/run-document.ts";
import { executeRun } from "../../src/engine/run.ts";
import { TerminalStateViolation } from "../../src/ports/journal-store.ts";
import { decodeBody } from "../../src/records/journal/chain.ts";
import { type LedgerEntry, foldLedger } from "../../src/records/ledger/fold.ts";
import { type Outcome, planted, plantedRuns, scratchFolder } from "../support/planted-code.ts";
import { WIRING } from "../support/wiring-faults.ts";

/** Small, with a split, dividends, shorts, a debit, and orders that a limit refuses. */
const MANDATE = `assay: 1
name: planted
profile: plain
account: { currency: USD, initial_equity: 100000 }
data:
  kind: simulated
  simulated: { instruments: 3, sessions: 420, start: 2015-01-05 }
strategies:
  - { name: hold, use: buy-and-hold, instruments: [SIM01], params: { strength: 0.6 } }
  - { name: cross, use: ma-cross, instruments: [SIM02], params: { fast: 3, slow: 10, adx_min: 0, short: 1, strength: 0.38 } }
  - { name: wide, use: ma-cross, instruments: [SIM03], params: { fast: 3, slow: 10, adx_min: 0, strength: 0.9 } }
schedule: { rebalance: monday }
slippage: { bps: 2 }
fees: { per_share: 0.01, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
limits: { gross: 1.5, symbol: 0.8 }
`;

const folder = scratchFolder("assay-planted-");
const mandate = join(folder, "mandate");
beforeAll(() => {
  mkdirSync(mandate);
  writeFileSync(join(mandate, "mandate.yaml"), MANDATE);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("planted in the wiring", () => {
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    const tasks = WIRING.map(({ plant }) => ({ plants: plant === null ? [] : [plant], mandate }));
    const ended = await plantedRuns(join(folder, "wiring"), tasks);
    WIRING.forEach(({ title }, n) => outcomes.set(title, ended[n]));
  });

  it.for(WIRING)("$title", ({ title, exitCode, status, invariant, says }) => {
    const found = outcomes.get(title);
    expect(found).toMatchObject({ code: exitCode, status });
    if (invariant === null) {
      expect(found?.failure).toBeNull();
      return;
    }
    expect(found?.failure).toMatchObject({ invariant, message: expect.stringMatching(says) });
  });

  it("refuses a plant whose place is gone", async () => {
    const nowhere = planted("engine/pipeline.ts", "no such line", "");
    const runs = plantedRuns(join(folder, "nowhere"), [{ plants: [nowhere], mandate }]);
    await expect(runs).rejects.toThrow("0 times");
  });
});

describe("planted in the data", () => {
  let job: Job;
  let healthy: RunDocument;
  let kinds: ReadonlySet<string>;
  beforeAll(async () => {
    const loaded = loadMandate(mandate, [], { ASSAY_HOME: join(folder, "home") });
    ({ job } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 }));
    const run = await executed("healthy", (stores) => stores);
    healthy = run.document;
    kinds = run.kinds;
  });

  it("shows a healthy run first, with every kind of entry in it", () => {
    expect([healthy.status, healthy.failure]).toEqual(["OK", null]);
    const needed = ["fill", "accrual", "dividend", "dividend_paid", "split", "flow"];
    expect([...kinds]).toEqual(expect.arrayContaining(needed));
    expect(healthy.signals.terminal["REJECTED_BY_RISK_LIMIT"]).toBeGreaterThan(0);
  });

  it.for(["fill", "accrual", "dividend", "dividend_paid", "flow"])(
    "a lost %s entry breaks the books: invariant 11",
    async (kind) => {
      const { document } = await executed(`lost-${kind}`, (stores) =>
        withRows(stores, () => once((body) => (body.includes(`"kind":"${kind}"`) ? null : body))),
      );
      expect(document).toMatchObject({ status: "BREAK", failure: { invariant: 11 } });
    },
  );

  it("a lost split leaves the lots wrong: invariant 11", async () => {
    const lost = executed("lost-split", (stores) =>
      withRows(stores, () => once((body) => (body.includes('"kind":"split"') ? null : body))),
    );
    await expect(lost).resolves.toMatchObject({
      document: { status: "BREAK", failure: { invariant: 11 } },
    });
  });

  it("a doubled fee in one entry breaks the books: invariant 11", async () => {
    const double = () =>
      once((body) =>
        body.replace(/"fee_minor":(\d+)/, (_, fee: string) => `"fee_minor":${2 * Number(fee)}`),
      );
    const { document } = await executed("doubled-fee", (stores) => withRows(stores, double));
    expect(document).toMatchObject({ status: "BREAK", failure: { invariant: 11 } });
    expect(document.failure?.message).toMatch(/net asset value is \d+ minor units/);
  });

  it("a terminal that the store never got is a leak: invariant 2", async () => {
    const { document } = await executed("lost-terminal", ({ journal, ...rest }) => {
      let dropped = false;
      return {
        ...rest,
        journal: {
          ...journal,
          append: (rows, terminals) => {
            const kept = dropped ? terminals : terminals.slice(1);
            dropped ||= terminals.length > 0;
            return journal.append(rows, kept);
          },
        },
      };
    });
    expect(document).toMatchObject({ status: "SIGNAL_LEAK", failure: { invariant: 2 } });
    expect(document.failure?.message).toMatch(/\d+ signals, but the journal holds \d+ terminal/);
  });

  it("a second terminal for a signal is refused by the store, and nothing of its batch is kept", async () => {
    const { journal } = openRunStores(join(folder, "second-terminal"));
    const row = (seq: number) => ({ seq, body: `{"seq":${seq}}`, hash: sha256(String(seq)) });
    const terminal = (seq: number) => ({ signalId: "s", state: "EXECUTED" as const, seq });
    await journal.append([row(1)], [terminal(1)]);
    await expect(journal.append([row(2)], [terminal(2)])).rejects.toThrow(TerminalStateViolation);
    expect([...journal.rows(1)].map(({ seq }) => seq)).toEqual([1]);
    expect(journal.terminalCounts().get("EXECUTED")).toBe(1);
    await journal.close();
  });

  it.for(["orders", "fills", "positions", "equity", "returns", "signals"])(
    "%s.csv altered between write and read-back: invariant 21",
    async (name) => {
      const altered = executed(`altered-${name}`, ({ artifacts, ...rest }) => ({
        ...rest,
        artifacts: {
          ...artifacts,
          write: async (file, content) => {
            if (file !== `${name}.csv`) return artifacts.write(file, content);
            return artifacts.write(file, withOneDigitMore(content));
          },
        },
      }));
      await expect(altered).rejects.toMatchObject({ invariant: 21 });
    },
  );

  it("a ledger thrown away comes out of the journal the same", async () => {
    const { journal } = openRunStores(join(folder, "healthy"));
    const entries = [...journal.rows(1)].map(({ body }) => decodeBody(body));
    await journal.close();
    const [first, again] = [fold(entries), fold(entries)];
    expect(first.transactions.length).toBeGreaterThan(50);
    expect(again.transactions).toEqual(first.transactions);
    expect(again.balances).toEqual(first.balances);
    expect(fold(entries.filter(({ payload }) => payload.kind !== "dividend")).balances).not.toEqual(
      first.balances,
    );
  });

  function fold(entries: readonly LedgerEntry[]) {
    const { instruments } = job.prepared.world;
    const { lotMethod } = job.prepared;
    const books = { currency: "USD", digits: 2, lotMethod, instruments, keepTransactions: true };
    return foldLedger(entries, books);
  }

  async function executed(
    name: string,
    plant: (stores: RunStores) => RunStores,
  ): Promise<{ document: RunDocument; kinds: ReadonlySet<string> }> {
    const stores = openRunStores(join(folder, name));
    try {
      const { journal, artifacts } = plant(stores);
      const { document } = await executeRun({
        prepared: job.prepared,
        dataWarnings: job.dataWarnings,
        identity: job.identity,
        runId: job.id,
        journal,
        artifacts,
        sha256,
        progress: () => undefined,
        turn: () => Promise.resolve(),
      });
      const bodies = [...stores.journal.rows(1)];
      return { document, kinds: new Set(bodies.map(({ body }) => decodeBody(body).payload.kind)) };
    } finally {
      await stores.journal.close();
    }
  }
});

/** The journal as the audit reads it back, each time anew through `change`; null loses the entry. */
function withRows(stores: RunStores, change: () => (body: string) => string | null): RunStores {
  const { journal } = stores;
  const rows = function* (from: number) {
    const changed = change();
    for (const row of journal.rows(from)) {
      const body = changed(row.body);
      if (body !== null) yield { ...row, body };
    }
  };
  return { ...stores, journal: { ...journal, rows } };
}

/** Applies a change to the first body that it alters, and to no other. */
function once(change: (body: string) => string | null): (body: string) => string | null {
  let done = false;
  return (body) => {
    const changed = done ? body : change(body);
    done ||= changed !== body;
    return changed;
  };
}

/** One more digit at the end of the last number of the file. */
function withOneDigitMore(content: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(content);
  return new TextEncoder().encode(text.replace(/(\d)([^\d]*)$/, "$17$2"));
}
