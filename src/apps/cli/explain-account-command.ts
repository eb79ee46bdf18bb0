/**
 * `assay explain --account`: the whole path of one signal, or of one instrument on one day, as the record
 * of a trading account has it, up to the venue's own execution ids. Nothing is asked of a venue.
 */
import { Fault } from "../../domain/fault.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";
import { openAccountRecord } from "../explain/account-record.ts";
import {
  explainAccountDay,
  explainAccountSignal,
  type Explained,
} from "../explain/explain-account.ts";
import { knownInstruments, namesIn } from "../explain/known-instruments.ts";
import type { Paint } from "./terminal.ts";

export type AccountQuery = {
  /** A signal's id or its beginning, or an instrument. */
  readonly what: string;
  /** Of a trading day, with an instrument. */
  readonly date: string | null;
  readonly home: string;
  readonly mode: TradingMode;
  readonly paint: Paint;
};

export async function explainAccountResult({
  what,
  date,
  home,
  mode,
  paint,
}: AccountQuery): Promise<Explained> {
  const record = openAccountRecord(home, mode);
  if (date !== null) {
    const known = await knownInstruments(record, what, home);
    return explainAccountDay(record, { instrument: what, date, known }, paint);
  }
  if (namesIn(record).has(what)) {
    throw new Fault("usage", `${what} is an instrument: give a date too, or a signal's id`);
  }
  return explainAccountSignal(record, what, paint);
}
