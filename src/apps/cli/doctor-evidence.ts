/**
 * The doctor's evidence from a run's files: run.json, artifacts, journal and the stored pack. The
 * twin of engine/doctor/run-evidence.ts, made without it; only what the mandate and its strategies
 * say comes from there.
 */
import { RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import { rowAt } from "../../research/doctor/bars.ts";
import type {
  Evidence,
  EvidenceFills,
  EvidenceRows,
  MandateEvidence,
} from "../../research/doctor/evidence.ts";
import { openPacks } from "./compose.ts";
import { readTable, recordedBooks, type RecordedBooks, type Table } from "./doctor-books.ts";
import type { Recorded } from "./recorded-run.ts";

/** `mandate`: null where it is not at hand, and what needs it is not evaluated. */
export async function recordedEvidence(
  run: Recorded,
  mandate: MandateEvidence | null,
): Promise<Evidence> {
  const { document, home } = run;
  const pack = await (await openPacks(home)).get(document.pack.id);
  const equity = readTable(run, RUN_ARTIFACTS.equity);
  const books = recordedBooks(run, pack, equity.numbers("date"));
  const fillTable = readTable(run, RUN_ARTIFACTS.fills);
  const fills = fillsOf(fillTable, books);
  const positions = readTable(run, RUN_ARTIFACTS.positions);
  const signals = readTable(run, RUN_ARTIFACTS.signals);
  const { failure } = document;
  const evaluationStart = books.sessionsMs.length - document.window.evaluation.sessions;
  const minor = (amounts: Float64Array) => amounts.map((amount) => inMinor(amount, books.digits));
  return {
    failure,
    sameClose: document.marks.includes("LOOKAHEAD"),
    currency: document.currency,
    digits: books.digits,
    sessionsMs: books.sessionsMs,
    evaluationStart,
    depositMinor: books.depositMinor,
    navMinor: minor(equity.numbers("nav")),
    cashMinor: minor(equity.numbers("cash")),
    stages: document.stages,
    targetVolatility: document.volatility_gap?.target ?? null,
    forecasts: signals.rows,
    answersAsked: failure === null ? answersAsked(signals, books) : null,
    instruments: withFinalValues(positions, books),
    fills,
    costsMinor: costsAfter(evaluationStart === 0 ? -1 : evaluationStart, {
      fillTable,
      fills,
      books,
    }),
    orders: rowsOf(readTable(run, RUN_ARTIFACTS.orders), "decided", books),
    positions: rowsOf(positions, "date", books),
    income: incomeOf(books),
    mandate,
  };
}

function inMinor(amount: number, digits: number): number {
  return Math.round(amount * 10 ** digits);
}

function rowsOf(table: Table, date: string, books: RecordedBooks): EvidenceRows {
  return {
    session: table.numbers(date).map(books.sessionOf),
    instrument: Float64Array.from(table.texts("instrument"), books.indexOf),
    lots: table.numbers("lots"),
  };
}

/** Amounts stand in the instrument's currency. */
function minorColumn(table: Table, name: string, instrument: Float64Array, books: RecordedBooks) {
  const amounts = table.numbers(name);
  return amounts.map((amount, n) => inMinor(amount, books.instruments[instrument[n]].digits));
}

function fillsOf(table: Table, books: RecordedBooks): EvidenceFills {
  const rows = rowsOf(table, "date", books);
  const notionalMinor = minorColumn(table, "notional", rows.instrument, books);
  return {
    ...rows,
    ordered: Uint8Array.from(table.texts("order_id"), (id) => (id === null ? 0 : 1)),
    notionalMinor,
    feeMinor: minorColumn(table, "fee", rows.instrument, books),
    tradedMinor: notionalMinor.map((minor, n) =>
      books.inAccount(minor, rows.instrument[n], rows.session[n]),
    ),
  };
}

/** Each strategy's answer about one bar counts once: a session without a bar asks about the one before. */
function answersAsked(signals: Table, { instruments, indexOf }: RecordedBooks): number {
  const asked = new Set<string>();
  const dates = signals.numbers("date");
  const ids = signals.texts("instrument");
  for (const [n, variant] of signals.texts("variant_id").entries()) {
    asked.add(`${variant} ${rowAt(instruments[indexOf(ids[n])].timesMs, dates[n])}`);
  }
  return asked.size;
}

/** Positions of the last close; an instrument that is not there is not held. */
function withFinalValues(positions: Table, books: RecordedBooks): Evidence["instruments"] {
  const { session, instrument } = rowsOf(positions, "date", books);
  const values = minorColumn(positions, "value", instrument, books);
  const last = books.sessionsMs.length - 1;
  const finals = new Float64Array(books.instruments.length);
  for (let n = 0; n < session.length; n++)
    if (session[n] === last) finals[instrument[n]] = values[n];
  return books.instruments.map((each, i) => ({ ...each, finalValueMinor: finals[i] }));
}

type Paid = {
  readonly fillTable: Table;
  readonly fills: EvidenceFills;
  readonly books: RecordedBooks;
};

/** Fees and slippage of fills, financing and borrow of the journal: each converted by itself. */
function costsAfter(session: number, { fillTable, fills, books }: Paid): number {
  const slippage = minorColumn(fillTable, "slippage", fills.instrument, books);
  let total = 0;
  for (let n = 0; n < fills.session.length; n++) {
    const [i, s] = [fills.instrument[n], fills.session[n]];
    if (s <= session) continue;
    total += books.inAccount(fills.feeMinor[n], i, s) + books.inAccount(slippage[n], i, s);
  }
  for (const { at, payload } of books.entries) {
    if (payload.kind !== "accrual") continue;
    const s = books.sessionAt(at);
    const i = payload.instrument === null ? null : books.indexOf(payload.instrument);
    if (s > session) total += books.inAccount(payload.amount_minor, i, s);
  }
  return total;
}

function incomeOf({ entries, indexOf }: RecordedBooks): Evidence["income"] {
  const income: { instrument: number; amountMinor: number }[] = [];
  for (const { payload } of entries) {
    switch (payload.kind) {
      case "dividend":
        income.push({ instrument: indexOf(payload.instrument), amountMinor: payload.amount_minor });
        break;
      case "split":
        if (payload.cash_in_lieu_minor === 0) break;
        income.push({
          instrument: indexOf(payload.instrument),
          amountMinor: payload.cash_in_lieu_minor,
        });
        break;
      case "accrual":
        if (payload.instrument === null) break;
        income.push({
          instrument: indexOf(payload.instrument),
          amountMinor: -payload.amount_minor,
        });
        break;
      default:
        break;
    }
  }
  return income;
}
