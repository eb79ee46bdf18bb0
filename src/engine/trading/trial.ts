/**
 * Frozen means frozen (invariant 19): a trial whose mandate has changed is void, and everybody hears of it. What is
 * traded after its last day is none of it.
 */
import type { AccountView } from "./account.ts";
import { alert, type Desk, flush, incident, record } from "./desk.ts";

/** How many of the newest trial's days were closed before `date`. */
export function trialDaysBefore(
  { trial, closedDays }: Pick<AccountView, "trial" | "closedDays">,
  date: string,
): number {
  const from = trial?.started.date ?? date;
  return [...closedDays].filter((closed) => closed >= from && closed < date).length;
}

export async function guardTrial(desk: Desk, date: string): Promise<void> {
  const { core, terms } = desk;
  const { trial } = core.view;
  if (trial === null || trial.voided !== null) return;
  const { trial_id: id, mandate_hash: frozen } = trial.started;
  if (frozen === terms.mandateHash) return;
  if (trialDaysBefore(core.view, date) >= trial.started.days) return;
  record(desk, {
    kind: "trial_voided",
    trial_id: id,
    frozen_hash: frozen,
    observed_hash: terms.mandateHash,
  });
  const message = `trial ${id} is void: it froze mandate ${frozen.slice(0, 16)}, and ${terms.mandateHash.slice(0, 16)} is traded`;
  incident(desk, "critical", "trial_voided", { subject: id, message });
  await flush(desk);
  await alert(desk, "critical", `trial ${id} is void`, message);
}
