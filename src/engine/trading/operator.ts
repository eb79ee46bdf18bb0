/**
 * What a named person does to an account: pause it, open it again, take over what it holds, close everything,
 * freeze a mandate for a trial. Each is a fact with the person's name in it (invariant 14).
 */
import { canonicalJson } from "../../base/canonical-json.ts";
import { invariant } from "../../base/assert.ts";
import { counted } from "../../base/figures.ts";
import { Fault } from "../../domain/fault.ts";
import type { Reconciliation } from "../../domain/reconciliation.ts";
import { breakLines } from "../../execution/reconciliation/words.ts";
import { adoption, cashMinorOf, openAccount, signedLots } from "./open-account.ts";
import { alert, type Desk, flush, incident, instant, look, record } from "./desk.ts";
import { isOpenAtVenue, type LiveOrder } from "./live-order.ts";
import type { OpenDay } from "./open-day.ts";
import { sendOrders } from "./orders-out.ts";
import type { MarketAt } from "./ports.ts";
import { reconcileAccount } from "./reconcile-account.ts";
import { readActivities } from "./venue-sync.ts";

export type Signed = { readonly operator: string; readonly reason: string };

export async function pauseAccount(desk: Desk, { operator, reason }: Signed): Promise<void> {
  if (desk.core.view.opened === null) throw notOpened();
  await look(desk);
  record(desk, { kind: "paused", cause: "operator", message: reason, operator });
  await flush(desk);
  await alert(desk, "warning", `paused by ${operator}`, reason);
}

/** Opens only on a fresh PASS; `force` opens without, says so in the journal, and alerts. */
export async function resumeAccount(
  desk: Desk,
  { operator, reason }: Signed,
  { force }: { readonly force: boolean },
): Promise<void> {
  const { core } = desk;
  if (core.view.opened === null || core.day === null) throw notOpened();
  await look(desk);
  const found = await compareAfresh(desk);
  if (found.result !== "PASS" && !force) {
    throw new Fault(
      "paused",
      `not resumed: the fresh reconciliation is ${found.result}; mend what differs, or assay adopt what the account holds, then resume again`,
      { details: breakLines(found) },
    );
  }
  record(desk, { kind: "resumed", operator, reason, forced: found.result !== "PASS" });
  await flush(desk);
  if (found.result === "PASS") return;
  const lines = [`reason: ${reason}`, ...breakLines(found)];
  await alert(desk, "critical", `resumed by ${operator} WITHOUT a PASS`, lines.join("\n"));
}

/** Orders of the session that is open, or was last, may be at work up to its close. */
async function compareAfresh(desk: Desk): Promise<Reconciliation> {
  const date = desk.core.view.day?.opened.date;
  if (date === undefined) throw notOpened();
  const [session] = await desk.ports.broker.sessions(date, date);
  const sessionEndMs = session?.closeMs ?? null;
  return reconcileAccount(desk, { phase: "resume", listened: false, sessionEndMs });
}

/** What the venue holds becomes what our books hold: the difference is journalled, with who decided it. */
export async function adoptAccount(
  desk: Desk,
  { operator, reason }: Signed,
  at: MarketAt,
): Promise<{ readonly positions: number; readonly cashMinor: number }> {
  const { core, ports } = desk;
  await look(desk);
  if (core.view.opened === null) {
    const prepared = await ports.market.prepared(at);
    await openAccount(desk, { operator, prepared });
    return { positions: core.view.adopted.length, cashMinor: core.view.openingMinor };
  }
  if (core.day === null) throw notOpened();
  if (core.view.safety.pause === null) {
    record(desk, { kind: "paused", cause: "operator", message: `adopting: ${reason}`, operator });
  }
  // What can be booked is booked first; what is left differs, and is on file before it is taken over.
  const found = await compareAfresh(desk);
  if (found.result === "NOT_RUN") {
    throw new Fault("broker", `nothing was adopted: ${found.warnings.join("; ")}`);
  }
  await adoptRecord(desk, operator, found);
  const adopted = await adoptDifferences(desk, core.day, operator);
  await flush(desk);
  await alert(desk, "critical", `${operator} adopted what the account holds`, reason);
  return adopted;
}

/** Executions that are in the venue's record and cannot be in our books, or not as they are there. */
async function adoptRecord(
  desk: Desk,
  operator: string,
  { breaks }: Reconciliation,
): Promise<void> {
  const differing = new Set(breaks.map(({ subject }) => subject));
  const { activities } = await readActivities(desk, { listened: false, missed: [] });
  const ids = activities.flatMap((one) =>
    one.kind === "fill" && differing.has(one.executionId) ? [one.activityId] : [],
  );
  if (ids.length > 0) record(desk, { kind: "record_adopted", operator, activity_ids: ids });
}

async function adoptDifferences(
  desk: Desk,
  day: OpenDay,
  operator: string,
): Promise<{ readonly positions: number; readonly cashMinor: number }> {
  const { core, ports, terms } = desk;
  const { ledger } = core;
  invariant(ledger !== null, 11, "an account is adopted before it has books");
  const snapshot = await ports.broker.snapshot();
  const strangers = snapshot.openOrders.filter(
    ({ clientOrderId }) => !day.state.orders.has(clientOrderId ?? ""),
  );
  if (strangers.length > 0) {
    throw new Fault(
      "paused",
      `${counted(strangers.length, "order")} at work at the venue that Assay did not make; cancel there first: positions are adopted, orders are not`,
    );
  }
  const held = new Map(snapshot.positions.map((position) => [position.symbol, position]));
  const cashMinor =
    cashMinorOf(snapshot, terms.currency, terms.currencyDigits) - ledger.cashOf(terms.currency);
  let positions = 0;
  const { instruments } = day.prepared.world;
  for (const symbol of new Set([...held.keys(), ...ledger.positions.keys()])) {
    const ours = ledger.positions.get(symbol)?.lots ?? 0;
    const position = held.get(symbol) ?? {
      symbol,
      qty: "0",
      averagePrice: markOf(day, symbol),
      raw: null,
    };
    const lot = instruments.find(({ id }) => id === symbol)?.lot ?? 1;
    const theirs = signedLots(position.qty, lot);
    const part = theirs === null ? null : theirs - ours;
    if (part === 0) continue;
    record(desk, adoption(day.prepared, position, part ?? undefined));
    positions++;
  }
  if (cashMinor !== 0) {
    record(desk, {
      kind: "venue_cash",
      activity_id: `adopted-${core.view.lastSeq + 1}`,
      cause: "other",
      date: instant(desk).slice(0, 10),
      instrument: null,
      currency: terms.currency,
      amount_minor: cashMinor,
      description: `adopted by ${operator}`,
    });
  }
  return { positions, cashMinor };
}

/** Nothing is held any more: it leaves our books at its last price. */
function markOf({ kernel }: OpenDay, symbol: string): string {
  const i = kernel.world.indexOf.get(symbol);
  return i === undefined ? "0" : String(kernel.state.mark[i]);
}

/** Closes every position, in spite of a pause; what is filled is booked by the trading day. */
export async function flattenAccount(desk: Desk, { operator, reason }: Signed): Promise<number> {
  const { core } = desk;
  if (core.day === null) throw notOpened();
  const { orders, kernel } = core.day.state;
  if ([...orders.values()].some((live) => live.evenPaused && isOpenAtVenue(live))) {
    throw new Fault(
      "paused",
      "everything held is being closed already: assay status shows the orders",
    );
  }
  if (kernel.lots.every((lots) => lots === 0)) throw new Fault("paused", "the account is flat");
  const before = new Set(orders.keys());
  await look(desk);
  record(desk, { kind: "flatten_ordered", operator, reason });
  await sendOrders(desk, { cutoffMs: Number.POSITIVE_INFINITY });
  const closing = [...orders.values()].filter((live) => live.evenPaused && !before.has(live.id));
  const refused = closing.filter(({ state }) => state === "rejected");
  const lines = refused.map((live) => notClosed(desk, live));
  await flush(desk);
  await alert(desk, "critical", `${operator} closes everything`, [reason, ...lines].join("\n"));
  if (refused.length > 0) {
    throw new Fault(
      "broker",
      `the venue refused ${refused.length} of ${counted(closing.length, "closing order")}: what they were to close is still held`,
      { details: lines },
    );
  }
  return [...orders.values()].filter((live) => live.evenPaused && isOpenAtVenue(live)).length;
}

/** An incident, and what a person can do about it. */
function notClosed(desk: Desk, { id, instrument, lots }: LiveOrder): string {
  const { core } = desk;
  const refusal = core.entries.findLast(
    ({ payload }) => payload.kind === "order_refused" && payload.order_id === id,
  );
  const said = refusal?.payload.kind === "order_refused" ? refusal.payload.message : "no reason";
  const holds = [...(core.day?.state.orders.values() ?? [])].some(
    (other) => other.instrument === instrument && other.id !== id && isOpenAtVenue(other),
  );
  const help = holds
    ? "; another order of ours works there, and a venue may keep its shares for it: cancel that one at the venue, then assay flatten again"
    : "";
  const message = `not closed: ${lots} lots of ${instrument} (${said})${help}`;
  incident(desk, "critical", "flatten_refused", { subject: id, message });
  return message;
}

export async function startTrial(
  desk: Desk,
  {
    operator,
    days,
    date,
  }: { readonly operator: string; readonly days: number; readonly date: string },
): Promise<string> {
  const { core, terms, ports } = desk;
  await look(desk);
  // The first day of an account may be the first of its trial.
  if (core.view.opened === null) await openAccount(desk, null);
  const { trial, opened } = core.view;
  invariant(opened !== null, 10, "an account is opened and its journal does not say so");
  if (trial !== null && trial.voided === null && trial.started.mandate_hash === terms.mandateHash) {
    const past = [...core.view.closedDays].filter((day) => day >= trial.started.date).length;
    if (past < trial.started.days) {
      throw new Fault(
        "usage",
        `trial ${trial.started.trial_id} runs since ${trial.started.date}: ${past} of ${trial.started.days} days; a second one would count its days twice`,
      );
    }
  }
  await look(desk);
  const identity = {
    date,
    label: "assay/trial/v1",
    mandate_hash: terms.mandateHash,
    account: opened.account,
  };
  const id = ports.sha256(canonicalJson(identity)).slice(0, 16);
  record(desk, {
    kind: "trial_started",
    trial_id: id,
    date,
    mandate_hash: terms.mandateHash,
    days,
    operator,
  });
  await flush(desk);
  return id;
}

function notOpened(): Fault {
  return new Fault(
    "paused",
    "this account has not been traded yet: assay trade opens it, or assay adopt where it holds something",
  );
}
