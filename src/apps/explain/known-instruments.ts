/**
 * Which instruments an account may be asked about: those that an entry names, and those of the pack that
 * its newest day was decided with, where it is still here. Of one that no entry names nothing was ever
 * wanted or held, which is an answer too; of one that neither names nobody can tell.
 */
import { Fault } from "../../domain/fault.ts";
import { openPacks } from "../cli/compose.ts";
import type { AccountRecord } from "./account-record.ts";

export function namesIn({ entries }: Pick<AccountRecord, "entries">): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { payload } of entries) {
    if (payload.kind === "decision") {
      for (const { instrument } of payload.signals) names.add(instrument);
    } else if ("instrument" in payload && payload.instrument !== null) {
      names.add(payload.instrument);
    }
  }
  return names;
}

/** Reads the pack only for an instrument that no entry names. */
export async function knownInstruments(
  record: AccountRecord,
  asked: string,
  home: string,
): Promise<ReadonlySet<string>> {
  const names = namesIn(record);
  const newest = record.days.at(-1)?.opened.pack_id;
  if (names.has(asked) || newest === undefined) return names;
  try {
    const pack = await (await openPacks(home)).get(newest);
    return new Set([...names, ...pack.series.map(({ instrument }) => instrument.id)]);
  } catch (error) {
    // The record alone is enough for whatever it names.
    if (error instanceof Fault && error.kind === "data") return names;
    throw error;
  }
}
