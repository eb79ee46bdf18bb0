/**
 * Faults in what sleeves and their books are made of, and in what futures and foreign money cost:
 * a share of a fill lost, a cross booked on one side, a settlement forgotten, a rate turned upside
 * down, a roll for nothing. And what the run must say of each.
 */
import type { Fault } from "./fault.ts";
import { planted } from "./planted-code.ts";

const SHARES = "engine/sleeves/share-fill.ts";
const CROSS = "engine/sleeves/cross.ts";
const FUTURES = "engine/settle-futures.ts";
const MONEY = "engine/account-money.ts";

const fault = (
  title: string,
  on: Fault["on"],
  says: RegExp,
  ...plants: Fault["plants"]
): Fault => ({ title, on, plants, invariant: 11, says });

export const SLEEVE_FAULTS: readonly Fault[] = [
  fault(
    "a sleeve's share of a fill is not written down",
    "layers",
    /shares|sleeves|nobody is there to take/,
    planted(SHARES, "if (parts[n] === 0) continue;", "if (parts[n] === 0 || n === 1) continue;"),
  ),
  fault(
    "a sleeve's share of a fill is written down and not held",
    "layers",
    /sleeves|nobody is there to take/,
    planted(
      SHARES,
      "    book.microLots[signal.variant] += parts[n];\n    signal.filledLots",
      "    if (n !== 1) book.microLots[signal.variant] += parts[n];\n    signal.filledLots",
    ),
  ),
  fault(
    "a fill shared out alike instead of in proportion",
    "layers",
    /of a share of/,
    planted(SHARES, "w * micro > 0 ? Math.abs(w) : 0", "w * micro > 0 ? 1 : 0"),
  ),
  fault(
    "a cross booked on the buyers' side only",
    "layers",
    /cross|sleeves/,
    planted(CROSS, ", ...shareAmong(book, netting, -toCross)]", "]"),
  ),
  fault(
    "a cross that is written down and not made",
    "layers",
    /sleeve/,
    planted(
      CROSS,
      "  finish(k, netting, price, shares);\n",
      "  for (const { variant, microLots } of shares) book.microLots[variant] -= microLots;\n  finish(k, netting, price, shares);\n",
    ),
  ),
  fault(
    "variation margin that is written down and not paid",
    "futures",
    /cash|net asset value/,
    planted(FUTURES, "    state.cash[world.currencyOf[i]] += amountMinor;\n", ""),
  ),
  fault(
    "variation margin that is paid and not written down",
    "futures",
    /settles|closes unsettled/,
    planted(FUTURES, "if (settled.length > 0) k.recorder.settlement(session, settled);", ""),
  ),
  fault(
    "no settlement at all",
    "futures",
    /settle|cash|net asset value/,
    planted(
      "engine/kernel.ts",
      "    settleFutures(k, session);\n    rollFutures(k, session);\n",
      "    rollFutures(k, session);\n",
    ),
  ),
  fault(
    "a rate turned upside down where the kernel converts",
    "futures",
    /at its rate/,
    planted(MONEY, "state.rate[c] = rate[session];", "state.rate[c] = 1 / rate[session];"),
  ),
  fault(
    "a rate turned upside down where the world is built",
    "futures",
    /rate/,
    planted(
      "engine/world.ts",
      "rate[s] = series.values[row];",
      "rate[s] = 1 / series.values[row];",
    ),
  ),
  fault(
    "the rate of the session before",
    "futures",
    /at its rate/,
    planted(
      MONEY,
      "state.rate[c] = rate[session];",
      "state.rate[c] = rate[Math.max(0, session - 1)];",
    ),
  ),
  fault(
    "a roll without its fee",
    "futures",
    /roll/,
    planted(
      FUTURES,
      "const fee = feeMinor(plan.fees[i], lots, notional, world.unitScales[i]);",
      "const fee = 0;",
    ),
  ),
  fault(
    "a roll without its slippage",
    "futures",
    /roll/,
    planted(
      FUTURES,
      "slipped(reference, lots > 0 ? 1 : -1, plan.slippage, world.ticks[i])",
      "reference",
    ),
  ),
  fault(
    "a roll into the next contract at the price of the old one",
    "futures",
    /roll|cash|net asset value/,
    planted(
      FUTURES,
      "const into = rollLeg(k, i, lots, roll.to);",
      "const into = rollLeg(k, i, lots, roll.from);",
    ),
  ),
  fault(
    "no roll at all",
    "futures",
    /roll|cash|net asset value/,
    planted("engine/kernel.ts", "    rollFutures(k, session);\n", ""),
  ),
];
