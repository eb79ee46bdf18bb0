/**
 * What has to be fetched for a mandate, source by source, and how a fetched table reads. Enters: the
 * section `data`; leaves: requests for the door of tables, in the order of `data.sources` and then
 * `data.references`. Bars of a provider come as one long table whose columns are fixed here.
 */
import type { TableRequest } from "../../ports/table-source.ts";
import type { AnySourceSettings, ReferenceSettings, SourceSettings } from "./section.ts";

export type NamedRequest = {
  /** As a person knows it: a path, or a provider and its feed. */
  readonly name: string;
  readonly request: TableRequest;
};

type Lists = {
  readonly sources: readonly AnySourceSettings[];
  readonly references: readonly ReferenceSettings[];
  /** The last day wanted, YYYY-MM-DD; null: all there is. */
  readonly to: string | null;
};

export function tableRequests({ sources, references, to }: Lists): readonly NamedRequest[] {
  return [...sources.map((source) => sourceRequest(source, to)), ...references.map(fileRequest)];
}

function sourceRequest(source: AnySourceSettings, toDate: string | null): NamedRequest {
  if (source.provider !== "alpaca") return fileRequest(source);
  const { provider, feed, from: fromDate } = source;
  const symbols = [...source.symbols];
  return { name: sourceName(source), request: { provider, symbols, feed, fromDate, toDate } };
}

function fileRequest({ file, member }: SourceSettings | ReferenceSettings): NamedRequest {
  return { name: file, request: { file, member: member ?? null } };
}

/** How its table reads. A file says so itself. */
export function layoutOf(source: AnySourceSettings): SourceSettings {
  if (source.provider !== "alpaca") return source;
  return {
    file: sourceName(source),
    layout: "long",
    instrument_column: "symbol",
    instruments: [...source.symbols],
    date: { column: "date", format: "YYYY-MM-DD" },
    columns: {
      open: "open",
      high: "high",
      low: "low",
      close: "close",
      volume: "volume",
      dividend: "dividend",
      pay_date: "pay_date",
      split: "split",
    },
    rights: source.rights,
  };
}

/** What messages call it. */
export function sourceName(source: AnySourceSettings): string {
  return source.provider === "alpaca" ? `alpaca ${source.feed}` : source.file;
}

/** The source that an instrument's bars come from, where that can be told from the settings alone. */
export function sourceFor(
  sources: readonly AnySourceSettings[],
  instrument: string,
): AnySourceSettings | undefined {
  const named = sources.find((source) =>
    source.provider === "alpaca"
      ? source.symbols.includes(instrument)
      : source.instrument === instrument || source.instruments?.includes(instrument),
  );
  const open = (source: AnySourceSettings) =>
    source.provider !== "alpaca" && source.layout !== "single";
  return named ?? sources.find(open);
}
