/**
 * What files say about dividends and splits -> corporate actions, each dividend with a pay date:
 * from the mandate's list, else from the file's column, else the ex-date where the mandate
 * declares it; otherwise a fault that names the rows and the three ways out (spec definitions,
 * "Sessions and quality").
 */
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { Fault } from "../../domain/fault.ts";
import type { DividendSettings } from "../section.ts";
import type { RawAction } from "../sources/gather.ts";

const SHOWN = 5;

export function resolveActions(
  raw: readonly RawAction[],
  settings: DividendSettings,
): readonly CorporateAction[] {
  const listed = new Map(
    settings.pay_dates.map((row) => [
      `${row.instrument} ${row.ex_date}`,
      parseIsoDate(row.pay_date),
    ]),
  );
  const unused = new Set(listed.keys());
  // Asked for even where no dividend falls into the data: the key has its reader (invariant 6).
  const paysAtOnce = settings.pay_date === "ex_date";
  const actions = new Map<string, CorporateAction>();
  const unpaid: RawAction[] = [];
  for (const action of raw) {
    const { kind, instrument, exDateMs, amount } = action;
    const key = `${instrument} ${formatDate(exDateMs)}`;
    // A second row of one date is a duplicate that the quality checks have dealt with.
    if (actions.has(`${key} ${kind}`)) continue;
    if (kind === "split") {
      actions.set(`${key} ${kind}`, { kind, instrument, exDateMs, ratio: amount });
      continue;
    }
    unused.delete(key);
    const declared = paysAtOnce ? exDateMs : null;
    const payDateMs = listed.get(key) ?? action.payDateMs ?? declared;
    if (payDateMs === null) unpaid.push(action);
    else
      actions.set(`${key} ${kind}`, {
        kind,
        instrument,
        exDateMs,
        payDateMs,
        amountPerUnit: amount,
      });
  }
  if (unpaid.length > 0) throw withoutPayDate(unpaid);
  if (unused.size > 0) {
    throw new Fault(
      "mandate",
      `data.dividends.pay_dates: no dividend falls on ${[...unused].join(", ")}; remove it or correct the ex-date`,
    );
  }
  return [...actions.values()].sort(compareActions);
}

/** By ex-date, then instrument, then kind. */
export function compareActions(a: CorporateAction, b: CorporateAction): number {
  return (
    a.exDateMs - b.exDateMs ||
    compareText(a.instrument, b.instrument) ||
    compareText(a.kind, b.kind)
  );
}

function withoutPayDate(rows: readonly RawAction[]): Fault {
  const details = rows
    .slice(0, SHOWN)
    .map(
      (row) =>
        `${row.where} ${row.instrument} ex-date ${formatDate(row.exDateMs)}, ${row.amount} per unit`,
    );
  if (rows.length > SHOWN) details.push(`and ${rows.length - SHOWN} more`);
  const count = rows.length === 1 ? "1 dividend has" : `${rows.length} dividends have`;
  return new Fault(
    "data",
    `${count} no pay date; map columns.pay_date of the source, or list them in data.dividends.pay_dates, or declare data.dividends.pay_date: ex_date`,
    { where: rows[0].where, details },
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
