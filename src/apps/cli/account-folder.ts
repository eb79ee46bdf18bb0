/** Where a trading account keeps its journal and what a person reads of it. */
import { join } from "node:path";
import type { TradingMode } from "../../domain/trading-entry.ts";

export const ALERTS_FILE = "alerts.sqlite";

export function accountFolder(home: string, mode: TradingMode): string {
  return join(home, "accounts", mode.replace("_", "-"));
}
