/**
 * How the venue prints the account, a position, an asset. Money in text with the currency's digits,
 * ratios as fractions. What is none here (sweeps, pending transfers) is zero; what a replay of daily
 * bars does not know (an exchange's name, the equity of yesterday) is null or empty, never made up.
 */
import { formatDecimal, multiply, type Decimal, decimalOf } from "../../base/decimal.ts";
import { minorToAmount } from "../../base/money.ts";
import { newYorkClock } from "../../market/calendars/new-york-time.ts";
import { accountOf, type PositionView } from "../../venue/exchange/account.ts";
import { availableNano } from "../../venue/exchange/positions.ts";
import type { Exchange } from "../../venue/exchange/state.ts";
import { firstAtOrAfter } from "./market.ts";
import { printInstant } from "./request.ts";
import { assetIdOf, type Body, moneyText, priceText, quantityText } from "./shapes.ts";

/** Regulation T: half of what is bought, and a quarter to keep it. */
const INITIAL_SHARE = 0.5;
const MAINTENANCE_SHARE = 0.25;

export function accountBody(exchange: Exchange): Body {
  const { options } = exchange;
  const { accountId, currency, currencyDigits: digits, rules } = options;
  const view = accountOf(exchange);
  const money = (minor: number) => moneyText(minor, digits);
  const power = view.buyingPowerMinor === null ? null : money(Math.max(0, view.buyingPowerMinor));
  const exposure = view.longMinor - view.shortMinor;
  const zero = money(0);
  return {
    id: accountId,
    account_number: `PA${accountId.replaceAll("-", "").slice(0, 10).toUpperCase()}`,
    status: "ACTIVE",
    crypto_status: "INACTIVE",
    currency,
    cash: money(view.cashMinor),
    equity: money(view.equityMinor),
    last_equity: null,
    portfolio_value: money(view.equityMinor),
    buying_power: power,
    regt_buying_power: power,
    non_marginable_buying_power: money(Math.max(0, view.cashMinor)),
    options_buying_power: zero,
    multiplier: rules.buyingPowerMultiplier === null ? null : String(rules.buyingPowerMultiplier),
    long_market_value: money(view.longMinor),
    short_market_value: money(view.shortMinor),
    initial_margin: money(Math.round(exposure * INITIAL_SHARE)),
    maintenance_margin: money(Math.round(exposure * MAINTENANCE_SHARE)),
    last_maintenance_margin: null,
    sma: null,
    accrued_fees: zero,
    pending_reg_taf_fees: zero,
    pending_transfer_in: zero,
    pending_transfer_out: zero,
    intraday_adjustments: zero,
    balance_asof: options.firstDate,
    trading_blocked: false,
    transfers_blocked: false,
    account_blocked: false,
    trade_suspended_by_user: false,
    shorting_enabled: rules.shorting,
    options_approved_level: 0,
    options_trading_level: 0,
    created_at: printInstant(exchange.market.dateMs[exchange.market.firstSession]),
  };
}

export function positionBody(exchange: Exchange, view: PositionView): Body {
  const { symbol, qtyNano, price, valueMinor, costMinor } = view;
  const digits = exchange.options.currencyDigits;
  const profit = valueMinor - costMinor;
  const before = lastDayPrice(exchange, symbol);
  const today = before === null ? null : profitToday(exchange, view, before);
  return {
    asset_id: assetIdOf(symbol),
    symbol,
    exchange: "",
    asset_class: "us_equity",
    asset_marginable: true,
    avg_entry_price: view.averagePrice,
    qty: view.qty,
    qty_available: quantityText(signed(availableNano(exchange, symbol), qtyNano)),
    side: qtyNano > 0n ? "long" : "short",
    market_value: moneyText(valueMinor, digits),
    cost_basis: moneyText(costMinor, digits),
    unrealized_pl: moneyText(profit, digits),
    unrealized_plpc: ratioText(profit, Math.abs(costMinor)),
    unrealized_intraday_pl: today === null ? null : moneyText(today, digits),
    unrealized_intraday_plpc:
      today === null ? null : ratioText(today, Math.abs(valueMinor - today)),
    current_price: priceText(price),
    lastday_price: before === null ? null : priceText(before),
    change_today: before === null ? null : ratioText(price - before, before),
  };
}

export function assetBody(exchange: Exchange, symbol: string): Body {
  const { rules } = exchange.options;
  const halted = exchange.state.halted.some((one) => one.symbol === symbol && one.refuses);
  return {
    id: assetIdOf(symbol),
    class: "us_equity",
    exchange: "",
    symbol,
    name: symbol,
    status: "active",
    tradable: !halted,
    marginable: rules.buyingPowerMultiplier !== 1,
    shortable: rules.shorting,
    easy_to_borrow: rules.shorting,
    borrow_status: rules.shorting ? "easy_to_borrow" : "hard_to_borrow",
    fractionable: true,
    attributes: [],
  };
}

function signed(nano: bigint, like: bigint): bigint {
  return like < 0n ? -nano : nano;
}

/** The last close before New York's date; null where there is none. */
function lastDayPrice({ options, market, state }: Exchange, symbol: string): number | null {
  const { timesMs, close } = options.series[market.indexOf.get(symbol) as number];
  const row = firstAtOrAfter(timesMs, newYorkClock(state.nowMs).dateMs) - 1;
  return row < 0 ? null : close[row];
}

/** From yesterday's close; all of it where the position was opened today. */
function profitToday(
  exchange: Exchange,
  { symbol, qtyNano, valueMinor, costMinor }: PositionView,
  before: number,
): number {
  const position = exchange.positionBySymbol.get(symbol);
  const { dateMs } = newYorkClock(exchange.state.nowMs);
  const isNew =
    position !== undefined &&
    position.before.qtyNano === 0n &&
    newYorkClock(position.changedMs).dateMs === dateMs;
  if (isNew) return valueMinor - costMinor;
  const held: Decimal = { coefficient: qtyNano, scale: 9 };
  const worth = Number(formatDecimal(multiply(held, decimalOf(before))));
  const digits = exchange.options.currencyDigits;
  return Math.round((minorToAmount(valueMinor, digits) - worth) * 10 ** digits);
}

/** Null where there is nothing to divide by. */
function ratioText(numerator: number, denominator: number): string | null {
  return denominator === 0 ? null : priceText(numerator / denominator);
}
