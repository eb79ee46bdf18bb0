/**
 * Faults of books, journal and artifacts: an entry that is lost, doubled or changed between where it
 * is kept and where it is read, a file that says something else than memory, a record altered when
 * the run was long over, a run that does not come out the same twice. And what the run, or whoever
 * reads the record next, must say of each.
 */
import type { DamageName } from "./damages.ts";
import type { Fault, Plant } from "./fault.ts";
import { planted } from "./planted-code.ts";

const AUDIT = "engine/run-audit.ts";
const ROWS = "  for (const { body } of journal.rows(1)) {\n";
const RECORDER = "engine/journalling-recorder.ts";

/** The first entry of a kind is not there when the books are folded. */
function lost(kind: string, says: RegExp): Fault {
  const plant = planted(
    AUDIT,
    ROWS,
    `  let lost = false;\n${ROWS}    if (!lost && kindOfBody(body) === "${kind}") {\n      lost = true;\n      continue;\n    }\n`,
  );
  return {
    title: `an entry lost from the journal: ${kind}`,
    on: "plain",
    plants: [plant],
    invariant: 11,
    says,
  };
}

const BOOKS: readonly Fault[] = [
  lost("fill", /net asset value|cash|lots/),
  lost("accrual", /the ledger's (?:net asset value|cash)/),
  lost("dividend", /a dividend of .* is due and was not booked/),
  lost("dividend_paid", /a dividend_paid of .* is due and was not booked/),
  lost("flow", /the ledger's net asset value/),
  lost("split", /a split of .* is due and was not booked/),
  {
    title: "a fee doubled in one entry of the journal",
    on: "plain",
    plants: [
      planted(
        AUDIT,
        ROWS,
        `  let doubled = false;\n  for (const { body: told } of journal.rows(1)) {\n    const body = doubled ? told : told.replace(/"fee_minor":(\\d+)/, (_, fee) => \`"fee_minor":\${2 * Number(fee)}\`);\n    doubled ||= body !== told;\n`,
      ),
    ],
    invariant: 11,
    says: /net asset value is \d+ minor units/,
  },
  {
    title: "a cost left out of the ledger",
    on: "plain",
    plants: [
      planted(
        "records/ledger/postings.ts",
        '  if (payload.accrual === "financing") booking.totals.financingMinor += amount;\n',
        '  if (payload.accrual === "financing") return [];\n',
      ),
    ],
    invariant: 11,
    says: /the ledger's net asset value is \d+ minor units, the kernel's \d+/,
  },
  {
    title: "lots closed twice",
    on: "plain",
    plants: [
      planted("records/ledger/lots.ts", "    book.lots.pop();\n    const part", "    const part"),
    ],
    invariant: 11,
    says: /./,
  },
];

const ANSWERS: readonly Fault[] = ["plain", "layers"].map(
  (on): Fault => ({
    title: `answers that are not all written down, so that nobody asks them again: ${on}`,
    on: on as Fault["on"],
    plants: [
      planted(
        "engine/trace-forecast.ts",
        "  forecasts.session.push(session);\n",
        "  if (session % 97 === 0) return;\n  forecasts.session.push(session);\n",
      ),
    ],
    invariant: 4,
    says: /\d+ forecasts were given and \d+ are written down: the others were not asked again/,
  }),
);

const HELD: readonly Fault[] = [
  {
    title: "a position written down with a lot that nobody bought",
    on: "plain",
    plants: [
      planted(
        RECORDER,
        "        positions.lots.push(lots[i]);\n",
        "        positions.lots.push(session % 50 === 0 ? lots[i] + 1 : lots[i]);\n",
      ),
    ],
    invariant: 11,
    says: /-?\d+ lots of SIM\d+ are written down as held, fills and splits leave -?\d+/,
  },
  {
    title: "an order that was never journalled",
    on: "plain",
    plants: [
      planted(
        RECORDER,
        "    order: (session, order, verdicts) => emit(session, openedOrder(c, order, verdicts)),\n",
        "    order: (session, order, verdicts) => {\n      if (session % 5 !== 0) emit(session, openedOrder(c, order, verdicts));\n    },\n",
      ),
    ],
    invariant: 10,
    says: /\d+ orders were submitted, and the journal holds \d+/,
  },
];

const TERMINALS: readonly Fault[] = [
  {
    title: "a terminal that the store never got",
    on: "plain",
    plants: [
      planted(
        "adapters/storage/journal-store.ts",
        "    for (const row of terminals) {\n",
        "    for (const row of terminals.slice(1)) {\n",
      ),
    ],
    invariant: 2,
    says: /\d+ signals, but the journal holds \d+ terminal/,
  },
  {
    title: "a terminal recorded twice",
    on: "plain",
    plants: [
      planted(
        RECORDER,
        "  return ended.map((signal) => {",
        "  return [...ended, ...ended].map((signal) => {",
      ),
    ],
    invariant: 2,
    says: /already has a terminal state/,
  },
];

const WRITE = "writeDurablyMeanwhile(path, content);";

/** One more digit at the end of the last number of the file. */
const ALTERED = ["orders", "fills", "positions", "equity", "returns", "signals"].map(
  (name): Fault => ({
    title: `${name}.csv altered between writing and reading back`,
    on: "plain",
    plants: [
      planted(
        "adapters/storage/artifact-store.ts",
        WRITE,
        `writeDurablyMeanwhile(path, file === "${name}.csv" ? Buffer.from(Buffer.from(content).toString("utf8").replace(/(\\d)([^\\d]*)$/, "$1" + "7$2")) : content);`,
      ),
    ],
    invariant: 21,
    says: new RegExp(`${name}\\.csv`),
  }),
);

const FILES: readonly Fault[] = [
  ...ALTERED,
  {
    title: "a panel keyed by date only",
    on: "plain",
    plants: [
      planted(
        "records/artifacts/registry.ts",
        '    { name: "weight", type: "number" },\n  ],\n  primaryKey: ["date", "instrument"],\n',
        '    { name: "weight", type: "number" },\n  ],\n  primaryKey: ["date"],\n',
      ),
    ],
    invariant: 21,
    says: /positions\.csv/,
  },
  {
    title: "a missing value written as zero",
    on: "plain",
    plants: [
      planted(
        "records/artifacts/csv.ts",
        "    if (Number.isNaN(value)) return;\n",
        "    if (Number.isNaN(value)) return void writer.number(0);\n",
      ),
    ],
    invariant: 21,
    says: /\.csv/,
  },
  {
    title: "a run that traded nothing reported OK",
    on: "plain",
    plants: [
      planted(
        "engine/match-orders.ts",
        "  openPhase(k, session);\n  rangePhase(k, session);\n  closePhase(k, session, session - 1);\n",
        "",
      ),
      planted("engine/run-result.ts", 'return "ZERO_TRADES";', 'return "OK";'),
    ],
    invariant: 18,
    says: /a run without a single fill is said to be OK/,
  },
];

function twice(title: string, plant: Plant): Fault {
  return {
    title,
    on: "plain",
    plants: [plant],
    after: { run: "again" },
    invariant: 20,
    says: /was recorded before with other bytes in .*journal\.sqlite/,
  };
}

const AGAIN: readonly Fault[] = [
  twice(
    "a wall clock in the core",
    planted(
      RECORDER,
      "orderId({ account, instrument, at, purpose, leg, generation }, c.sha256)",
      "orderId({ account, instrument, at: `${at}${performance.now()}`, purpose, leg, generation }, c.sha256)",
    ),
  ),
  twice(
    "an iteration in no order",
    planted(
      RECORDER,
      "const records = signals.map((signal)",
      "const records = [...signals].sort(() => Math.random() - 0.5).map((signal)",
    ),
  ),
];

function damaged(title: string, damage: DamageName, invariant: number, says: RegExp): Fault {
  return { title, on: "plain", plants: [], after: { verifyAfter: damage }, invariant, says };
}

const AFTERWARDS: readonly Fault[] = [
  damaged(
    "a journal entry rewritten",
    "an entry rewritten",
    10,
    /entry 20: its hash does not follow from entry 19 and its content/,
  ),
  damaged(
    "a journal's tail cut",
    "its tail cut",
    10,
    /the journal is shortened: HEAD says \d+, the journal ends at 40/,
  ),
  damaged("a terminal written in afterwards", "a terminal more in its table", 10, /of nobody/),
  damaged(
    "an artifact changed after sealing",
    "an artifact changed",
    21,
    /^artifacts.returns\.csv was changed/,
  ),
  damaged("a report changed after sealing", "the report changed", 10, /^report\.html was changed/),
  damaged("a file slipped in", "a file more", 21, /returns-2\.csv does not belong to the run/),
  damaged("HEAD scribbled over", "HEAD scribbled over", 10, /^HEAD was changed/),
  damaged("HEAD pointed elsewhere", "HEAD of another length", 10, /HEAD says 7/),
];

export const RECORD_FAULTS: readonly Fault[] = [
  ...BOOKS,
  ...ANSWERS,
  ...HELD,
  ...TERMINALS,
  ...FILES,
  ...AGAIN,
  ...AFTERWARDS,
];
