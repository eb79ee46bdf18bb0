/** Every checker by its name. */
import { sha256 } from "../../../src/adapters/system/hash.ts";
import type { Checker, Evidence } from "../evidence.ts";
import { ledgerIsVenueOrPaused } from "./books.ts";
import { eachDayOnce, filesAsSaid } from "./days.ts";
import { chainHolds, noInvariantBroken, replaysTheSame } from "./journal.ts";
import { noBlindRetry, noOrderDoubled, noOrderLost, persistedBeforeSent } from "./orders.ts";
import { failurePauses, nothingSentWhilePaused } from "./pause.ts";
import { signalsEndOnce } from "./signals.ts";

export const CHECKERS: { readonly [name: string]: Checker } = {
  noInvariantBroken,
  chainHolds: chainHolds(sha256),
  replaysTheSame,
  noOrderDoubled,
  noOrderLost,
  persistedBeforeSent,
  noBlindRetry,
  signalsEndOnce,
  ledgerIsVenueOrPaused,
  nothingSentWhilePaused,
  failurePauses,
  eachDayOnce,
  filesAsSaid: filesAsSaid(sha256),
};

export type Violation = { readonly checker: string; readonly message: string };

export function violationsOf(evidence: Evidence): readonly Violation[] {
  return Object.entries(CHECKERS).flatMap(([checker, check]) =>
    check(evidence).map((message) => ({ checker, message })),
  );
}
