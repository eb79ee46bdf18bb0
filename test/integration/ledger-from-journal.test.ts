/** Invariant 11: the books hold nothing that the journal does not; thrown away, they come out of it the same. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { openRunStores } from "../../src/apps/cli/compose-records.ts";
import { prepareJob } from "../../src/apps/cli/run-command.ts";
import { decodeBody } from "../../src/records/journal/chain.ts";
import { foldLedger, type LedgerEntry, type LedgerOptions } from "../../src/records/ledger/fold.ts";
import { writeMandates } from "../faults/mandates.ts";
import { scratchFolder } from "../faults/planted-code.ts";

const folder = scratchFolder("assay-ledger-");
afterAll(() => rmSync(folder, { recursive: true }));

let entries: readonly LedgerEntry[];
let books: LedgerOptions;
beforeAll(async () => {
  const { plain } = writeMandates(folder);
  const environment = { ...process.env, ASSAY_HOME: join(folder, "home") };
  const silent = { write: () => true };
  expect(
    await runCommandLine(["run", plain], { stdout: silent, stderr: silent, environment }),
  ).toBe(0);
  const [id] = readdirSync(join(folder, "home", "runs"));
  const { journal } = openRunStores(join(folder, "home", "runs", id));
  entries = [...journal.rows(1)].map(({ body }) => decodeBody(body));
  await journal.close();
  const loaded = loadMandate(plain, [], environment);
  const { job } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 });
  const { world, lotMethod } = job.prepared;
  const { instruments } = world;
  books = { currency: "USD", digits: 2, lotMethod, instruments, keepTransactions: true };
});

it("a ledger thrown away comes out of the journal the same", () => {
  const [first, again] = [foldLedger(entries, books), foldLedger(entries, books)];
  expect(first.transactions.length).toBeGreaterThan(50);
  expect(again.transactions).toEqual(first.transactions);
  expect(again.balances).toEqual(first.balances);
});

it("without one kind of entry it does not", () => {
  const without = entries.filter(({ payload }) => payload.kind !== "dividend");
  expect(foldLedger(without, books).balances).not.toEqual(foldLedger(entries, books).balances);
});
