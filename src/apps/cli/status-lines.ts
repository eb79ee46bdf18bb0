/**
 * `assay status` in words: whether trading is open and if not why, the last day, the last
 * reconciliations, orders at work, positions, the breaker, the trial, alerts that wait, and the age of
 * each state file beside its maximum. Ages in seconds; what is too old or closed is red.
 */
import { brief, counted, fixed, money, signed } from "../../base/figures.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { type AccountStatus } from "../../records/daily/account-status.ts";
import { stateOf } from "../../records/daily/order-facts.ts";
import type { Paint } from "./terminal.ts";

export type StateFile = {
  readonly name: string;
  /** Null: there is none. */
  readonly ageSeconds: number | null;
  readonly maximumAgeSeconds: number;
};

export type StatusView = {
  readonly status: AccountStatus;
  /** Of the newest day; null: none was closed, or it does not read. */
  readonly last: DailyDocument | null;
  readonly alerts: { readonly waiting: number; readonly dead: number } | null;
  readonly files: readonly StateFile[];
  /** What verification of the journal found, and notes on reading it. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
};

export function statusLines(view: StatusView, paint: Paint): string[] {
  const { status } = view;
  return [
    paint.bold(
      `${status.mode.replace("_", "-")} account ${status.account} at ${status.broker}, ${status.currency}`,
    ),
    ...view.findings.map((finding) => paint.red(`journal: ${finding}`)),
    ...view.notes.map((note) => paint.dim(`journal: ${note}`)),
    ["trading", tradingWords(status, paint)],
    ["last day", dayWords(view)],
    ...status.reconciliations.map((one): [string, string] => [
      `reconciliation, ${one.phase}`,
      reconciliationWords(one, paint),
    ]),
    ...orderRows(status),
    ...positionRows(view),
    ["circuit breaker", breakerWords(view)],
    ["trial", trialWords(status, paint)],
    ["incidents", counted(status.criticalIncidents, "critical incident")],
    ["alerts", alertWords(view, paint)],
    ...view.files.map((file): [string, string] => [file.name, ageWords(file, paint)]),
  ].map((row) => (typeof row === "string" ? row : `${row[0].padEnd(LABEL)}  ${row[1]}`));
}

/** Every file is there and young enough. */
export function isFresh({ ageSeconds, maximumAgeSeconds }: StateFile): boolean {
  return ageSeconds !== null && ageSeconds <= maximumAgeSeconds;
}

const LABEL = 26;

function tradingWords({ paused }: AccountStatus, paint: Paint): string {
  if (paused === null) return paint.green("open, subject to the next reconciliation");
  return paint.red(`PAUSED since ${paused.at} by ${paused.cause}: ${paused.message}`);
}

function dayWords({ status, last }: StatusView): string {
  const { lastDay, openDay } = status;
  const words = lastDay === null ? "none closed yet" : `${lastDay.date} ${lastDay.status}`;
  const nav = last === null ? "" : `, net asset value ${money(last.risk.nav)}`;
  const profit = last === null ? "" : `, day ${signed(last.risk.day_profit)}`;
  const open = openDay === null ? "" : `; ${openDay} is open: at work, or interrupted`;
  return `${words}${nav}${profit}${open}`;
}

type Reconciled = AccountStatus["reconciliations"][number];

function reconciliationWords({ at, result, breaks }: Reconciled, paint: Paint): string {
  const which = breaks.map(({ code, subject }) => `${code} ${subject}`).join(", ");
  const words = `${result} at ${at}${which === "" ? "" : `: ${which}`}`;
  return result === "PASS" ? paint.green(words) : paint.red(words);
}

function orderRows({ ordersAtWork }: AccountStatus): [string, string][] {
  if (ordersAtWork.length === 0) return [["orders at work", "none"]];
  return ordersAtWork.map((facts): [string, string] => {
    const { order, lots, filledLots } = facts;
    const filled = filledLots === 0 ? "" : `, ${brief(filledLots)} filled`;
    const what = `${lots > 0 ? "buy" : "sell"} ${brief(Math.abs(lots))} ${order.instrument}`;
    return [
      "order at work",
      `${what} ${order.type}, ${stateOf(facts)}${filled}, ${order.order_id}`,
    ];
  });
}

function positionRows({ last }: StatusView): [string, string][] {
  if (last === null) return [["positions", "not known: no day's document reads"]];
  if (last.positions.length === 0) return [["positions", `none at the close of ${last.date}`]];
  return last.positions.map((held): [string, string] => [
    `position ${held.instrument}`,
    `${brief(held.lots)} lots, value ${money(held.value)}, unrealised ${signed(held.unrealised)}`,
  ]);
}

function breakerWords({ status, last }: StatusView): string {
  const { breaker } = status;
  if (breaker === null) return last?.risk.breaker ?? "never changed";
  return `${breaker.state} since ${breaker.at} by ${breaker.rule}`;
}

function trialWords({ trial }: AccountStatus, paint: Paint): string {
  if (trial === null) return "none";
  const { trialId, day, days, voided } = trial;
  if (voided) return paint.red(`${trialId} is VOID: the mandate was changed`);
  return `${trialId}, day ${day} of ${days}`;
}

function alertWords({ alerts }: StatusView, paint: Paint): string {
  if (alerts === null) return "none was ever raised";
  const words = `${alerts.waiting} waiting, ${alerts.dead} given up`;
  return alerts.waiting + alerts.dead === 0 ? words : paint.yellow(words);
}

function ageWords(file: StateFile, paint: Paint): string {
  if (file.ageSeconds === null) return paint.red("missing");
  const words = `${spanText(file.ageSeconds)} old, at most ${spanText(file.maximumAgeSeconds)}`;
  return isFresh(file) ? words : paint.red(`STALE: ${words}`);
}

/** Minutes matter to a heartbeat, hours to a record of each day. */
function spanText(seconds: number): string {
  if (seconds < 600) return `${fixed(seconds, 0)} s`;
  return `${fixed(seconds / 3600, 1)} h`;
}
