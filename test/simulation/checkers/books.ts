/**
 * Our books against the venue's own, both read here without the code that reconciles: quantities and
 * cash from the journal's entries, summed in plain integers. They are equal at the end; or trading is
 * paused, for a break that something done to the venue explains.
 */
import type { BreakCode } from "../../../src/domain/reconciliation.ts";
import { type Evidence, ofKind } from "../evidence.ts";
import { isPaused } from "./pause.ts";

const CURRENCY = "USD";

export type OwnBooks = {
  /** Signed lots by instrument; no zeros. */
  readonly lots: ReadonlyMap<string, number>;
  readonly cashMinor: number;
};

/** Every entry that moves quantity or money, by its kind. Made for one currency and whole lots. */
export function ownBooks(entries: Evidence["entries"]): OwnBooks {
  const lots = new Map<string, number>();
  const add = (instrument: string, change: number) => {
    const held = (lots.get(instrument) ?? 0) + change;
    if (held === 0) lots.delete(instrument);
    else lots.set(instrument, held);
  };
  let cashMinor = 0;
  for (const { payload } of entries) {
    switch (payload.kind) {
      case "flow":
        cashMinor += payload.amount_minor;
        break;
      case "position_adopted":
        add(payload.instrument, payload.lots);
        break;
      case "fill":
        add(payload.instrument, payload.lots);
        cashMinor -= payload.notional_minor + payload.fee_minor;
        break;
      case "venue_cash":
        cashMinor += payload.amount_minor;
        break;
      case "venue_split":
        add(payload.instrument, payload.lots_after - (lots.get(payload.instrument) ?? 0));
        break;
      default:
    }
  }
  return { lots, cashMinor };
}

type Difference = { readonly subject: string; readonly text: string };

/** Where our books and the venue's differ: symbols, and the currency. */
export function differences({ entries, venue }: Pick<Evidence, "entries" | "venue">): Difference[] {
  const ours = ownBooks(entries);
  const theirs = new Map(venue.positions.map(({ symbol, qty }) => [symbol, Number(qty)]));
  const symbols = [...new Set([...ours.lots.keys(), ...theirs.keys()])].sort();
  const found = symbols.flatMap((symbol) => {
    const [own, their] = [ours.lots.get(symbol) ?? 0, theirs.get(symbol) ?? 0];
    if (own === their) return [];
    return [{ subject: symbol, text: `${symbol}: we hold ${own}, the venue says ${their}` }];
  });
  if (ours.cashMinor !== venue.cashMinor) {
    const text = `cash: ours is ${ours.cashMinor} cents, the venue's ${venue.cashMinor}`;
    found.push({ subject: CURRENCY, text });
  }
  return found;
}

/** Equal, or paused for breaks that name each difference and that a disturbance of the venue explains. */
export function ledgerIsVenueOrPaused(evidence: Evidence): readonly string[] {
  const { entries, disturbances } = evidence;
  const explained = new Set<BreakCode>(disturbances.flatMap(({ explains }) => explains));
  const failures = ofKind(entries, "reconciled").filter(({ result }) => result === "FAIL");
  const violations = failures.flatMap(({ seq, breaks }) =>
    breaks
      .filter(({ code }) => !explained.has(code))
      .map(({ code, subject, ours, theirs }) => {
        return `entry ${seq} finds the break ${code} of ${subject} (ours ${ours}, theirs ${theirs}); nothing was done that explains it`;
      }),
  );
  const named = new Set(failures.at(-1)?.breaks.map(({ subject }) => subject));
  // What was never opened has no books; that nothing was sent for it is another checker's.
  const isOpened = ofKind(entries, "account_opened").length > 0;
  for (const { subject, text } of isOpened ? differences(evidence) : []) {
    if (!isPaused(entries)) violations.push(`${text}; and trading is open`);
    else if (!named.has(subject)) violations.push(`${text}; paused, but not for it`);
  }
  return violations;
}
