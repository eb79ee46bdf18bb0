/**
 * The end of a day: its document from its entries, as JSON and as Markdown, its row of metrics.csv, the
 * incident log, the state the next day begins with. The last entry names them all by their hashes.
 */
import type { Json } from "../../base/canonical-json.ts";
import { counted } from "../../base/figures.ts";
import { settled, valueOf } from "../../base/result.ts";
import { decodeUtf8, encodeUtf8 } from "../../base/utf8.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import { type Evidence, known, unknown } from "../../domain/evidence.ts";
import type { VenueSession } from "../../ports/broker.ts";
import { buildDaily } from "../../records/daily/build-daily.ts";
import type { DailyInput } from "../../records/daily/daily-input.ts";
import { canonicalDaily, dailyMarkdown } from "../../records/daily/markdown.ts";
import { INCIDENT_FILE, mergeIncidents } from "../../records/daily/incident-log.ts";
import { METRICS_FILE, mergeMetrics, metricsRow } from "../../records/daily/metrics.ts";
import { decodeAccountBody } from "../../records/journal/chain.ts";
import { stateText } from "./core.ts";
import type { Core, OpenDay } from "./open-day.ts";
import { alert, type Desk, flush, record } from "./desk.ts";
import { noteMissingActions } from "./expected-actions.ts";
import { CLOSING_STATE } from "./recover.ts";
import { trialDaysBefore } from "./trial.ts";

export async function closeDay(desk: Desk, session: VenueSession): Promise<DailyDocument> {
  const { core, ports } = desk;
  noteMissingActions(desk, session);
  const document = buildDaily(dailyInput(desk, session));
  const { date } = session;
  const metrics = await mergedMetrics(desk, document);
  const incidents = await mergedLog(desk, metrics.before);
  const state = core.view.day?.barsKnown === null ? null : encodeUtf8(stateText(core));
  const write = async (name: string, text: string) => ({
    name,
    sha256: await ports.files.write(name, encodeUtf8(text)),
  });
  // None leans on another, and all of them are there before they are named: the disk takes them together.
  const [json, markdown, kept] = await together([
    write(`artifacts/json/${date}.json`, canonicalDaily(document)),
    write(`artifacts/markdown/${date}.md`, dailyMarkdown(document)),
    state === null ? null : ports.states.put(state),
    write(METRICS_FILE, metrics.text),
    write(INCIDENT_FILE, incidents),
  ]);
  const files = [json, markdown];
  if (kept !== null) files.push({ name: CLOSING_STATE, sha256: kept });
  record(desk, { kind: "day_closed", date, status: document.status, files });
  await flush(desk);
  await tell(desk, document);
  return document;
}

/** All of them ended, and the first failure thrown: nothing goes on behind the back of who gave up. */
async function together<const T extends readonly unknown[]>(
  works: T,
): Promise<{ -readonly [at in keyof T]: Awaited<T[at]> }> {
  const ended = await Promise.all(works.map((work) => settled(Promise.resolve(work))));
  return ended.map(valueOf) as { -readonly [at in keyof T]: Awaited<T[at]> };
}

/** With the journal's entry that the day before ended with; 0 where there was none. */
async function mergedMetrics({ ports }: Desk, document: DailyDocument) {
  const written = await ports.files.read(METRICS_FILE);
  const text = written === null ? null : decodeUtf8(written);
  const merged = mergeMetrics(text, metricsRow(document));
  return { text: merged.text, before: merged.before.at(-1)?.journal_seq ?? 0 };
}

/** What came between the days counts too: a person may have paused or resumed. */
async function mergedLog({ core, ports }: Desk, before: number): Promise<string> {
  const written = await ports.files.read(INCIDENT_FILE);
  const from = written === null ? 1 : before + 1;
  const firstOfDay = core.entries[0].seq;
  const earlier: AccountEntry[] = [];
  for (const { seq, body } of ports.journal.rows(from)) {
    if (seq >= firstOfDay) break;
    earlier.push(decodeAccountBody(body));
  }
  const log = written === null ? null : decodeUtf8(written);
  return mergeIncidents(log, [...earlier, ...core.entries]);
}

/** What a person should hear of at the day's end: incidents, and why nothing was traded while paused. */
async function tell(desk: Desk, { date, health, status }: DailyDocument): Promise<void> {
  const serious = health.incidents.filter(({ severity }) => severity !== "info");
  if (serious.length === 0 && status !== "PAUSED") return;
  const lines = serious.map(({ code, message }) => `${code}: ${message}`);
  const level = status === "PAUSED" ? "critical" : "warning";
  const subject = `${date} ended ${status} with ${counted(serious.length, "incident")}`;
  await alert(desk, level, subject, [...lines, health.paused ?? ""].join("\n"));
}

function dailyInput(desk: Desk, { date }: VenueSession): DailyInput {
  const { core, terms, ports } = desk;
  const day = core.day as OpenDay;
  const opened = core.view.day?.opened;
  const isMarked = core.view.day?.barsKnown !== null;
  const missed = core.view.day?.decided === true ? null : "nothing ran on this day";
  return {
    date,
    decidedOn: opened?.decided_on ?? date,
    mode: terms.mode,
    name: terms.name,
    account: core.account.name,
    broker: ports.broker.name,
    currency: terms.currency,
    currencyDigits: terms.currencyDigits,
    // Of its opening: a start that finished the day may run other code.
    mandateHash: opened?.mandate_hash ?? terms.mandateHash,
    pack: { id: opened?.pack_id ?? "", until: opened?.pack_until ?? "" },
    codeHash: opened?.code_hash ?? terms.codeHash,
    journalHead: core.journal.head().hash,
    entries: core.entries,
    carried: core.carriedIn,
    forecasts: core.decision?.forecasts ?? 0,
    holds: core.decision?.holds ?? 0,
    missed,
    dataAgeSessions: ageOf(day, isMarked),
    trial: trialOf(core, date),
    regime: regimeOf(day),
    risk: riskOf(core, day, isMarked),
    positions: positionsOf(core, day, isMarked),
    health: { runtimeS: ports.workSeconds(), errors: ownErrors(core), warnings: [] },
    stages: plain(core.decision?.stages ?? []),
  };
}

/** What our own journal says that cannot be, among this day's entries. */
function ownErrors({ bookings, entries }: Core): readonly string[] {
  const [first] = entries;
  return bookings.impossible.filter((found) => {
    const seq = Number(/^entry (\d+)/.exec(found)?.[1]);
    return first !== undefined && seq >= first.seq;
  });
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Sessions between the newest bars and the session that was traded: 1 when all is well. */
function ageOf({ kernel, prepared }: OpenDay, isMarked: boolean): Evidence<number> {
  const coming = prepared.world.sessionsMs.length - (isMarked ? 2 : 1);
  let newest = -1;
  for (const last of kernel.state.lastBar) newest = Math.max(newest, last);
  if (newest < 0) return unknown("no instrument has a bar");
  return known(coming - newest + (isMarked ? 1 : 0));
}

/** Null after its last day as well. */
function trialOf({ view }: Core, date: string): DailyDocument["trial"] {
  const { trial } = view;
  if (trial === null) return null;
  const { trial_id, days } = trial.started;
  const past = trialDaysBefore(view, date);
  if (past >= days) return null;
  return { trial_id, day: past + 1, days, voided: trial.voided !== null };
}

function regimeOf({ kernel, prepared }: OpenDay): DailyInput["regime"] {
  const { layers, session } = kernel.state;
  const off = unknown("the mandate has no portfolio stages");
  if (layers === null) {
    return {
      volatilityIndex: off,
      volatilityClass: "OFF",
      brake: "OFF",
      brakeScalar: off,
      breaker: "OFF",
    };
  }
  const { plan, brake } = layers;
  const index = plan.evidence.volatilityIndex?.[session] ?? Number.NaN;
  const at = prepared.world.sessionsMs.length;
  return {
    volatilityIndex: Number.isFinite(index)
      ? known(index)
      : unknown(at === 0 ? "no session" : "the data has no volatility index for this session"),
    volatilityClass: plan.volatilityRegime === null ? "OFF" : layers.volatilityRegime,
    brake: brake === null ? "OFF" : brake.regime,
    brakeScalar: brake === null ? unknown("the overlay is off") : known(brake.scalar),
    breaker: plan.breakers === null ? "OFF" : layers.breaker.state,
  };
}

const UNMARKED = "the data has no bar of this session yet";

function riskOf(core: Core, { state, kernel }: OpenDay, isMarked: boolean): DailyInput["risk"] {
  const { navMinor, cashMinor, layers, valueMinor, session } = kernel.state;
  const marked = <T>(value: () => Evidence<T>) => (isMarked ? value() : unknown(UNMARKED));
  const share = (minor: number) =>
    navMinor > 0 ? known(minor / navMinor) : unknown("the net asset value is not positive");
  let gross = 0;
  let net = 0;
  for (const value of valueMinor) {
    gross += Math.abs(value);
    net += value;
  }
  const heat = layers?.daily.heat[session] ?? Number.NaN;
  const before = state.previousNavMinor;
  return {
    navMinor: marked(() => known(navMinor)),
    cashMinor: core.ledger?.cashOf(core.view.opened?.currency ?? "") ?? cashMinor,
    navBeforeMinor: before === null ? unknown("this is the account's first day") : known(before),
    // Since the account was opened: what RAMPUP resets is the breakers' own mark, and no drawdown is undone.
    highWaterMinor: known(core.view.peakMinor),
    gross: marked(() => share(gross)),
    net: marked(() => share(net)),
    heat: Number.isFinite(heat) ? known(heat) : unknown("no heat was measured on this session"),
  };
}

function positionsOf(
  { ledger }: Core,
  { kernel }: OpenDay,
  isMarked: boolean,
): DailyInput["positions"] {
  const { state, world } = kernel;
  return world.instruments.flatMap(({ id }, i) => {
    if (state.lots[i] === 0) return [];
    const open = ledger?.positions.get(id)?.openLots ?? [];
    const cost = open.reduce((sum, lot) => sum + Number(lot.costMinor), 0);
    return [
      {
        instrument: id,
        lots: state.lots[i],
        mark: isMarked ? known(state.mark[i]) : unknown(UNMARKED),
        valueMinor: isMarked ? known(state.valueMinor[i]) : unknown(UNMARKED),
        costMinor: cost,
      },
    ];
  });
}
