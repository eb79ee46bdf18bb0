/**
 * Judges a recorded journal without the code that wrote it: the label, the link and the place of
 * the seq are stated here a second time, and only the hash function is shared. Rows and the HEAD
 * enter, findings leave; each names the entry. An empty list means that every link holds and the
 * journal ends where HEAD says. Without a signature, someone who rewrites every row from one entry
 * on and HEAD and run.json with it is not found here: the head has to be known from elsewhere.
 */
import type { Sha256 } from "../../ports/hash.ts";
import type { Head, JournalRow, TerminalRow } from "../../ports/journal-store.ts";

export type Finding = {
  /** The entry it is about; null when it is about the journal as a whole. */
  readonly seq: number | null;
  readonly message: string;
};

/** Which kinds a whole journal may hold, and where. */
export type KindRules = {
  /** Of the first entry, and of no other. */
  readonly first: string;
  /** Nothing follows it; null where a journal goes on for ever. */
  readonly last: string | null;
  /** Of another journal. */
  readonly never: readonly string[];
};

export const RUN_KINDS: KindRules = { first: "run_started", last: "sealed", never: [] };

/** An account's journal is never sealed: every day appends to it. */
export const ACCOUNT_KINDS: KindRules = {
  first: "account_opened",
  last: null,
  never: ["run_started", "sealed"],
};

const LABEL = "assay/journal-entry/v1";
const NOTHING_BEFORE = "0".repeat(64);
/** A journal that is broken everywhere is named once, not a million times. */
const MOST_FINDINGS = 50;

/** Without rules the kinds are not judged: a journal that a kill cut short, or a part of one. */
export function verifyChain(
  rows: Iterable<JournalRow>,
  head: Head,
  sha256: Sha256,
  kinds?: KindRules,
): Finding[] {
  const report = new LimitedReport();
  const order = kinds === undefined ? null : new KindOrder(kinds);
  let last: Head = { seq: 0, hash: NOTHING_BEFORE };
  // What the last link came to, when that is not what was recorded: tells a changed hash from a
  // changed body, so that one change names one entry.
  let recomputedLast: string | null = null;
  let hashAtHead: string | null = head.seq === 0 ? NOTHING_BEFORE : null;
  for (const row of rows) {
    const gap = row.seq !== last.seq + 1;
    if (gap) report.add(row.seq, gapMessage(last.seq, row.seq));
    if (!row.body.endsWith(`,"seq":${row.seq}}`)) {
      report.add(row.seq, `entry ${row.seq}: its content names another seq`);
    }
    const computed = link(last.hash, row.body, sha256);
    if (computed === row.hash) recomputedLast = null;
    else if (recomputedLast !== null && link(recomputedLast, row.body, sha256) === row.hash) {
      recomputedLast = null;
    } else {
      if (!gap) report.add(row.seq, brokenMessage(row.seq));
      recomputedLast = computed;
    }
    order?.judge(row, report);
    if (row.seq === head.seq) hashAtHead = row.hash;
    last = { seq: row.seq, hash: row.hash };
  }
  judgeEnd(report, { last, head, hashAtHead });
  return report.findings();
}

function link(previous: string, body: string, sha256: Sha256): string {
  return sha256(`${LABEL}\n${previous}\n${body}`);
}

function judgeEnd(
  report: LimitedReport,
  end: { readonly last: Head; readonly head: Head; readonly hashAtHead: string | null },
): void {
  const { last, head } = end;
  if (last.seq < head.seq) {
    report.end(
      last.seq + 1,
      `the journal is shortened: HEAD says ${head.seq}, the journal ends at ${last.seq}`,
    );
  } else if (last.seq > head.seq) {
    report.end(head.seq + 1, `the journal ends at ${last.seq}, HEAD says ${head.seq}`);
  }
  if (end.hashAtHead !== null && end.hashAtHead !== head.hash) {
    report.end(
      head.seq,
      `HEAD differs at entry ${head.seq}: HEAD says ${head.hash}, the journal ${end.hashAtHead}`,
    );
  }
}

function gapMessage(lastSeq: number, seq: number): string {
  if (seq <= lastSeq) return `entry ${seq} comes after entry ${lastSeq}`;
  const first = lastSeq + 1;
  return first === seq - 1
    ? `entry ${first} is missing`
    : `entries ${first} to ${seq - 1} are missing`;
}

function brokenMessage(seq: number): string {
  return `entry ${seq}: its hash does not follow from entry ${seq - 1} and its content`;
}

/** Kinds in their places: the first once, nothing after the last, none of another journal's. */
class KindOrder {
  readonly #rules: KindRules;
  #rows = 0;
  #lastSeq: number | null = null;
  constructor(rules: KindRules) {
    this.#rules = rules;
  }
  judge({ seq, body }: JournalRow, report: LimitedReport): void {
    const { first, last, never } = this.#rules;
    const kind = kindIn(body);
    const isFirst = this.#rows++ === 0;
    if (isFirst && kind !== first) {
      report.add(
        seq,
        `entry ${seq}: a journal of this sort begins with ${first}, not with ${kind}`,
      );
    }
    if (!isFirst && kind === first) {
      report.add(seq, `entry ${seq}: ${first} stands in the middle of a journal`);
    }
    if (never.includes(kind)) {
      report.add(seq, `entry ${seq}: ${kind} has no place in a journal that begins with ${first}`);
    }
    if (this.#lastSeq !== null) {
      report.add(
        seq,
        `entry ${seq}: ${kind} follows entry ${this.#lastSeq}, ${last}, the last there is`,
      );
    }
    if (kind === last) this.#lastSeq = seq;
  }
}

/** Read from the text: `at` is a time, so the first "kind" is the key. */
function kindIn(body: string): string {
  return /"kind":"([^"]*)"/.exec(body)?.[1] ?? "no kind";
}

class LimitedReport {
  #findings: Finding[] = [];
  #more = 0;
  add(seq: number, message: string): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push({ seq, message });
    else this.#more += 1;
  }
  /** About the end: said even when the list is full. */
  end(seq: number, message: string): void {
    this.#findings.push({ seq, message });
  }
  findings(): Finding[] {
    if (this.#more === 0) return this.#findings;
    return [...this.#findings, { seq: null, message: `and ${this.#more} findings more` }];
  }
}

/**
 * The terminal states one entry's content holds, read from its text: in the signals of a decision,
 * and in the list of a fill or an ended order.
 */
export function terminalsInBody(body: string): TerminalRow[] {
  // Most entries have none, and parsing is the slow part.
  if (!body.includes('"terminal')) return [];
  const entry = JSON.parse(body) as {
    seq: number;
    payload: {
      signals?: readonly { terminal: WrittenTerminal | null }[];
      terminals?: readonly WrittenTerminal[];
    };
  };
  const found: WrittenTerminal[] = [...(entry.payload.terminals ?? [])];
  for (const signal of entry.payload.signals ?? []) {
    if (signal.terminal !== null) found.push(signal.terminal);
  }
  return found.map((terminal) => ({
    signalId: terminal.signal_id,
    state: terminal.state,
    seq: entry.seq,
  }));
}

type WrittenTerminal = { readonly signal_id: string; readonly state: TerminalRow["state"] };
