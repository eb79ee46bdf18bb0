/** The strategies that come with the house, by the name a mandate uses. */
import type { Strategy } from "../../domain/strategy.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import { carry } from "./carry.ts";
import { maCross } from "./ma-cross.ts";
import { maPullback } from "./ma-pullback.ts";
import { rsiReversion } from "./rsi-reversion.ts";
import { tsMomentum } from "./ts-momentum.ts";
import { xsMomentum } from "./xs-momentum.ts";

const BUILT_IN: readonly Strategy[] = [
  buyAndHold,
  carry,
  maCross,
  maPullback,
  rsiReversion,
  tsMomentum,
  xsMomentum,
];

export const BUILT_IN_NAMES: readonly string[] = BUILT_IN.map((strategy) => strategy.name);

/** The built-in of that name, or null. */
export function builtIn(name: string): Strategy | null {
  return BUILT_IN.find((strategy) => strategy.name === name) ?? null;
}
