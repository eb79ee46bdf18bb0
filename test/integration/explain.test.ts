/**
 * `assay explain` on recorded runs: an answer for every terminal state, the first line of each with
 * who decided and the numbers, and every number it shows compared with what the journal and the
 * artifacts hold, read here without src. Postings are compared with the ledger's own export, which
 * knows the instruments from the pack, while explain has to work without it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TERMINAL_STATES, type TerminalState } from "../../src/domain/refusal.ts";
import { exampleRun } from "../support/example-runs.ts";
import {
  command,
  document,
  explain,
  type Explained,
  type Place,
  type Posted,
  recorded,
} from "../support/explained.ts";
import { parseCsv, readArtifact, readJournal, type Row } from "../support/run-files.ts";
import { writeScripted } from "../support/scripted-mandate.ts";

type RunName = "scripted" | "braked" | "alike" | "simulated";

/** A pause and a broker's refusal need a broker: the account's tests have them. */
type BacktestState = Exclude<TerminalState, "REJECTED_BY_PAUSE" | "REJECTED_BY_BROKER">;

/** Where each state is to be found, and what the first line must say of it. */
const STATES: {
  readonly [state in BacktestState]: readonly [RunName, RegExp];
} = {
  EXECUTED: [
    "scripted",
    /^It traded: bought 200 lots at 100\.05 on 2020-01-09, all of its wish\.$/,
  ],
  EXPIRED: [
    "scripted",
    /^It did not trade: its limit order at 90 of 2020-01-14 was good for one bar, was not reached and expired on 2020-01-15\.$/,
  ],
  REJECTED_BY_FRESHNESS: [
    "scripted",
    /^It did not trade: refused by gate freshness: .*\(observed 3, limit 1 sessions\); 985 lots stay held\.$/,
  ],
  REJECTED_BY_DUPLICATE: [
    "scripted",
    /^It did not trade: refused by gate duplicate: orders already at work .*\(observed 110 lots\)/,
  ],
  REJECTED_BY_SIZING: [
    "scripted",
    /^It did not trade: refused by stage sizing: .*\(observed 0\.10\d+, limit 1 lots\)\.$/,
  ],
  REJECTED_BY_RISK_LIMIT: [
    "scripted",
    /^It did not trade: refused by gate limits: the position would be too large for one instrument \(observed 1\.999\d+, limit 1\.2 fraction of NAV\)/,
  ],
  REJECTED_BY_CASH: [
    "scripted",
    /^It did not trade: refused by gate cash: .*buying power.*\(observed [\d,]+\.\d\d USD, limit [\d,]+\.\d\d USD\)/,
  ],
  REJECTED_BY_OVERLAY: [
    "braked",
    /^It did not trade: refused by stage overlay: the brake cut it in regime UNKNOWN \(observed 0\.25, limit 1 fraction of the wish\); 250 lots stay held\.$/,
  ],
  REJECTED_BY_CORRELATION: [
    "alike",
    /^It did not trade: refused by gate correlation: .*\(observed 1, limit 0\.8 correlation with CC\)\.$/,
  ],
  REJECTED_BY_POLICY: [
    "simulated",
    /^It did not trade: refused by stage policy: its policy is off: /,
  ],
  REJECTED_BY_HEAT: [
    "simulated",
    /^It did not trade: refused by gate heat: .*\(observed 0\.\d+, limit 0\.08 fraction of NAV\)/,
  ],
  REJECTED_BY_CIRCUIT_BREAKER: [
    "simulated",
    /^It did not trade: refused by gate breakers: the circuit breaker stands at HALT and lets nothing grow/,
  ],
};

const scratch = mkdtempSync(join(tmpdir(), "assay-explain-"));
const runs = new Map<RunName, Place>();
beforeAll(async () => {
  for (const name of ["scripted", "braked", "alike"] as const) {
    const mandate = writeScripted(scratch, name);
    runs.set(name, await recorded(mandate, join(scratch, `home-${name}`)));
  }
  const { home, folder, json } = await exampleRun("simulated");
  runs.set("simulated", { home, folder, runId: json.run_id });
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

const placeOf = (name: RunName): Place => runs.get(name) as Place;

/** The journal's own word, by plain search. */
type Payload = { readonly [key: string]: unknown };
function terminalIn(folder: string, id: string): Payload | undefined {
  for (const { payload } of readJournal(folder)) {
    const inDecision = payload.signals?.map(({ terminal }) => terminal) ?? [];
    for (const found of [...inDecision, ...(payload.terminals ?? [])]) {
      if (found?.signal_id === id) return found as unknown as Payload;
    }
  }
  return undefined;
}

function firstOf(place: Place, state: string): Row {
  const found = readArtifact(place.folder, "signals").find((row) => row["terminal"] === state);
  if (found === undefined) throw new Error(`${place.runId} has no signal that ended ${state}`);
  return found;
}

/** A row of an artifact as explain gives it, and as the file has it. */
function sameValues(said: Explained["weights"], written: Row): void {
  for (const [column, text] of Object.entries(written)) {
    const value = said?.[column] ?? null;
    expect([column, value === null ? "" : String(value)]).toEqual([column, text]);
  }
}

/** Those that need no broker. */
const BACKTEST_STATES = TERMINAL_STATES.filter(
  (state): state is BacktestState =>
    state !== "REJECTED_BY_PAUSE" && state !== "REJECTED_BY_BROKER",
);

describe.for(BACKTEST_STATES)("%s", (state) => {
  const [name, sentence] = STATES[state];

  it("says in one line whether it traded, who decided, what was observed and the limit", async () => {
    const place = placeOf(name);
    const { code, stdout } = await explain(place, firstOf(place, state)["signal_id"]);
    const [first] = stdout.split("\n");
    expect(code).toBe(0);
    expect(first).toMatch(sentence);
    expect(stdout).toMatch(new RegExp(`^└─ end +${state} on `, "m"));
  });

  it("shows what the record holds: the journal's entries and the artifacts' rows", async () => {
    const place = placeOf(name);
    const row = firstOf(place, state);
    const id = row["signal_id"];
    const said = await document(place, id);
    const end = terminalIn(place.folder, id);
    expect(said.traded).toBe(state === "EXECUTED");
    expect(said.end).toMatchObject(end as Payload);
    if (said.decided_by !== null) {
      const { by, rule, observed, limit, unit } = said.decided_by;
      expect({ observed, limit, unit }).toEqual({
        observed: end?.["observed"],
        limit: end?.["limit"],
        unit: end?.["unit"],
      });
      const cutBy = (end?.["cut_by"] ?? []) as readonly string[];
      expect(`${by}/${rule}`).toBe(cutBy.at(-1));
    }
    sameValues(said.forecast, row);
    compareWithJournal(place, id, said);
    compareWithPanels(place, row, said);
  });
});

function compareWithJournal(place: Place, id: string, said: Explained): void {
  const journal = readJournal(place.folder);
  const decided = journal.find(({ seq }) => seq === said.seq) as unknown as {
    readonly payload: {
      readonly nav_minor: number;
      readonly verdicts: readonly unknown[];
      readonly signals: readonly (Payload & { readonly verdicts: readonly number[] })[];
    };
  };
  const { nav_minor: nav, verdicts, signals } = decided.payload;
  const signal = signals.find((each) => each["signal_id"] === id);
  if (signal === undefined) throw new Error(`entry ${said.seq} does not hold signal ${id}`);
  const { verdicts: places, terminal: _, ...rest } = signal;
  expect(said.signal).toEqual(rest);
  expect(said.nav_minor).toBe(nav);
  expect(said.verdicts).toEqual(places.map((at) => verdicts[at]));
  expect(said.orders.map(({ order_id }) => order_id)).toEqual(signal["order_ids"]);
  for (const order of said.orders) {
    const opened = journal.find(({ seq }) => seq === order.seq);
    expect(order).toMatchObject(opened?.payload as Payload);
    for (const fill of order.fills) {
      const entry = journal.find(({ seq }) => seq === fill.seq);
      const filled: Payload = entry === undefined ? {} : entry.payload;
      const { terminals: __, instrument: ___, order_id: filledOrder, ...amounts } = filled;
      expect(filledOrder).toBe(order.order_id);
      expect(fill).toMatchObject(amounts);
    }
  }
}

function compareWithPanels(place: Place, row: Row, said: Explained): void {
  const { date, variant_id: variant, instrument } = row;
  if (place === runs.get("scripted")) {
    expect([said.weights, said.decision, said.netting, said.clamps]).toEqual([
      null,
      null,
      null,
      [],
    ]);
    return;
  }
  const rows = (artifact: string) =>
    readArtifact(place.folder, artifact).filter((each) => each["date"] === date);
  const weights = rows("weights").find((each) => each["variant_id"] === variant);
  sameValues(said.weights, weights as Row);
  sameValues(said.decision, rows("decisions")[0]);
  const netting = rows("nettings").find((each) => each["instrument"] === instrument);
  if (netting === undefined) expect(said.netting).toBeNull();
  else sameValues(said.netting, netting);
}

it("each state it answers for is there: none of the list is left out", () => {
  expect(Object.keys(STATES).toSorted()).toEqual([...BACKTEST_STATES].toSorted());
});

const COMPARED = new Set(["AA", "BB", "CC", "SX_ST_ONE", "SX_EN_OIL", "SX_RT_EU", "SX_EQ_JP"]);

describe("postings", () => {
  /** Lines of the export by journal entry. */
  async function exported({ home, runId }: Place): Promise<ReadonlyMap<string, readonly Row[]>> {
    const { stdout } = await command(["ledger", "export", runId, "--format", "csv"], home);
    const bySeq = new Map<string, Row[]>();
    for (const row of parseCsv(stdout)) {
      bySeq.set(row["seq"], [...(bySeq.get(row["seq"]) ?? []), row]);
    }
    return bySeq;
  }

  const flat = (posted: readonly Posted[], digits: number) =>
    posted.flatMap(({ narration, postings }) =>
      postings.map(({ account, amount_minor: minor, currency }) =>
        [narration, account, (minor / 10 ** digits).toFixed(digits), currency].join(" | "),
      ),
    );

  it.for(["scripted", "alike", "simulated"] as const)(
    "%s: a fill's are those of the ledger's export, to the cent",
    async (name) => {
      const place = placeOf(name);
      const books = await exported(place);
      const fills = readArtifact(place.folder, "fills").filter((row) => row["signal_ids"] !== "");
      // Near the end of its books: a share, a future, and futures in two foreign currencies among them.
      const last = new Map(
        fills.map((row) => [row["instrument"], row] as const).filter(([id]) => COMPARED.has(id)),
      );
      let compared = 0;
      for (const { signal_ids: ids } of last.values()) {
        const { orders } = await document(place, ids.split(" ")[0]);
        for (const { seq, postings, digits } of orders.flatMap((order) => order.fills)) {
          const own = flat(postings as readonly Posted[], digits as number);
          const theirs = (books.get(String(seq)) ?? []).map((row) =>
            [row["narration"], row["account"], row["amount"], row["currency"]].join(" | "),
          );
          expect(own).toEqual(theirs);
          compared++;
        }
      }
      expect(compared).toBeGreaterThanOrEqual(last.size);
    },
  );
});

describe("the sentence of a part", () => {
  it("names the share that traded, and who kept the rest", async () => {
    const place = placeOf("simulated");
    const row = readArtifact(place.folder, "signals").find(
      (each) => each["terminal"] === "EXECUTED" && Number(each["share"]) < 1,
    ) as Row;
    const { answer, decided_by: by } = await document(place, row["signal_id"]);
    const percent = Number((100 * Number(row["share"])).toPrecision(6));
    expect(answer).toContain(`${percent} % of its wish; the rest was kept by `);
    expect(`${by?.by}/${by?.rule}`).toBe(row["cut_by"].split(" ").at(-1));
  });
});

it("a day on which several sleeves were refused names who refused them, and the numbers", async () => {
  const { answer } = await document(placeOf("simulated"), "SX_RT_JP", "2019-04-30");
  expect(answer).toMatch(
    /2 sleeves asked for a change: 2 REJECTED_BY_FRESHNESS, by gate freshness: .*\(observed 2, limit 1 sessions\)\.$/,
  );
});
