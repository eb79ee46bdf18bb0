/**
 * Faults on the way from a strategy to an order where targets are traded as they are: what is counted,
 * what is judged, what is asked. And what the run must say of each.
 */
import type { Fault } from "./fault.ts";
import { planted } from "./planted-code.ts";

const PIPELINE = "engine/pipeline.ts";

export const SIGNAL_FAULTS: readonly Fault[] = [
  {
    title: "a signal dropped between gate and order",
    on: "plain",
    plants: [
      planted(
        PIPELINE,
        "const orders = placeWishes(k, live);",
        "const orders = placeWishes(k, live.slice(1));",
      ),
    ],
    invariant: 2,
    says: /signal \d+ has neither order nor refusal/,
  },
  {
    title: "a sleeve's signal dropped between gate and netting",
    on: "layers",
    plants: [
      planted(
        PIPELINE,
        "const netted = nettingStage(k, live);",
        "const netted = nettingStage(k, live.slice(1));",
      ),
    ],
    invariant: 2,
    says: /signal \d+ has neither order nor refusal/,
  },
  {
    title: "an order above its limit after the gates",
    on: "plain",
    plants: [
      planted(
        "engine/place-wishes.ts",
        "  if (!result.ok) {\n",
        '  if (result.ok && order.purpose === "open") order.lots *= 3;\n  if (!result.ok) {\n',
      ),
    ],
    invariant: 12,
    says: /^what was ordered on .* is not what the gates judged: an order of -?\d+ lots of SIM\d+ where -?\d+ was sized/,
  },
  {
    title: "an order of another size than the stage's, after the gates",
    on: "layers",
    plants: [
      planted(
        "engine/place-wishes.ts",
        "  if (!result.ok) {\n",
        '  if (result.ok && order.purpose === "open") order.lots *= 3;\n  if (!result.ok) {\n',
      ),
    ],
    invariant: 1,
    says: /^stage sizing was not applied on .* an order of -?\d+ lots of/,
  },
  {
    title: "a position closed by more than is held",
    on: "plain",
    plants: [
      planted(
        "engine/place-wishes.ts",
        "  if (!result.ok) {\n",
        '  if (result.ok && order.purpose === "close") order.lots *= 3;\n  if (!result.ok) {\n',
      ),
    ],
    invariant: 12,
    says: /close order of -?\d+ lots does not fit a position of -?\d+/,
  },

  {
    title: "a fee that cash pays twice and the journal tells once",
    on: "plain",
    plants: [
      planted(
        "engine/book-fill.ts",
        "state.cash[currency] -= money.notionalMinor + money.feeMinor;",
        "state.cash[currency] -= money.notionalMinor + 2 * money.feeMinor;",
      ),
    ],
    invariant: 11,
    says: /the ledger's net asset value is \d+ minor units, the kernel's \d+/,
  },
  {
    title: "one side of a posting lost in the ledger",
    on: "plain",
    plants: [
      planted("records/ledger/booking.ts", '    ...nonZero(booking, "cash", null, -fee),\n', ""),
    ],
    invariant: 11,
    says: /postings in USD sum to \d+ minor units/,
  },
  {
    title: "a balanced transaction lost in the ledger",
    on: "plain",
    plants: [
      planted(
        "records/ledger/fold.ts",
        "for (const draft of draftsOf(payload, bookingOf(state, entry))) book(state, entry, draft);",
        'const drafts = draftsOf(payload, bookingOf(state, entry));\n  if (payload.kind !== "dividend_paid") for (const draft of drafts) book(state, entry, draft);',
      ),
    ],
    invariant: 11,
    says: /the ledger's cash is -?\d+ minor units, the kernel's -?\d+/,
  },
  {
    title: "a signal dropped between the strategies and the gates",
    on: "plain",
    plants: [
      planted(
        "engine/pipeline.ts",
        "const signals = collectSignals(k, session);\n",
        "const signals = collectSignals(k, session).slice(1);\n",
      ),
    ],
    invariant: 2,
    says: /\d+ signals, but the journal holds \d+ terminal states/,
  },
  {
    title: "a forecast counted twice",
    on: "plain",
    plants: [
      planted(
        "engine/collect-signals.ts",
        "state.counters.forecasts++;\n  noteAnswer(",
        "state.counters.forecasts += 2;\n  noteAnswer(",
      ),
    ],
    invariant: 2,
    says: /forecasts are not \d+ holds \+ \d+ signals/,
  },
  {
    title: "a gate removed from the pipeline's list",
    on: "plain",
    plants: [
      planted(
        "engine/place-wishes.ts",
        '  {\n    name: "cash",\n    judge: ({ k, view }) => cashGate(view, k.state.limits.gross, k.state.limits.margin),\n  },\n',
        "",
      ),
    ],
    invariant: 1,
    says: /gate cash is enabled and did not judge order/,
  },
  {
    title: "a stage whose results are thrown away",
    on: "plain",
    plants: [planted("engine/collect-signals.ts", "  tally.applied++;\n", "")],
    invariant: 1,
    says: /stage sizing is enabled and inert/,
  },
  {
    title: "a size that is computed and thrown away",
    on: "plain",
    plants: [
      planted(
        "engine/collect-signals.ts",
        "const { lots, ideal } = sized.value;",
        "const { ideal } = sized.value;\n  const lots = Math.sign(ideal) * 7;",
      ),
    ],
    invariant: 1,
    says: /stage sizing was not applied/,
  },
  {
    title: "a gate that cannot say, every time",
    on: "plain",
    plants: [
      planted(
        "execution/gates/freshness.ts",
        "ageSessions === null ? ",
        "ageSessions !== undefined ? ",
      ),
    ],
    invariant: 1,
    says: /gate freshness is enabled and inert/,
  },
  {
    title: "a strategy that is asked about tomorrow",
    on: "plain",
    plants: [
      planted(
        "engine/collect-signals.ts",
        "variant.decide(row, known)",
        "variant.decide(Math.min(row + 1, k.world.sessionsMs.length - 1), known)",
      ),
    ],
    invariant: 20,
    says: /strategy (?:cross|wide) on SIM0\d/,
  },
  {
    title: "a rebalance that a quiet stretch is walked over",
    on: "plain",
    plants: [
      planted(
        "engine/quiet/walk.ts",
        "    rebalance < 0 ? Number.POSITIVE_INFINITY : rebalance,\n",
        "    rebalance === 0 ? rebalance : Number.POSITIVE_INFINITY,\n",
      ),
    ],
    invariant: 1,
    says: /stage sizing was not applied: on .*, a rebalance, -?\d+ lots of SIM0\d were kept for a weight/,
  },
];
