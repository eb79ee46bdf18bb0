/** What the market tests share: settings over the section's defaults, tables from CSV text. */
import { createHash } from "node:crypto";
import { parseCsv } from "../../../src/adapters/providers/csv.ts";
import type { BarSeries } from "../../../src/domain/bar.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { type BuiltContent, buildContent } from "../../../src/market/build.ts";
import { type DataSettings, dataSection } from "../../../src/market/section.ts";
import type { SourceSettings } from "../../../src/market/sources/section.ts";

export const sha256 = (data: string | Uint8Array): string =>
  createHash("sha256").update(data).digest("hex");

export const DEFAULTS = dataSection.defaults as unknown as DataSettings;

export function settings(changes: Partial<DataSettings>): DataSettings {
  return { ...DEFAULTS, ...changes };
}

export const OHLCV = { open: "open", high: "high", low: "low", close: "close", volume: "volume" };

/** A single-instrument source over columns named like the fields. */
export function source(changes: Partial<SourceSettings> = {}): SourceSettings {
  return {
    file: "bars.csv",
    layout: "single",
    instrument: "AAA",
    date: { column: "date", format: "YYYY-MM-DD" },
    columns: { close: "close" },
    rights: "test",
    ...changes,
  };
}

export function build(
  text: string,
  sourceChanges: Partial<SourceSettings> = {},
  changes: Partial<DataSettings> = {},
): BuiltContent {
  const data = settings({ sources: [source(sourceChanges)], ...changes });
  return buildContent(data, { tables: [parseCsv(text, "bars.csv")], seed: 1 });
}

/** The calibrated market; what is not said is three years from 2010 on. */
export function calibrated(
  seed: number,
  {
    data = {},
    start = "2010-01-04",
    years = 3,
  }: {
    readonly data?: Partial<DataSettings>;
    readonly start?: string;
    readonly years?: number;
  } = {},
): BuiltContent {
  const simulated = { ...DEFAULTS.simulated, market: "calibrated" as const, start, years };
  return buildContent(settings({ kind: "simulated", simulated, ...data }), { tables: [], seed });
}

export const INSTRUMENT: Instrument = {
  id: "AAA",
  assetClass: "equity",
  currency: "USD",
  currencyDigits: 2,
  lot: 1,
  tick: null,
  multiplier: 1,
  allowNonpositive: false,
  sector: null,
  calendar: null,
  initialMargin: null,
};

/** Daily closes from 2020-01-01 on, without other columns. */
export function closes(values: readonly number[], instrument: Instrument = INSTRUMENT): BarSeries {
  const first = 18262 * 86_400_000;
  return {
    instrument,
    timesMs: Float64Array.from(values, (_, i) => first + i * 86_400_000),
    open: null,
    high: null,
    low: null,
    close: Float64Array.from(values),
    volume: null,
    futures: null,
  };
}
