/** An account's journal: chained, read back and resumed like a run's; its own first entry and no last one. */
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { decodeAccountBody, ZERO_HASH } from "../../../src/records/journal/chain.ts";
import {
  ACCOUNT_KINDS,
  RUN_KINDS,
  terminalsInBody,
  verifyChain,
} from "../../../src/records/journal/verify.ts";
import { createJournalWriter } from "../../../src/records/journal/writer.ts";
import { SAMPLE_ACCOUNT, SILENT } from "../ledger/account-journal.ts";
import { SAMPLE } from "../ledger/sample-journal.ts";
import { payloadNumber } from "./journal-fixture.ts";

const DAY = "2024-01-02T14:30:00Z";
const ACCOUNT = [...SAMPLE_ACCOUNT.map(({ payload }) => payload), ...SILENT, payloadNumber(9)];
const RUN = SAMPLE.map(({ payload }) => payload);

function record(payloads: readonly AccountPayload[]) {
  const writer = createJournalWriter({ recorded: { seq: 0, hash: ZERO_HASH }, prefix: [], sha256 });
  for (const payload of payloads) writer.emit(DAY, payload);
  return { ...writer.takeBatch(), head: writer.head() };
}

function findings(
  payloads: readonly AccountPayload[],
  kinds?: typeof RUN_KINDS,
): readonly string[] {
  const { rows, head } = record(payloads);
  return verifyChain(rows, head, sha256, kinds).map(({ message }) => message);
}

describe("an account's entries", () => {
  it("are read back as they were emitted", () => {
    const { rows } = record(ACCOUNT);
    expect(rows.map(({ body }) => decodeAccountBody(body))).toEqual(
      ACCOUNT.map((payload, i) => ({ seq: i + 1, at: DAY, payload })),
    );
  });

  it("end signals only where the pipeline's entries do", () => {
    const { rows, terminals } = record(ACCOUNT);
    expect(terminals).toEqual([
      { signalId: "signal-000009", state: "EXECUTED", seq: ACCOUNT.length },
    ]);
    expect(rows.flatMap(({ body }) => terminalsInBody(body))).toEqual(terminals);
  });

  it("are compared when they are executed again: one changed word stops with invariant 20", () => {
    const { rows, head } = record(ACCOUNT);
    const again = () => createJournalWriter({ recorded: head, prefix: rows, sha256 });
    const same = again();
    for (const payload of ACCOUNT) same.emit(DAY, payload);
    same.finish();
    const [opened] = ACCOUNT;
    expect(() => again().emit(DAY, { ...opened, broker: "other" } as AccountPayload)).toThrow(
      /invariant 20: journal entry 1 differs \(account_opened\)/,
    );
  });
});

describe("kinds in their places", () => {
  const opened = ACCOUNT[0];
  const [started] = RUN;
  const sealed = RUN[RUN.length - 1];
  it("are sound in both journals, each by its own rules", () => {
    expect(findings(ACCOUNT, ACCOUNT_KINDS)).toEqual([]);
    expect(findings(RUN, RUN_KINDS)).toEqual([]);
    expect(findings([], ACCOUNT_KINDS)).toEqual([]);
  });

  it.each<[string, readonly AccountPayload[], typeof RUN_KINDS, readonly string[]]>([
    [
      "an account without its opening",
      ACCOUNT.slice(1, 3),
      ACCOUNT_KINDS,
      ["entry 1: a journal of this sort begins with account_opened, not with flow"],
    ],
    [
      "an account opened twice",
      [opened, ACCOUNT[1], opened],
      ACCOUNT_KINDS,
      ["entry 3: account_opened stands in the middle of a journal"],
    ],
    [
      "an account that is sealed",
      [opened, sealed],
      ACCOUNT_KINDS,
      ["entry 2: sealed has no place in a journal that begins with account_opened"],
    ],
    [
      "a run within an account",
      [opened, started],
      ACCOUNT_KINDS,
      ["entry 2: run_started has no place in a journal that begins with account_opened"],
    ],
    [
      "a run that goes on after its seal",
      [started, sealed, ACCOUNT[1]],
      RUN_KINDS,
      ["entry 3: flow follows entry 2, sealed, the last there is"],
    ],
    [
      "a run that began as an account",
      [opened, sealed],
      RUN_KINDS,
      ["entry 1: a journal of this sort begins with run_started, not with account_opened"],
    ],
  ])("%s", (_, payloads, kinds, messages) => {
    expect(findings(payloads, kinds)).toEqual(messages);
    // Without rules only the chain is judged.
    expect(findings(payloads)).toEqual([]);
  });
});
