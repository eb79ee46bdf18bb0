/**
 * Our books against the venue's own, both read here without the code that reconciles: quantities and
 * cash from the journal's entries, summed in plain integers. They are equal at the end; or trading is
 * paused, for a break that something done to the venue explains.
 */
import { BREAK_CODES, type BreakCode } from "../../../src/domain/reconciliation.ts";
import { type Evidence, ofKind } from "../evidence.ts";
import { isPaused } from "./pause.ts";

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

/** The differences between our books and the venue's, one sentence each. */
export function differences({ entries, venue }: Evidence): readonly string[] {
  const ours = ownBooks(entries);
  const theirs = new Map(venue.positions.map(({ symbol, qty }) => [symbol, Number(qty)]));
  const symbols = [...new Set([...ours.lots.keys(), ...theirs.keys()])].sort();
  const found = symbols.flatMap((symbol) => {
    const [own, their] = [ours.lots.get(symbol) ?? 0, theirs.get(symbol) ?? 0];
    return own === their ? [] : [`${symbol}: we hold ${own}, the venue says ${their}`];
  });
  const theirMinor = Math.round(Number(venue.cash) * 100);
  if (ours.cashMinor !== theirMinor) {
    found.push(`cash: ours is ${ours.cashMinor} cents, the venue's ${theirMinor}`);
  }
  return found;
}

/** Equal, or paused for a break that a disturbance of the venue explains. */
export function ledgerIsVenueOrPaused(evidence: Evidence): readonly string[] {
  const explained = new Set<BreakCode>(evidence.disturbances.flatMap(({ explains }) => explains));
  const violations = ofKind(evidence.entries, "reconciled").flatMap(({ seq, breaks }) =>
    breaks
      .filter(({ code }) => !explained.has(code))
      .map(({ code, subject, ours, theirs }) => {
        return `entry ${seq} finds the break ${code} of ${subject} (ours ${ours}, theirs ${theirs}); nothing was done that explains it`;
      }),
  );
  const differing = differences(evidence);
  if (differing.length === 0) return violations;
  if (!isPaused(evidence.entries)) {
    return [...violations, ...differing.map((text) => `${text}; and trading is open`)];
  }
  const last = ofKind(evidence.entries, "reconciled").findLast(({ result }) => result === "FAIL");
  const codes = last?.breaks.map(({ code }) => code) ?? [];
  if (codes.some((code) => BREAK_CODES.includes(code))) return violations;
  return [
    ...violations,
    ...differing.map((text) => `${text}; paused, but for no break that says so`),
  ];
}
