/**
 * Faults between the market and the account: a price that was never there or not yet, a bar that is
 * too old, a corporate action or an interest that comes twice, never or on the wrong day, a cost in
 * another unit. And what the run must say of each.
 */
import type { Fault } from "./fault.ts";
import { planted } from "./planted-code.ts";

const MATCH = "engine/match-orders.ts";
const CARRY = "engine/carry-events.ts";

const PRICES: readonly Fault[] = [
  {
    title: "a fill at the close that decided it, without being asked for",
    on: "plain",
    plants: [
      planted(
        "engine/kernel.ts",
        "if (decideOn[session] === 1 && decideDirect(k, session) && sameClose) {",
        "if (decideOn[session] === 1 && decideDirect(k, session)) {",
      ),
      planted(
        MATCH,
        "const reference = atClose(order.type, closeOf(k, order, session), k.plan.marketPhase);",
        'const reference = atClose(order.type, closeOf(k, order, session), "close");',
      ),
    ],
    invariant: 20,
    says: /was decided at the close of \d{4}-\d\d-\d\d: it cannot trade before that is over/,
  },
  {
    title: "a fill at the open of the bar that decided it",
    on: "layers",
    plants: [
      planted(
        MATCH,
        "const reference = atOpen(order.type, order.side, order.price, open, k.plan.marketPhase);",
        "const reference = atOpen(order.type, order.side, order.price, k.world.bars[order.instrument].open?.[order.session] ?? open, k.plan.marketPhase);",
      ),
    ],
    invariant: 22,
    says: /is said to trade at .* the pack has (?:the bar|no bar)/,
  },
  {
    title: "a default price where none is known",
    on: "holes",
    plants: [
      planted(
        MATCH,
        "const reference = atOpen(order.type, order.side, order.price, open, k.plan.marketPhase);",
        "const reference = atOpen(order.type, order.side, order.price, open === open ? open : k.state.mark[order.instrument], k.plan.marketPhase);",
      ),
    ],
    invariant: 22,
    says: /is said to trade at .* the pack has no bar/,
  },
  {
    title: "a day without a bar filled up with a price",
    on: "holes",
    plants: [
      planted(
        "engine/world.ts",
        "const aligned = new Float64Array(sessions).fill(Number.NaN);",
        "const aligned = new Float64Array(sessions).fill(column[0]);",
      ),
    ],
    invariant: 22,
    says: /is taken to have a open of .* the pack has none/,
  },
  {
    title: "a stale pack marked fresh: a day without a bar counted as one with",
    on: "holes",
    plants: [
      planted(
        "engine/kernel.ts",
        "    const held = lots[i];\n",
        "    const held = lots[i];\n    lastBar[i] = session;\n",
      ),
    ],
    invariant: 5,
    says: /^gate freshness was not heeded on .* has had no bar for \d sessions/,
  },
  {
    title: "a stale pack marked fresh, under sleeves",
    on: "layers",
    plants: [
      planted(
        "engine/kernel.ts",
        "    const price = closes[i][session];\n",
        "    const price = closes[i][session];\n    lastBar[i] = session;\n",
      ),
    ],
    invariant: 5,
    says: /^gate freshness was not heeded on .* has had no bar for \d sessions/,
  },
];

const COSTS: readonly Fault[] = [
  {
    title: "percent for fraction: slippage a hundred times over",
    on: "plain",
    plants: [
      planted(
        "venue/fill-price.ts",
        "(Math.abs(reference) * bps) / 10_000 + halfSpread + grid",
        "(Math.abs(reference) * bps) / 100 + halfSpread + grid",
      ),
    ],
    invariant: 11,
    says: /pays .* of slippage a unit, .* is due/,
  },
  {
    title: "slippage in our favour",
    on: "plain",
    plants: [
      planted(
        "venue/fill-price.ts",
        "const price = reference + side * away;",
        "const price = reference - side * away;",
      ),
    ],
    invariant: 11,
    says: /pays -.* of slippage a unit, .* is due/,
  },
  {
    title: "a trade without its commission",
    on: "plain",
    plants: [
      planted(
        "venue/fees.ts",
        "return proportional + Math.max(schedule.minimumMinor, commission);",
        "return proportional + 0 * commission;",
      ),
    ],
    invariant: 11,
    says: /pays a fee of 0 minor units, .* are due/,
  },
  {
    title: "half of what was ordered booked as all of it",
    on: "plain",
    plants: [
      planted(
        "engine/book-fill.ts",
        "  const lots = order.side * order.lots;\n",
        "  const lots = order.side * (order.lots > 10 ? order.lots - 1 : order.lots);\n",
      ),
    ],
    invariant: 11,
    says: /was of -?\d+ lots/,
  },
];

const ACTIONS: readonly Fault[] = [
  {
    title: "a split applied twice",
    on: "plain",
    plants: [
      planted(
        CARRY,
        "    else applySplit(k, i, action.ratio);\n",
        "    else {\n      applySplit(k, i, action.ratio);\n      applySplit(k, i, action.ratio);\n    }\n",
      ),
    ],
    invariant: 11,
    says: /a split of SIM\d+ at .* to \d+ lots with .* was booked; due is nothing more/,
  },
  {
    title: "a split forgotten",
    on: "plain",
    plants: [
      planted(
        CARRY,
        "    else applySplit(k, i, action.ratio);\n",
        "    else if (action.ratio === 0) applySplit(k, i, action.ratio);\n",
      ),
    ],
    invariant: 11,
    says: /a split of SIM\d+ at .* to \d+ lots with .* is due and was not booked/,
  },
  {
    title: "a dividend booked twice",
    on: "plain",
    plants: [
      planted(
        CARRY,
        'if (action.kind === "dividend") accrueDividend(k, i, action);',
        'if (action.kind === "dividend") {\n      accrueDividend(k, i, action);\n      accrueDividend(k, i, action);\n    }',
      ),
    ],
    invariant: 11,
    says: /a dividend of SIM\d+ at .* of -?\d+ minor units was booked; due is/,
  },
  {
    title: "a dividend paid on its ex-date",
    on: "plain",
    plants: [planted(CARRY, "    dueMs: action.payDateMs,\n", "    dueMs: action.exDateMs,\n")],
    invariant: 11,
    says: /a dividend_paid of SIM\d+ at .* of -?\d+ minor units was booked; due is/,
  },
];

const ACCRUALS: readonly Fault[] = [
  {
    title: "an accrual on the wrong day: a weekend's interest a session late",
    on: "plain",
    plants: [
      planted(
        CARRY,
        "dayNumber(sessionsMs[session]) - dayNumber(sessionsMs[session - 1]);",
        "dayNumber(sessionsMs[session - 1]) - dayNumber(sessionsMs[Math.max(0, session - 2)]);",
      ),
    ],
    invariant: 11,
    says: /(?:interest|the loan of SIM\d+) of \d+ minor units on .* is due, and .* was charged/,
  },
  {
    title: "interest on the debit of the day itself",
    on: "plain",
    plants: [
      planted(
        CARRY,
        "const debit = -state.cashMinor;",
        "const debit = -state.cashMinor + state.navMinor / 10;",
      ),
    ],
    invariant: 11,
    says: /interest of \d+ minor units on .*(?:is due|is not due)/,
  },
  {
    title: "a loan of shares for nothing",
    on: "plain",
    plants: [
      planted(
        CARRY,
        "if (plan.borrowRate > 0 && state.hasShort) {",
        "if (plan.borrowRate > 1 && state.hasShort) {",
      ),
    ],
    invariant: 11,
    says: /the loan of SIM\d+ of \d+ minor units on .* is due/,
  },
];

export const MARKET_FAULTS: readonly Fault[] = [...PRICES, ...COSTS, ...ACTIONS, ...ACCRUALS];
