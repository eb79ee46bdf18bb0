/**
 * Dividends and splits of Alpaca's corporate actions. Enters: symbols and dates; leaves: what a table of
 * bars can hold, amounts as text: cash per unit and the ratio of units after to units before, each on its
 * ex-date. A stock dividend is a split of 1 + its rate. Refuses what would change a holding in a way
 * that neither says (mergers, spin-offs, unit splits, rights), because raw prices would show it as a loss.
 * Source: Alpaca Market Data, GET /v1/corporate-actions; it gives no promise on how soon an action is there.
 */
import type { Json } from "../../base/canonical-json.ts";
import { add, formatDecimal, parseDecimal } from "../../base/decimal.ts";
import { parseIsoDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import {
  type Body,
  UnreadableBody,
  asBody,
  asList,
  decimalOf,
  optionalText,
  textOf,
} from "../brokers/alpaca/body.ts";
import type { AlpacaClient } from "../brokers/alpaca/client.ts";
import { type AskedRange, eachPage } from "./alpaca-bars.ts";
import { readData } from "./alpaca-data.ts";

export type AskedAction = {
  readonly symbol: string;
  /** Ex-date. */
  readonly date: string;
  readonly column: "dividend" | "split";
  readonly value: string;
  readonly payDate: string | null;
};

const PAGE_SIZE = 1_000;

/** What is read, by the name of its list. */
const READERS: { readonly [list: string]: (body: Body) => Pick<AskedAction, "column" | "value"> } =
  {
    cash_dividends: (body) => ({ column: "dividend", value: decimalOf(body, "rate") }),
    forward_splits: splitOf,
    reverse_splits: splitOf,
    stock_dividends: (body) => ({ column: "split", value: onePlus(decimalOf(body, "rate")) }),
  };

/** Kinds that leave price and holding as they are. */
const HARMLESS = new Set(["name_changes"]);

export async function askActions(
  client: AlpacaClient,
  range: AskedRange,
): Promise<readonly AskedAction[]> {
  const actions: AskedAction[] = [];
  const wanted = new Set(range.symbols);
  await eachPage("corporate actions", async (pageToken) => {
    const { lists, next } = await readData(
      client,
      "corporate actions",
      ({ marketData }) =>
        marketData.corporateActions.corporateActionsRaw({
          symbols: range.symbols.join(","),
          start: noonOf(range.fromDate),
          end: noonOf(range.untilDate),
          limit: PAGE_SIZE,
          sort: "asc",
          ...(pageToken === null ? {} : { pageToken }),
        }),
      pageOf,
    );
    for (const [list, rows] of lists) {
      if (HARMLESS.has(list)) continue;
      const reader = READERS[list];
      if (reader === undefined) refuseKind(list, rows, wanted);
      else actions.push(...rows.map((row) => actionOf(row, reader)));
    }
    return next;
  });
  const { fromDate, untilDate } = range;
  return actions.filter(
    ({ symbol, date }) => wanted.has(symbol) && date >= fromDate && date <= untilDate,
  );
}

function noonOf(date: string): Date {
  const ms = parseIsoDate(date);
  if (ms === null) throw new RangeError(`there is no day ${date}`);
  return new Date(ms + 12 * 3_600_000);
}

function pageOf(value: Json) {
  const body = asBody(value, "a page of corporate actions");
  const lists = Object.entries(asBody(body["corporate_actions"], "the corporate actions")).map(
    ([list, rows]): readonly [string, readonly Body[]] => [
      list,
      asList(rows, list).map((row) => asBody(row, `one of ${list}`)),
    ],
  );
  // Read here, so that what cannot be read is said as one answer that cannot.
  for (const [list, rows] of lists) {
    const reader = READERS[list];
    if (reader !== undefined) for (const row of rows) actionOf(row, reader);
  }
  return { lists, next: optionalText(body, "next_page_token") };
}

function actionOf(row: Body, reader: (typeof READERS)[string]): AskedAction {
  return {
    symbol: textOf(row, "symbol"),
    date: textOf(row, "ex_date"),
    payDate: optionalText(row, "payable_date"),
    ...reader(row),
  };
}

/** Units after for each unit before, to the digits that doubles have. */
function splitOf(body: Body): Pick<AskedAction, "column" | "value"> {
  const ratio = Number(decimalOf(body, "new_rate")) / Number(decimalOf(body, "old_rate"));
  if (ratio > 0 && Number.isFinite(ratio)) return { column: "split", value: String(ratio) };
  throw new UnreadableBody("the rates of a split are not above zero");
}

function onePlus(rate: string): string {
  const parsed = parseDecimal(rate);
  if (parsed === null) throw new UnreadableBody(`rate is "${rate}", expected a decimal number`);
  return formatDecimal(add(parsed, { coefficient: 1n, scale: 0 }));
}

function refuseKind(list: string, rows: readonly Body[], wanted: ReadonlySet<string>): void {
  for (const row of rows) {
    const symbols = ["symbol", "source_symbol", "acquiree_symbol", "old_symbol"]
      .map((key) => optionalText(row, key))
      .filter((symbol) => symbol !== null && wanted.has(symbol));
    if (symbols.length === 0) continue;
    const date =
      optionalText(row, "ex_date") ?? optionalText(row, "effective_date") ?? "unknown day";
    throw new Fault(
      "data",
      `data.sources: ${symbols[0]} has one of ${list} on ${date}, which bars, dividends and splits cannot say; leave the symbol out, ask from a later day, or bring it from a file that accounts for it`,
    );
  }
}
