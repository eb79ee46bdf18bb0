/**
 * Our books against the venue's report, as it is done on a trading day: read, booked, compared, kept. What
 * does not agree pauses trading for good: the break pack is written, an alert raised, and only a person's
 * resume after a fresh PASS opens again (spec execution, 5).
 */
import { invariant } from "../../base/assert.ts";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { formatInstant } from "../../base/instant.ts";
import { encodeUtf8 } from "../../base/utf8.ts";
import type { Break, Reconciliation, ReconciliationPhase } from "../../domain/reconciliation.ts";
import type { VenueSnapshot } from "../../domain/venue-report.ts";
import { AVERAGE_TOLERANCE, notRun, reconcile } from "../../execution/reconciliation/reconcile.ts";
import { type OurBooks, ourSide, theirSide } from "../../execution/reconciliation/sides.ts";
import { isTransient } from "../../execution/reconciliation/transient.ts";
import { breakLines } from "../../execution/reconciliation/words.ts";
import { breakPack } from "../../records/daily/break-pack.ts";
import { BrokerUnavailable } from "../../ports/broker.ts";
import { breakName } from "./account.ts";
import { lotSizes } from "./core.ts";
import { alert, type Desk, flush, incident, instant, look, record } from "./desk.ts";
import type { LiveOrder } from "./live-order.ts";
import { ourBooks } from "./our-books.ts";
import { settleOpenOrders } from "./settle-orders.ts";
import { readActivities, type Synced } from "./venue-sync.ts";

/** A venue's positions may lag its fills by ten seconds (Alpaca-API issue 276). */
const LAG_LOOKS = 6;
const LAG_STEP_MS = 2000;

export type ReconcileCall = {
  readonly phase: ReconciliationPhase;
  /** The stream has listened since the last time: what it did not tell of was missed. */
  readonly listened: boolean;
  /**
   * When orders of one session must have ended, those that were sent before it; null while that is not
   * judged.
   */
  readonly sessionEndMs: number | null;
};

type Compared = {
  readonly found: Reconciliation;
  readonly snapshot: VenueSnapshot | null;
  readonly ours: OurBooks | null;
  readonly cursor: string | null;
};

export async function reconcileAccount(desk: Desk, call: ReconcileCall): Promise<Reconciliation> {
  await look(desk);
  const compared = await compareUntilSettled(desk, call);
  const { found, snapshot, cursor } = compared;
  const name = `${instant(desk).slice(0, 10)}-${call.phase}-${desk.core.view.lastSeq + 1}`;
  const snapshotHash =
    snapshot === null
      ? null
      : await desk.ports.files.write(`snapshots/${name}.json`, jsonBytes(snapshot));
  const known = new Set(desk.core.view.openBreaks);
  record(desk, {
    kind: "reconciled",
    phase: call.phase,
    result: found.result,
    breaks: found.breaks,
    warnings: found.warnings,
    snapshot_sha256: snapshotHash,
    activities_cursor: cursor,
  });
  if (found.result === "FAIL") {
    const isNew = found.breaks.some((one) => !known.has(breakName(one)));
    await pauseOn(desk, call, compared, { name, isNew });
  }
  await flush(desk);
  return found;
}

/** Asks again while the venue does not answer, or something that differs may be a fill that it shows late. */
async function compareUntilSettled(desk: Desk, call: ReconcileCall): Promise<Compared> {
  // Booked at an earlier look, and missed all the same.
  const missed: Break[] = [];
  for (let looks = 1; ; looks++) {
    const compared = await compare(desk, call, missed);
    const { found } = compared;
    const { recent } = desk.core.bookings;
    const isLate = found.breaks.some((one) => isTransient({ ...found, breaks: [one] }, recent));
    const isOpen = found.result === "NOT_RUN" || isLate;
    if (looks >= LAG_LOOKS || !isOpen) return compared;
    await desk.ports.clock.waitUntil(desk.nowMs + LAG_STEP_MS);
    await look(desk);
  }
}

async function compare(desk: Desk, call: ReconcileCall, missed: Break[]): Promise<Compared> {
  try {
    const synced = await readActivities(desk, { listened: call.listened, missed });
    if ((await settleOpenOrders(desk)) === "unknown") {
      throw new BrokerUnavailable("not every order of ours could be asked about");
    }
    await flush(desk);
    const snapshot = await desk.ports.broker.snapshot();
    return compareWith(desk, call, { ...synced, missed }, snapshot);
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
    incident(desk, "critical", "venue_unavailable", {
      subject: `${call.phase} reconciliation`,
      message: `the venue did not answer: ${error.message}`,
    });
    return { found: notRun(error.message), snapshot: null, ours: null, cursor: null };
  }
}

function compareWith(
  desk: Desk,
  call: ReconcileCall,
  synced: Synced & { readonly missed: readonly Break[] },
  snapshot: VenueSnapshot,
): Compared {
  const { core, terms } = desk;
  const { ledger } = core;
  invariant(ledger !== null, 11, "an account is reconciled before it has books");
  const ours = ourBooks(
    {
      ledger,
      bookings: core.bookings,
      view: core.view,
      orders: standingOrders(desk),
      currency: terms.currency,
      digits: terms.currencyDigits,
    },
    lotSizes(core),
    endsBy(snapshot, call.sessionEndMs),
  );
  // Where a person has taken the venue's word there is nothing left to compare.
  const activities = synced.activities.filter(
    (one) => !core.view.adoptedActivities.has(one.activityId),
  );
  const theirs = theirSide({ snapshot, activities });
  const compared = reconcile(ourSide(ours), theirs, {
    nowMs: desk.nowMs,
    averageTolerance: AVERAGE_TOLERANCE,
  });
  // Booked by now, so that the books agree: it was missed all the same.
  const breaks = [...compared.breaks, ...synced.missed];
  const result = synced.missed.length > 0 ? "FAIL" : compared.result;
  return { found: { ...compared, breaks, result }, snapshot, ours, cursor: synced.cursor };
}

function endsBy(snapshot: VenueSnapshot, sessionEndMs: number | null) {
  if (sessionEndMs === null) return () => null;
  const end = formatInstant(sessionEndMs).slice(0, TO_THE_SECOND);
  const later = new Set(
    snapshot.openOrders.flatMap(({ clientOrderId, submittedAt }) =>
      submittedAt.slice(0, TO_THE_SECOND) >= end ? [clientOrderId] : [],
    ),
  );
  return ({ id }: LiveOrder) => (later.has(id) ? null : sessionEndMs);
}

/** "2010-03-04T14:30:00": instants of either side as text that sorts by time. */
const TO_THE_SECOND = 19;

/** What was there at the reconciliation before is one incident, however often it is found again. */
/** What the venue has answered that it does not know is with us alone: it waits to be sent, or given up. */
function standingOrders({ core, fresh }: Desk): readonly LiveOrder[] {
  return [...(core.day?.state.orders.values() ?? [])].map((live) =>
    live.state === "unknown" && fresh.has(live.id) ? { ...live, state: "created" } : live,
  );
}

async function pauseOn(
  desk: Desk,
  call: ReconcileCall,
  { found, snapshot, ours }: Compared,
  { name, isNew }: { readonly name: string; readonly isNew: boolean },
): Promise<void> {
  const { core, ports } = desk;
  const codes = [...new Set(found.breaks.map(({ code }) => code))].join(", ");
  await ports.files.write(
    `breaks/${name}.json`,
    encodeUtf8(
      breakPack({
        date: instant(desk).slice(0, 10),
        at: instant(desk),
        phase: call.phase,
        account: core.account.name,
        broker: ports.broker.name,
        reconciliation: found,
        snapshot,
        ours: plain(ours),
      }),
    ),
  );
  if (isNew) {
    incident(desk, "critical", "reconciliation_break", {
      subject: name,
      message: `${call.phase} reconciliation found ${codes}; see breaks/${name}.json`,
    });
  }
  if (isNew || core.view.safety.pause === null) {
    record(desk, {
      kind: "paused",
      cause: "reconciliation",
      message: `${codes} at the ${call.phase} reconciliation; see breaks/${name}.json`,
      operator: null,
    });
  }
  await flush(desk);
  await alert(desk, "critical", `paused: ${codes}`, breakLines(found).join("\n"));
}

function jsonBytes(snapshot: VenueSnapshot): Uint8Array {
  return encodeUtf8(`${canonicalJson(snapshot as unknown as Json)}\n`);
}

/** Sets as lists, so that everything that was compared can be read. */
function plain(value: unknown): Json {
  const listed = (_: string, held: unknown) =>
    held instanceof Set ? [...(held as Set<string>)].sort() : held;
  return JSON.parse(JSON.stringify(value, listed)) as Json;
}
