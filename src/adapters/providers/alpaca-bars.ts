/**
 * Pages of Alpaca's historical bars. Enters: symbols and dates; leaves: every bar, numbers as the text they
 * were printed with, each on New York's date. The limit of a page counts over all symbols together and
 * pages are sorted by symbol, so the first may hold one symbol alone: only a null token is the end.
 * Source: Alpaca Market Data v2, GET /v2/stocks/bars.
 */
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import { asBody, asList, decimalOf, optionalText, textOf } from "../brokers/alpaca/body.ts";
import type { AlpacaClient } from "../brokers/alpaca/client.ts";
import { msOf, newYorkDate, newYorkMs } from "../brokers/alpaca/instants.ts";
import { readData } from "./alpaca-data.ts";

export type AskedRange = {
  readonly symbols: readonly string[];
  readonly feed: string;
  /** YYYY-MM-DD, both inclusive. */
  readonly fromDate: string;
  readonly untilDate: string;
};

export type AskedBar = {
  readonly symbol: string;
  readonly date: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
};

type Page = { readonly bars: readonly AskedBar[]; readonly next: string | null };

const PAGE_SIZE = 10_000;

export async function askBars(client: AlpacaClient, range: AskedRange): Promise<AskedBar[]> {
  const bars: AskedBar[] = [];
  await eachPage("bars", async (pageToken) => {
    const page = await readData(
      client,
      "bars",
      ({ marketData }) =>
        marketData.stocks.stockBarsRaw({
          symbols: range.symbols.join(","),
          timeframe: "1Day",
          start: new Date(newYorkMs(range.fromDate, "00:00")),
          end: new Date(newYorkMs(range.untilDate, "00:00")),
          limit: PAGE_SIZE,
          adjustment: "raw",
          feed: range.feed as "sip" | "iex",
          ...(pageToken === null ? {} : { pageToken }),
        }),
      pageOf,
    );
    bars.push(...page.bars);
    return page.next;
  });
  return bars.filter(({ date }) => date >= range.fromDate && date <= range.untilDate);
}

/** Follows tokens to the end; one that comes again would never end. */
export async function eachPage(
  what: string,
  read: (pageToken: string | null) => Promise<string | null>,
): Promise<void> {
  const seen = new Set<string>();
  for (let token = await read(null); token !== null; token = await read(token)) {
    if (seen.has(token)) {
      throw new Fault("data", `alpaca: the pages of ${what} go round in a circle; run again`);
    }
    seen.add(token);
  }
}

function pageOf(value: Json): Page {
  const body = asBody(value, "a page of bars");
  const bySymbol = body["bars"] === null ? {} : asBody(body["bars"], "the bars");
  const bars = Object.entries(bySymbol).flatMap(([symbol, list]) =>
    asList(list, `the bars of ${symbol}`).map((bar) => barOf(symbol, bar)),
  );
  return { bars, next: optionalText(body, "next_page_token") };
}

function barOf(symbol: string, value: Json): AskedBar {
  const body = asBody(value, `a bar of ${symbol}`);
  return {
    symbol,
    date: newYorkDate(msOf(textOf(body, "t"))),
    open: decimalOf(body, "o"),
    high: decimalOf(body, "h"),
    low: decimalOf(body, "l"),
    close: decimalOf(body, "c"),
    volume: decimalOf(body, "v"),
  };
}
