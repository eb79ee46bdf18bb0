/** Signals, orders and fills of a day's document as Markdown: who wanted what, what became of it, under which id. */
import { brief, fixed, money, percent, priceText, signed } from "../../base/figures.ts";
import { inlineText, left, right } from "../../base/markdown.ts";
import type { DailyDocument, DailyFill, DailySignal } from "../../domain/daily-document.ts";
import { dayTable } from "./day-table.ts";

/** "bought 12 SPY at 95.31; decided at 95.2: 11.6 bp worse". */
export function tradeSentences({ trades, currency }: DailyDocument): string[] {
  return trades.fills.map((fill) => {
    const verb = fill.lots > 0 ? "bought" : "sold";
    const size = money(fill.notional.replace("-", ""));
    const against = shortfallWords(fill);
    const what = `${verb} ${brief(Math.abs(fill.lots))} ${inlineText(fill.instrument)} at ${priceText(fill.price)}`;
    return `${what}, ${size} ${currency}${against === null ? "" : `; ${against}`}`;
  });
}

/** Basis points by which a fill was worse than the price it was decided at; null: none to compare with. */
export function shortfallBps({ lots, price, decision_price: decided }: DailyFill): number | null {
  if (decided === null || !(Number(decided) > 0)) return null;
  return (Math.sign(lots) * (Number(price) - Number(decided)) * 10_000) / Number(decided);
}

function shortfallWords(fill: DailyFill): string | null {
  const bps = shortfallBps(fill);
  if (bps === null) return null;
  const size = fixed(Math.abs(bps), 1);
  const side = size === "0.0" ? "the same" : `${size} bp ${bps > 0 ? "worse" : "better"}`;
  return `decided at ${priceText(fill.decision_price)}: ${side}`;
}

export function signalLines(document: DailyDocument): string[] {
  const { signals } = document;
  // In the order of their names, as the JSON prints them: the page can be made again from that file.
  const ended = Object.entries(signals.terminals).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const counts = ended.map(([state, count]) => `${count} ${state}`);
  if (signals.open > 0) counts.push(`${signals.open} still open`);
  const sum = `${signals.forecasts} forecasts = ${signals.holds} holds + ${signals.raw} signals.`;
  const ends = counts.length === 0 ? "" : ` Signals: ${counts.join(", ")}.`;
  const lines = ["## Signals", "", `${sum}${ends}`];
  if (signals.list.length === 0) return lines;
  const columns = [
    left("Signal"),
    left("Strategy"),
    left("Instrument"),
    right("Held"),
    right("Belief"),
    right("Final"),
    left("End"),
    right("Filled"),
    left("Because"),
  ];
  const rows = signals.list.map((one) => [
    one.signal_id.slice(0, ID_DIGITS),
    one.strategy,
    one.instrument,
    brief(one.current_lots),
    brief(one.belief_lots),
    brief(one.final_lots),
    one.terminal ?? "open",
    percent(one.share, 0),
    becauseWords(one, document.decided_on),
  ]);
  return [...lines, "", ...dayTable(document, columns, rows)];
}

function becauseWords(signal: DailySignal, today: string): string {
  const words = [...signal.cut_by];
  if (signal.observed !== null) {
    const limit = signal.limit === null ? "" : `, limit ${brief(signal.limit)}`;
    const unit = signal.unit === null ? "" : ` ${signal.unit}`;
    words.push(`observed ${brief(signal.observed)}${limit}${unit}`);
  }
  if (signal.decided_on !== today) words.push(`decided on ${signal.decided_on}`);
  return words.length === 0 ? "-" : words.join("; ");
}

export function orderLines(document: DailyDocument): string[] {
  const { orders } = document.trades;
  if (orders.length === 0) return ["## Orders", "", "No order was made, and none was at work."];
  const columns = [
    left("Order"),
    left("Venue's order"),
    left("Instrument"),
    left("Purpose"),
    left("Type"),
    right("Lots"),
    right("Price"),
    left("State"),
    right("Filled"),
    left("Refusal"),
  ];
  const rows = orders.map((order) => [
    order.order_id.slice(0, ID_DIGITS),
    order.venue_order_id ?? "-",
    order.instrument,
    order.purpose,
    order.type,
    fixed(order.lots, 0),
    priceText(order.price),
    order.state,
    fixed(order.filled_lots, 0),
    order.refusal ?? "-",
  ]);
  return ["## Orders", "", ...dayTable(document, columns, rows)];
}

export function fillLines(document: DailyDocument): string[] {
  const { fills } = document.trades;
  if (fills.length === 0) return ["## Fills", "", "Nothing was filled."];
  const columns = [
    left("Execution"),
    left("Order"),
    left("Instrument"),
    right("Lots"),
    right("Price"),
    right("Notional"),
    right("Fee"),
    right("Decided at"),
    right("Worse by, bp"),
    left("Executed at"),
    left("Known by"),
  ];
  const rows = fills.map((fill) => [
    fill.execution_id,
    fill.order_id.slice(0, ID_DIGITS),
    fill.instrument,
    fixed(fill.lots, 0),
    priceText(fill.price),
    signed(fill.notional),
    money(fill.fee),
    priceText(fill.decision_price),
    fixed(shortfallBps(fill), 1),
    fill.executed_at,
    fill.source,
  ]);
  return ["## Fills", "", ...dayTable(document, columns, rows)];
}

/** Of our ids, which are hashes, so many digits tell them apart; the JSON has them whole. */
const ID_DIGITS = 12;
