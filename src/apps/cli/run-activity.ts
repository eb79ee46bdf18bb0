/**
 * What a run traded and paid, in the account's currency units: fills, legs of rolls, financing and
 * borrow, folded from its journal. Amounts in other currencies are converted at the rate the run's
 * pack has for that session, as the run did. Where the pack is gone or has no such rate, the answer
 * is the reason.
 */
import { formatInstant } from "../../base/instant.ts";
import { convertMinor, minorToAmount } from "../../base/money.ts";
import { Fault } from "../../domain/fault.ts";
import type { JournalPayload } from "../../domain/journal-entry.ts";
import type { Pack } from "../../domain/pack.ts";
import { lastKnown } from "../../engine/world.ts";
import { decodeBody } from "../../records/journal/chain.ts";
import type { Activity } from "../../research/evaluation/common-metrics.ts";
import { openPacks } from "./compose.ts";
import { readSoundJournal } from "./compose-records.ts";
import type { Recorded } from "./recorded-run.ts";

type Unknown = { readonly unknown: string };

type Booked = {
  readonly atMs: number;
  readonly currency: string;
  readonly notionalsMinor: readonly number[];
  readonly costsMinor: readonly number[];
};

/** `sessionsMs` are the run's: journal entries are dated by them. */
export async function activityOf(
  run: Recorded,
  sessionsMs: Float64Array,
): Promise<Activity | Unknown> {
  const { booked, digits } = readBooked(run, sessionsMs);
  const own = run.document.currency;
  const foreign = booked.filter(({ currency }) => currency !== own);
  const pack = foreign.length === 0 ? null : await packOf(run);
  if (pack !== null && "unknown" in pack) return pack;
  const rates = new Map<string, Rate>();
  for (const { currency } of foreign) {
    if (pack === null || rates.has(currency)) continue;
    const rate = rateOf(pack, { from: currency, to: own, sessionsMs });
    if (rate === null) return { unknown: `the run's pack has no rate from ${currency} to ${own}` };
    rates.set(currency, rate);
  }
  const amount = (minor: number, { currency, atMs }: Booked): number => {
    const rate = rates.get(currency);
    if (rate === undefined || minor === 0) return minorToAmount(minor, digits);
    const value = rate.values.get(atMs) ?? Number.NaN;
    return minorToAmount(convertMinor(minor, value, rate.digits, digits), digits);
  };
  return activityFrom(booked, amount);
}

function activityFrom(
  booked: readonly Booked[],
  amount: (minor: number, of: Booked) => number,
): Activity {
  const fills = booked.flatMap((each) =>
    each.notionalsMinor.map((minor) => ({ atMs: each.atMs, amount: amount(minor, each) })),
  );
  const costs = booked.flatMap((each) =>
    each.costsMinor.map((minor) => ({ atMs: each.atMs, amount: amount(minor, each) })),
  );
  return {
    fillsMs: Float64Array.from(fills, (fill) => fill.atMs),
    traded: Float64Array.from(fills, (fill) => fill.amount),
    costsMs: Float64Array.from(costs, (cost) => cost.atMs),
    costs: Float64Array.from(costs, (cost) => cost.amount),
  };
}

/** The deposit, counted in minor units, over the equity the run began with says how many digits there are. */
function readBooked(
  { folder, document }: Recorded,
  sessionsMs: Float64Array,
): { readonly booked: readonly Booked[]; readonly digits: number } {
  const instants = new Map(Array.from(sessionsMs, (ms) => [formatInstant(ms), ms]));
  const booked: Booked[] = [];
  let digits: number | null = null;
  const reader = readSoundJournal(folder);
  try {
    for (const { body } of reader.rows()) {
      const { at, payload } = decodeBody(body);
      if (payload.kind === "flow") {
        digits = Math.round(Math.log10(payload.amount_minor / document.metrics_full.start_equity));
      }
      const amounts = amountsOf(payload);
      const atMs = instants.get(at);
      if (amounts === null) continue;
      if (atMs === undefined) {
        throw new Fault(
          "verify",
          `${folder}: the journal has a ${payload.kind} at ${at}, on which equity.csv has no session; assay verify says what was changed`,
        );
      }
      booked.push({ ...amounts, atMs });
    }
  } finally {
    reader.close();
  }
  if (digits === null) {
    throw new Fault("data", `${folder}: the journal holds no deposit; there are no books yet`);
  }
  return { booked, digits };
}

function amountsOf(payload: JournalPayload): Omit<Booked, "atMs"> | null {
  switch (payload.kind) {
    case "fill": {
      const { currency, notional_minor: notional, fee_minor: fee, slippage_minor: slip } = payload;
      return { currency, notionalsMinor: [notional], costsMinor: [fee, slip] };
    }
    case "roll": {
      const { currency, fee_minor: fee, slippage_minor: slip } = payload;
      const legs = [payload.from_notional_minor, payload.to_notional_minor];
      return payload.lots === 0
        ? null
        : { currency, notionalsMinor: legs, costsMinor: [fee, slip] };
    }
    case "accrual":
      return { currency: payload.currency, notionalsMinor: [], costsMinor: [payload.amount_minor] };
    default:
      return null;
  }
}

type Rate = { readonly digits: number; readonly values: ReadonlyMap<number, number> };

function rateOf(
  pack: Pack,
  given: { readonly from: string; readonly to: string; readonly sessionsMs: Float64Array },
): Rate | null {
  const { from, to, sessionsMs } = given;
  const instrument = pack.series.map((s) => s.instrument).find((i) => i.currency === from);
  const series = pack.references.find(
    (r) => r.kind === "fx" && r.currency === from && r.quote === to,
  );
  if (instrument === undefined || series === undefined) return null;
  const aligned = lastKnown(series, sessionsMs).rate;
  return {
    digits: instrument.currencyDigits,
    values: new Map(Array.from(sessionsMs, (ms, session) => [ms, aligned[session]])),
  };
}

async function packOf({ home, document }: Recorded): Promise<Pack | Unknown> {
  try {
    return await (await openPacks(home)).get(document.pack.id);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "data") throw error;
    return {
      unknown: `the run's pack, which has the rates of other currencies, is not to be had: ${error.message}`,
    };
  }
}
