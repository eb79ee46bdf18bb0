import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diskFault, writeDurably } from "../../../src/adapters/storage/durable-files.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import type { Head, JournalRow, TerminalRow } from "../../../src/ports/journal-store.ts";
import { ZERO_HASH } from "../../../src/records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../../../src/records/journal/verify.ts";
import { createJournalWriter } from "../../../src/records/journal/writer.ts";
import { DAY, freshFolder, payloadNumber } from "./journal-fixture.ts";

function record(payloads: readonly JournalPayload[]) {
  const writer = createJournalWriter({
    recorded: { seq: 0, hash: ZERO_HASH },
    prefix: [],
    sha256,
  });
  for (const payload of payloads) writer.emit(DAY, payload);
  const { rows, terminals } = writer.takeBatch();
  return { rows, terminals, head: writer.head() };
}

const ROWS = 30;
const whole = record(Array.from({ length: ROWS }, (_, i) => payloadNumber(i + 1)));

function messages(rows: readonly JournalRow[], head: Head = whole.head): string[] {
  return verifyChain(rows, head, sha256).map((finding) => finding.message);
}

const anySeq = fc.integer({ min: 1, max: ROWS });
const change = (seq: number, fields: Partial<JournalRow>) =>
  whole.rows.map((row) => (row.seq === seq ? { ...row, ...fields } : row));

describe("verify chain", () => {
  it("finds nothing in what the writer wrote, nor in an empty journal", () => {
    expect(messages(whole.rows)).toEqual([]);
    expect(messages([], { seq: 0, hash: ZERO_HASH })).toEqual([]);
  });

  it("names the entry whose body was changed by one character, and it alone", () => {
    fc.assert(
      fc.property(anySeq, fc.nat(), (seq, place) => {
        const { body } = whole.rows[seq - 1];
        const at = place % body.length;
        const other = body[at] === "x" ? "y" : "x";
        const rows = change(seq, { body: body.slice(0, at) + other + body.slice(at + 1) });
        const found = verifyChain(rows, whole.head, sha256);
        expect(found.length).toBeGreaterThan(0);
        expect(found.every((finding) => finding.seq === seq)).toBe(true);
        expect(found[0].message).toContain(`entry ${seq}`);
      }),
    );
  });

  it("names the entry whose hash was changed, and it alone", () => {
    for (let seq = 1; seq < ROWS; seq++) {
      expect(messages(change(seq, { hash: sha256("other") }))).toEqual([
        `entry ${seq}: its hash does not follow from entry ${seq - 1} and its content`,
      ]);
    }
    expect(messages(change(ROWS, { hash: sha256("other") })).join("\n")).toMatch(
      /entry 30: its hash .*\nHEAD differs at entry 30/,
    );
  });

  it("names what is missing, wherever it was cut out", () => {
    fc.assert(
      fc.property(anySeq, fc.integer({ min: 1, max: 5 }), (first, count) => {
        const last = Math.min(ROWS, first + count - 1);
        const rows = whole.rows.filter((row) => row.seq < first || row.seq > last);
        const expected =
          last === ROWS
            ? `the journal is shortened: HEAD says ${ROWS}, the journal ends at ${first - 1}`
            : first === last
              ? `entry ${first} is missing`
              : `entries ${first} to ${last} are missing`;
        expect(messages(rows)).toEqual([expected]);
      }),
    );
  });

  it("names two swapped contents, a repeated row and rows out of order", () => {
    const [five, six] = [whole.rows[4], whole.rows[5]];
    const swapped = whole.rows.map((row) =>
      row.seq === 5 ? { ...six, seq: 5 } : row.seq === 6 ? { ...five, seq: 6 } : row,
    );
    expect(messages(swapped).join("\n")).toMatch(/entry 5: its content names another seq/);
    expect(messages(swapped).join("\n")).toMatch(/entry 6: its content names another seq/);
    const repeated = [...whole.rows.slice(0, 5), five, ...whole.rows.slice(5)];
    expect(messages(repeated)).toEqual(["entry 5 comes after entry 5"]);
    const turned = [...whole.rows.slice(0, 4), six, five, ...whole.rows.slice(6)];
    expect(messages(turned)).toEqual([
      "entry 5 is missing",
      "entry 5 comes after entry 6",
      "entry 6 is missing",
    ]);
  });

  it("names a changed HEAD", () => {
    expect(messages(whole.rows, { seq: 12, hash: whole.rows[11].hash })).toEqual([
      "the journal ends at 30, HEAD says 12",
    ]);
    expect(messages(whole.rows, { seq: 31, hash: whole.head.hash })).toEqual([
      "the journal is shortened: HEAD says 31, the journal ends at 30",
    ]);
    expect(messages(whole.rows, { seq: 30, hash: sha256("x") })[0]).toMatch(
      /HEAD differs at entry 30/,
    );
    expect(messages([], { seq: 0, hash: sha256("x") })[0]).toMatch(/HEAD differs at entry 0/);
  });

  it("names a history that was rewritten and chained anew from one entry on", () => {
    const forged = record(
      Array.from({ length: ROWS }, (_, i) => payloadNumber(i === 9 ? 99 : i + 1)),
    );
    expect(messages(forged.rows)).toHaveLength(1);
    expect(messages(forged.rows)[0]).toMatch(/HEAD differs at entry 30/);
  });

  it("names two entries that were changed, and not the one between them", () => {
    const rows = whole.rows.map((row) =>
      row.seq === 5 || row.seq === 7 ? { ...row, hash: sha256(`other ${row.seq}`) } : row,
    );
    expect(verifyChain(rows, whole.head, sha256).map(({ seq }) => seq)).toEqual([5, 7]);
  });

  it("names each of two neighbours whose contents were changed", () => {
    const touched = ({ body }: JournalRow) => body.replace('"fee_minor":12', '"fee_minor":13');
    const rows = whole.rows.map((row) =>
      row.seq === 5 || row.seq === 6 ? { ...row, body: touched(row) } : row,
    );
    expect(verifyChain(rows, whole.head, sha256).map(({ seq }) => seq)).toEqual([5, 6]);
  });

  it("names a change of the first entry and of the last, and what is broken behind a gap", () => {
    for (const seq of [1, ROWS]) {
      const body = whole.rows[seq - 1].body.replace('"at":"2001', '"at":"2002');
      expect(messages(change(seq, { body }))).toEqual([
        `entry ${seq}: its hash does not follow from entry ${seq - 1} and its content`,
      ]);
    }
    const cut = change(12, { hash: sha256("other") }).filter((row) => row.seq !== 10);
    expect(messages(cut)).toEqual([
      "entry 10 is missing",
      "entry 12: its hash does not follow from entry 11 and its content",
    ]);
  });

  it("points at the first entry that is missing at the end, or that HEAD does not know", () => {
    const seqs = (rows: readonly JournalRow[], head: Head) =>
      verifyChain(rows, head, sha256).map(({ seq }) => seq);
    expect(seqs(whole.rows.slice(0, 28), whole.head)).toEqual([29]);
    expect(seqs(whole.rows, { seq: 12, hash: whole.rows[11].hash })).toEqual([13]);
    expect(seqs(whole.rows, { seq: 12, hash: sha256("x") })).toEqual([13, 12]);
  });

  it("counts fifty findings before it only counts", () => {
    const broken = (count: number) =>
      messages(
        Array.from({ length: count }, (_, i) => ({ seq: i + 1, body: "x", hash: "y" })),
        { seq: count, hash: "y" },
      );
    // Two for each: another seq, and a hash that does not follow.
    expect(broken(25)).toHaveLength(50);
    expect(broken(26).slice(50)).toEqual(["and 2 findings more"]);
  });

  it("says once how many findings more there are, and still what the end is", () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ seq: i + 1, body: "x", hash: "y" }));
    const found = messages(rows, { seq: 501, hash: "z" });
    expect(found).toHaveLength(52);
    expect(found[50]).toMatch(/shortened: HEAD says 501, the journal ends at 500/);
    expect(found[51]).toBe("and 950 findings more");
  });
});

describe("terminals in a body", () => {
  it("are those that the writer hands to the store", () => {
    const told: TerminalRow[] = whole.rows.flatMap((row) => terminalsInBody(row.body));
    expect(told).toEqual(whole.terminals);
    expect(told).toHaveLength(ROWS - 1);
  });

  it("are found in a decision among signals that go on", () => {
    const signal = (id: string, ended: boolean) => ({
      signal_id: id,
      variant_id: "v",
      strategy: "s",
      instrument: 'an instrument named "terminal',
      target_kind: "units" as const,
      target: 1,
      price: 1,
      current_lots: 0,
      belief_lots: 1,
      final_lots: 1,
      verdicts: [],
      order_ids: [],
      terminal: ended
        ? {
            signal_id: id,
            state: "REJECTED_BY_CASH" as const,
            share: 0,
            cut_by: ["cash"],
            observed: 1,
            limit: 0,
            unit: "USD",
          }
        : null,
    });
    const { rows, terminals } = record([
      {
        kind: "decision",
        nav_minor: 1,
        verdicts: [],
        signals: [signal("a", false), signal("b", true)],
      },
    ]);
    expect(terminals).toEqual([{ signalId: "b", state: "REJECTED_BY_CASH", seq: 1 }]);
    expect(terminalsInBody(rows[0].body)).toEqual(terminals);
  });
});

describe("failures of the disk", () => {
  it.each([
    ["ENOSPC", /the disk is full; free some space/],
    ["EACCES", /permission is denied/],
    ["EROFS", /read-only; set ASSAY_HOME/],
    ["EXDEV", /the system said EXDEV/],
  ])("%s comes out in words", (code, message) => {
    const fault = diskFault(Object.assign(new Error("raw"), { code }), "write", "runs/x/HEAD");
    expect(fault).toBeInstanceOf(Fault);
    expect(fault.message).toMatch(/^cannot write runs\/x\/HEAD: /);
    expect(fault.message).toMatch(message);
  });

  it("anything else is not dressed up", () => {
    const error = new TypeError("ours");
    expect(diskFault(error, "write", "x")).toBe(error);
  });

  it("a folder that is gone", () => {
    expect(() => writeDurably(`${freshFolder()}/gone/HEAD`, new Uint8Array())).toThrow(
      /cannot write .*HEAD: it does not exist/,
    );
  });
});
