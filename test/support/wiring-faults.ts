/**
 * One changed line of the source for each way in which a run could lose its honesty, and what the
 * run must say of it: exit code, status and the number of the invariant.
 */
import { type Plant, planted } from "./planted-code.ts";

type Wiring = {
  readonly title: string;
  readonly plant: Plant | null;
  readonly exitCode: number;
  readonly status: string;
  readonly invariant: number | null;
  readonly says: RegExp;
};

export const WIRING: readonly Wiring[] = [
  {
    title: "nothing: the healthy run",
    plant: null,
    exitCode: 0,
    status: "OK",
    invariant: null,
    says: /^$/,
  },
  {
    title: "a fee that cash pays twice and the journal tells once",
    plant: planted(
      "engine/book-fill.ts",
      "state.cash[currency] -= money.notionalMinor + money.feeMinor;",
      "state.cash[currency] -= money.notionalMinor + 2 * money.feeMinor;",
    ),
    exitCode: 5,
    status: "BREAK",
    invariant: 11,
    says: /the ledger's net asset value is \d+ minor units, the kernel's \d+/,
  },
  {
    title: "one side of a posting lost in the ledger",
    plant: planted(
      "records/ledger/postings.ts",
      '    ...nonZero(booking, "cash", null, -fee),\n',
      "",
    ),
    exitCode: 5,
    status: "ERROR",
    invariant: 11,
    says: /postings in USD sum to \d+ minor units/,
  },
  {
    title: "a balanced transaction lost in the ledger",
    plant: planted(
      "records/ledger/fold.ts",
      "for (const draft of draftsOf(payload, bookingOf(state, entry))) book(state, entry, draft);",
      'const drafts = draftsOf(payload, bookingOf(state, entry));\n  if (payload.kind !== "dividend_paid") for (const draft of drafts) book(state, entry, draft);',
    ),
    exitCode: 5,
    status: "BREAK",
    invariant: 11,
    says: /the ledger's cash is -?\d+ minor units, the kernel's -?\d+/,
  },
  {
    title: "a signal dropped between the strategies and the gates",
    plant: planted(
      "engine/pipeline.ts",
      "const signals = collectSignals(k, session);\n",
      "const signals = collectSignals(k, session).slice(1);\n",
    ),
    exitCode: 5,
    status: "SIGNAL_LEAK",
    invariant: 2,
    says: /\d+ signals, but the journal holds \d+ terminal states/,
  },
  {
    title: "a forecast counted twice",
    plant: planted(
      "engine/collect-signals.ts",
      "state.counters.forecasts++;",
      "state.counters.forecasts += 2;",
    ),
    exitCode: 5,
    status: "SIGNAL_LEAK",
    invariant: 2,
    says: /forecasts are not \d+ holds \+ \d+ signals/,
  },
  {
    title: "a gate removed from the pipeline's list",
    plant: planted(
      "engine/place-wishes.ts",
      '  {\n    name: "cash",\n    judge: ({ k, view }) => cashGate(view, k.state.limits.gross, k.state.limits.margin),\n  },\n',
      "",
    ),
    exitCode: 5,
    status: "ERROR",
    invariant: 1,
    says: /gate cash is enabled and did not judge order/,
  },
  {
    title: "a stage whose results are thrown away",
    plant: planted("engine/collect-signals.ts", "  tally.applied++;\n", ""),
    exitCode: 5,
    status: "INERT_STAGE",
    invariant: 1,
    says: /stage sizing is enabled and inert/,
  },
  {
    title: "a size that is computed and thrown away",
    plant: planted(
      "engine/collect-signals.ts",
      "const { lots, ideal } = sized.value;",
      "const { ideal } = sized.value;\n  const lots = Math.sign(ideal) * 7;",
    ),
    exitCode: 5,
    status: "INERT_STAGE",
    invariant: 1,
    says: /stage sizing was not applied/,
  },
  {
    title: "a gate that cannot say, every time",
    plant: planted(
      "execution/gates/freshness.ts",
      "ageSessions === null ? ",
      "ageSessions !== undefined ? ",
    ),
    exitCode: 5,
    status: "INERT_STAGE",
    invariant: 1,
    says: /gate freshness is enabled and inert/,
  },
  {
    title: "a key of the mandate that nobody reads any more",
    plant: planted("engine/plan.ts", "      net: limits.net,\n", "      net: null,\n"),
    exitCode: 5,
    status: "refused",
    invariant: 6,
    says: /no part of the run read the mandate's limits\.net/,
  },
  {
    title: "a second terminal for a signal",
    plant: planted(
      "engine/journalling-recorder.ts",
      "  return ended.map((signal) => {",
      "  return [...ended, ...ended].map((signal) => {",
    ),
    exitCode: 5,
    status: "ERROR",
    invariant: 2,
    says: /already has a terminal state/,
  },
  {
    title: "a strategy that is asked about tomorrow",
    plant: planted(
      "engine/collect-signals.ts",
      "variant.decide(row, known)",
      "variant.decide(Math.min(row + 1, k.world.sessionsMs.length - 1), known)",
    ),
    exitCode: 5,
    status: "ERROR",
    invariant: 20,
    says: /strategy (?:cross|wide) on SIM0\d/,
  },
];
