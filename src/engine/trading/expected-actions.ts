/**
 * Dividends and splits that the data promises and the venue has not posted: only the venue posts cash or
 * quantity (spec execution, 4), so what did not come is an incident for a person, never a posting.
 */
import { dayNumber, parseIsoDate } from "../../base/instant.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { VenueSession } from "../../ports/broker.ts";
import { type Desk, incident } from "./desk.ts";

/** A venue may post a dividend so many days after it was due. */
const PATIENCE_DAYS = 3;

export function noteMissingActions(desk: Desk, { date }: VenueSession): void {
  const { core } = desk;
  const { day } = core;
  const today = parseIsoDate(date);
  if (day === null || today === null || core.view.day?.barsKnown === null) return;
  for (const action of day.prepared.pack.actions) {
    const due = action.kind === "dividend" ? action.payDateMs : action.exDateMs;
    const late = dayNumber(today) - dayNumber(due);
    const patience = action.kind === "dividend" ? PATIENCE_DAYS : 0;
    if (late < patience || late > patience + PATIENCE_DAYS || hasCome(desk, action)) continue;
    if (!wasHeld(desk, action)) continue;
    incident(desk, "warning", `expected_${action.kind}`, {
      subject: `${action.instrument} ${due}`,
      message: `the data has a ${action.kind} of ${action.instrument}, and the venue has posted none by ${date}`,
    });
  }
}

function hasCome({ core }: Desk, action: CorporateAction): boolean {
  const { seen } = core.view;
  return (seen.get(`${action.kind} ${action.instrument}`) ?? -1) >= dayNumber(action.exDateMs);
}

/** Held now: what was sold since may still be due something, and a person looks at the venue for that. */
function wasHeld({ core }: Desk, { instrument }: CorporateAction): boolean {
  return (core.ledger?.positions.get(instrument)?.lots ?? 0) !== 0;
}
