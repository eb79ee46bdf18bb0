/**
 * A run's files as the doctor reads them: tables checked against the hashes of run.json, journal
 * entries, sessions, and the instruments of the stored pack with their rates. Amounts come back as
 * integers of the minor unit, as they were booked.
 */
import { formatInstant } from "../../base/instant.ts";
import { convertMinor } from "../../base/money.ts";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import { Fault } from "../../domain/fault.ts";
import type { JournalPayload } from "../../domain/journal-entry.ts";
import type { Pack } from "../../domain/pack.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import { lastKnown } from "../../engine/world.ts";
import { decodeCsv } from "../../records/artifacts/csv-reader.ts";
import { decodeBody, kindOfBody } from "../../records/journal/chain.ts";
import type { EvidenceInstrument } from "../../research/doctor/evidence.ts";
import { readSoundJournal } from "./compose-records.ts";
import { checkedBytes, type Recorded } from "./recorded-run.ts";

export type Table = {
  readonly rows: number;
  readonly numbers: (name: string) => Float64Array;
  readonly texts: (name: string) => readonly (string | null)[];
};

export function readTable(run: Recorded, declaration: ArtifactDeclaration): Table {
  const bytes = checkedBytes(run, declaration);
  if (bytes === null) {
    throw new Fault(
      "verify",
      `run.json of run ${run.document.run_id} lists no ${declaration.name}; assay verify says what was changed`,
    );
  }
  const { rows, columns } = decodeCsv(declaration, bytes);
  const column = (name: string) =>
    columns[declaration.columns.findIndex((each) => each.name === name)];
  return {
    rows,
    numbers: (name) => column(name) as Float64Array,
    texts: (name) => column(name) as readonly (string | null)[],
  };
}

export type Entry = { readonly at: string; readonly payload: JournalPayload };

/** Without orders, which no lint reads here. */
export function readEntries(folder: string): readonly Entry[] {
  const reader = readSoundJournal(folder);
  try {
    const entries: Entry[] = [];
    for (const { body } of reader.rows()) {
      if (kindOfBody(body) !== "order") entries.push(decodeBody(body));
    }
    return entries;
  } finally {
    reader.close();
  }
}

export type BookedInstrument = Omit<EvidenceInstrument, "finalValueMinor">;

export type RecordedBooks = {
  readonly entries: readonly Entry[];
  readonly sessionsMs: Float64Array;
  readonly sessionOf: (ms: number) => number;
  readonly sessionAt: (instant: string) => number;
  readonly digits: number;
  readonly depositMinor: number;
  readonly instruments: readonly BookedInstrument[];
  readonly indexOf: (id: string | null) => number;
  /** Minor units of an instrument's currency as the account's, at a session's rate. */
  readonly inAccount: (minor: number, instrument: number | null, session: number) => number;
};

export function recordedBooks(
  { document, folder }: Recorded,
  pack: Pack,
  sessionsMs: Float64Array,
): RecordedBooks {
  const entries = readEntries(folder);
  const depositMinor = entries.reduce(
    (sum, { payload }) => sum + (payload.kind === "flow" ? payload.amount_minor : 0),
    0,
  );
  // The deposit in minor units over the equity the run began with says how many digits there are.
  const digits = Math.round(Math.log10(depositMinor / document.metrics_full.start_equity));
  const sessions = new Map(Array.from(sessionsMs, (ms, s) => [ms, s]));
  const instants = new Map(Array.from(sessionsMs, (ms, s) => [formatInstant(ms), s]));
  const places = new Map(document.pack.instruments.map((id, i) => [id, i]));
  const instruments = document.pack.instruments.map((id) =>
    instrumentOf(document, pack, { id, sessionsMs }),
  );
  return {
    entries,
    sessionsMs,
    sessionOf: (ms) => known(document, sessions.get(ms), ms),
    sessionAt: (instant) => known(document, instants.get(instant), instant),
    digits,
    depositMinor,
    instruments,
    indexOf: (id) => known(document, places.get(id ?? ""), id),
    inAccount: (minor, instrument, session) => {
      const own = instrument === null ? null : instruments[instrument];
      if (own === null || own.rate === null || minor === 0) return minor;
      return convertMinor(minor, own.rate[session], own.digits, digits);
    },
  };
}

function instrumentOf(
  { currency }: RunDocument,
  pack: Pack,
  { id, sessionsMs }: { readonly id: string; readonly sessionsMs: Float64Array },
): BookedInstrument {
  const series = pack.series.find((each) => each.instrument.id === id);
  if (series === undefined) {
    throw new Fault("verify", `run.json names ${id}, which its pack ${pack.id} does not hold`);
  }
  const { instrument, timesMs, volume } = series;
  const { lot, initialMargin, currencyDigits } = instrument;
  const reference = pack.references.find(
    (r) => r.kind === "fx" && r.currency === instrument.currency && r.quote === currency,
  );
  return {
    id,
    lot,
    digits: currencyDigits,
    marginMinor: initialMargin === null ? 0 : initialMargin * lot * 10 ** currencyDigits,
    timesMs,
    volume,
    rate: instrument.currency === currency ? null : lastKnown(reference, sessionsMs).rate,
  };
}

function known(
  document: RunDocument,
  place: number | undefined,
  what: string | number | null,
): number {
  if (place !== undefined) return place;
  throw new Fault(
    "verify",
    `the files of run ${document.run_id} name ${what}, which is neither a session of equity.csv nor an instrument of run.json; assay verify says what was changed`,
  );
}
