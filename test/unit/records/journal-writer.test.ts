import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import type { Head, JournalRow } from "../../../src/ports/journal-store.ts";
import {
  decodeBody,
  entryBody,
  kindOfBody,
  ZERO_HASH,
} from "../../../src/records/journal/chain.ts";
import { createJournalWriter } from "../../../src/records/journal/writer.ts";
import { DAY, payloadNumber } from "./journal-fixture.ts";

const NOTHING: Head = { seq: 0, hash: ZERO_HASH };

function record(payloads: readonly JournalPayload[]): { rows: JournalRow[]; head: Head } {
  const writer = createJournalWriter({ recorded: NOTHING, prefix: [], sha256 });
  for (const payload of payloads) writer.emit(DAY, payload);
  return { rows: [...writer.takeBatch().rows], head: writer.head() };
}

function resume(rows: readonly JournalRow[], recorded: Head) {
  return createJournalWriter({ recorded, prefix: rows, sha256 });
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("journal chain", () => {
  it("has the head that a hand-made chain has", () => {
    const { rows, head } = record([payloadNumber(1), payloadNumber(2)]);
    let prev = "0".repeat(64);
    for (const row of rows) {
      prev = sha256(`assay/journal-entry/v1\n${prev}\n${row.body}`);
      expect(row.hash).toBe(prev);
    }
    expect(head).toEqual({ seq: 2, hash: prev });
  });

  // Confirmed by a second derivation with Python's json and hashlib.
  it("pins the head of format version 2", () => {
    expect(record(numbers(20).map(payloadNumber)).head.hash).toBe(
      "16327aefa8e82218401fa1455ea1508bd5296b10be38e345a1bc0503630db243",
    );
  });

  it("writes a body with sorted keys, the kind once, and reads it back", () => {
    const [, row] = record([payloadNumber(1), payloadNumber(2)]).rows;
    expect(
      row.body.startsWith('{"at":"2001-01-02","kind":"fill","payload":{"currency":"USD"'),
    ).toBe(true);
    expect(row.body.endsWith(',"seq":2}')).toBe(true);
    expect(decodeBody(row.body)).toEqual({ seq: 2, at: DAY, payload: payloadNumber(2) });
  });

  it("says its kind without being read: the first one, whatever a payload says of kinds", () => {
    for (const kind of ["flow", "order_ended"] as const) {
      expect(
        kindOfBody(entryBody(3, DAY, { kind, payload: { kind: "fill", a: '"kind":"x"' } })),
      ).toBe(kind);
    }
  });

  it("does not depend on the order of a payload's keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer(), { maxKeys: 12 }), (content) => {
        const turned = Object.fromEntries(Object.entries(content).reverse());
        expect(entryBody(1, DAY, { kind: "flow", payload: turned })).toBe(
          entryBody(1, DAY, { kind: "flow", payload: content }),
        );
      }),
    );
  });
});

describe("journal writer", () => {
  it("hands each entry over once, with the terminals of decisions, fills, ended orders and crosses", () => {
    const writer = createJournalWriter({ recorded: NOTHING, prefix: [], sha256 });
    const terminal = { share: 0, cut_by: [], observed: null, limit: null, unit: null };
    writer.emit(DAY, {
      kind: "decision",
      nav_minor: 1,
      verdicts: [],
      signals: [
        {
          signal_id: "a",
          variant_id: "v",
          strategy: "s",
          instrument: "SPY",
          target_kind: "weight",
          target: 1,
          price: 1,
          current_lots: 0,
          belief_lots: null,
          final_lots: null,
          verdicts: [],
          order_ids: [],
          terminal: { signal_id: "a", state: "REJECTED_BY_SIZING", ...terminal },
        },
      ],
    });
    expect(writer.emit(DAY, payloadNumber(2))).toBe(2);
    expect(writer.buffered()).toBe(2);
    const first = writer.takeBatch();
    expect(first.terminals).toEqual([
      { signalId: "a", state: "REJECTED_BY_SIZING", seq: 1 },
      { signalId: "signal-000002", state: "EXECUTED", seq: 2 },
    ]);
    writer.emit(DAY, {
      kind: "order_ended",
      order_id: "o",
      instrument: "SPY",
      end: "expired",
      observed: null,
      terminals: [{ signal_id: "b", state: "EXPIRED", ...terminal }],
    });
    expect(writer.takeBatch()).toMatchObject({
      rows: [{ seq: 3 }],
      terminals: [{ signalId: "b", state: "EXPIRED", seq: 3 }],
    });
    writer.emit(DAY, {
      kind: "cross",
      instrument: "SPY",
      price: 5,
      sleeves: [],
      terminals: [{ signal_id: "c", state: "EXECUTED", ...terminal }],
    });
    expect(writer.takeBatch().terminals).toEqual([{ signalId: "c", state: "EXECUTED", seq: 4 }]);
    expect(writer.takeBatch()).toEqual({ rows: [], terminals: [] });
  });

  it("compares a recorded prefix of any length and continues to the same head", () => {
    const payloads = numbers(12).map(payloadNumber);
    const whole = record(payloads);
    for (let kept = 0; kept <= 12; kept++) {
      const recorded = kept === 0 ? NOTHING : { seq: kept, hash: whole.rows[kept - 1].hash };
      const writer = resume(whole.rows.slice(0, kept), recorded);
      expect(writer.comparing()).toBe(kept > 0);
      for (const payload of payloads) writer.emit(DAY, payload);
      writer.finish();
      expect(writer.head()).toEqual(whole.head);
      expect(writer.takeBatch().rows).toEqual(whole.rows.slice(kept));
    }
  });

  it("stops with invariant 20, the seq and the kind at the first entry that differs", () => {
    const { rows, head } = record(numbers(9).map(payloadNumber));
    const writer = resume(rows, head);
    for (let n = 1; n <= 4; n++) writer.emit(DAY, payloadNumber(n));
    expect(() => writer.emit(DAY, { ...payloadNumber(5), price: 1.5 } as JournalPayload)).toThrow(
      /^invariant 20: journal entry 5 differs \(fill\): recorded .*100\.714.*, recomputed .*1\.5/,
    );
  });

  it("stops with invariant 20 at an entry whose recorded hash alone was altered", () => {
    const { rows, head } = record(numbers(3).map(payloadNumber));
    const altered = rows.map((row) => (row.seq === 2 ? { ...row, hash: "f".repeat(64) } : row));
    const writer = resume(altered, head);
    writer.emit(DAY, payloadNumber(1));
    expect(() => writer.emit(DAY, payloadNumber(2))).toThrow(
      `invariant 20: journal entry 2 differs (fill): recorded ${"f".repeat(64)}, recomputed ${rows[1].hash}`,
    );
  });

  it("stops with invariant 20 at an entry whose recorded content alone was altered", () => {
    const { rows, head } = record(numbers(2).map(payloadNumber));
    const body = rows[1].body.replace('"fee_minor":12', '"fee_minor":13');
    const writer = resume([rows[0], { ...rows[1], body }], head);
    writer.emit(DAY, payloadNumber(1));
    expect(() => writer.emit(DAY, payloadNumber(2))).toThrow(
      /entry 2 differs \(fill\): recorded .*"fee_minor":13.*, recomputed .*"fee_minor":12/,
    );
  });

  it("shows sixty characters on either side of the first that differs, and where text is left out", () => {
    const flow = (reason: string) =>
      ({ kind: "flow", currency: "USD", amount_minor: 1, reason }) as unknown as JournalPayload;
    const said = (was: string, is: string): readonly string[] => {
      const { rows, head } = record([flow(was)]);
      try {
        resume(rows, head).emit(DAY, flow(is));
      } catch (error) {
        return /recorded (.*), recomputed (.*)$/.exec(String(error))?.slice(1) ?? [];
      }
      return expect.fail("nothing was thrown");
    };
    const [a, b] = ["a".repeat(100), "b".repeat(100)];
    expect(said(`${a}x${b}`, `${a}y${b}`)).toEqual([
      `...${"a".repeat(60)}x${"b".repeat(59)}...`,
      `...${"a".repeat(60)}y${"b".repeat(59)}...`,
    ]);
    // The whole end stands there, and no dots behind it; the same of a beginning.
    expect(said("x", "y").map((part) => part.endsWith('"reason":"x"},"seq":1}'))).toEqual([
      true,
      false,
    ]);
    const early = flow(a);
    const { rows, head } = record([early]);
    const other = resume(rows, head);
    expect(() => other.emit("1999-01-02", early)).toThrow(
      /recorded \{"at":"2001.*, recomputed \{"at":"1999/,
    );
  });

  it("stops comparing at the last recorded entry, and hands nothing over until then", () => {
    const { rows, head } = record(numbers(2).map(payloadNumber));
    const writer = resume(rows, head);
    const states = numbers(3).map((n) => {
      writer.emit(DAY, payloadNumber(n));
      return [writer.comparing(), writer.buffered()];
    });
    expect(states).toEqual([
      [true, 0],
      [false, 0],
      [false, 1],
    ]);
    expect(writer.takeBatch().terminals).toHaveLength(1);
  });

  it("fails at the end when recorded entries were never reached", () => {
    const { rows, head } = record(numbers(5).map(payloadNumber));
    const writer = resume(rows, head);
    for (let n = 1; n <= 3; n++) writer.emit(DAY, payloadNumber(n));
    expect(() => writer.finish()).toThrow(/invariant 20: .*entries 4 to 5 .*never reached/);
    writer.emit(DAY, payloadNumber(4));
    expect(() => writer.finish()).toThrow(/entries 5 to 5 .*never reached/);
    writer.emit(DAY, payloadNumber(5));
    writer.finish();
  });

  it("fails when the store hands over fewer rows than it recorded, or another", () => {
    const { rows, head } = record(numbers(3).map(payloadNumber));
    const short = resume(rows.slice(0, 1), head);
    short.emit(DAY, payloadNumber(1));
    expect(() => short.emit(DAY, payloadNumber(2))).toThrow(/entry 2 differs.*the journal ends/);
    expect(() => resume(rows.slice(1), head).emit(DAY, payloadNumber(1))).toThrow(
      /entry 1 differs.*entry 2 comes/,
    );
  });
});
