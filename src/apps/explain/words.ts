/**
 * Recorded values in a person's words: numbers, amounts, sides, and what each rule of a stage or
 * gate says. A rule that is not in the table is said in its own words, never left out.
 */
import { decimalOf, formatDecimal } from "../../base/decimal.ts";
import { amountText } from "../../records/ledger/export-format.ts";

/** Who decided, as a refusal or a terminal state records it. */
export type Decider = {
  readonly by: string;
  readonly rule: string;
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
};

/** All digits that were recorded, thousands apart: prices and whole lots. */
export function exact(value: number): string {
  return grouped(formatDecimal(decimalOf(value)));
}

/** To six significant digits: shares, ratios, fractions of lots. */
export function brief(value: number | null): string {
  return value === null ? "unknown" : exact(Number(value.toPrecision(6)));
}

/** Of minor units. */
export function money(minor: number | bigint, digits: number | null, currency: string): string {
  if (digits === null) return `${exact(Number(minor))} minor units of ${currency}`;
  return `${grouped(amountText(BigInt(minor), digits))} ${currency}`;
}

function grouped(text: string): string {
  const [whole, fraction] = text.split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}

export function lotsOf(lots: number): string {
  return `${brief(Math.abs(lots))} ${Math.abs(lots) === 1 ? "lot" : "lots"}`;
}

export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** "clamps/drawdown_throttle" -> its two names; a reason may itself hold a slash. */
export function splitCut(cut: string): { readonly by: string; readonly rule: string } {
  const at = cut.indexOf("/");
  return { by: cut.slice(0, at), rule: cut.slice(at + 1) };
}

const STAGES: ReadonlySet<string> = new Set([
  "allocation",
  "risk_targeting",
  "overlay",
  "clamps",
  "netting",
  "sizing",
]);

/** "gate heat", "stage sizing", "the broker"; policy and breakers are both, and each says so by its unit. */
export function whoIs({ by, unit }: Decider): string {
  if (by === "broker") return "the broker";
  const isStage = STAGES.has(by) || unit === "fraction of the wish";
  return `${isStage ? "stage" : "gate"} ${by.replaceAll("_", " ")}`;
}

const RULES: { readonly [rule: string]: string } = {
  "freshness/pack_age": "the newest price or rate is too old",
  "freshness/pack_age:not_evaluated": "there has been no price or no rate yet",
  "duplicate/working_order": "orders already at work amount to the same change",
  "correlation/held_instrument": "it would repeat what is held already",
  "correlation/insufficient_overlap:not_evaluated":
    "too few common days to know how it moves with what is held",
  "breakers/halt": "the circuit breaker stands at HALT and lets nothing grow",
  "breakers/panic": "the circuit breaker stands at PANIC and lets nothing grow",
  "breakers/rampup": "after a HALT the circuit breaker lets only a part of the size through",
  "heat/heat": "too much would be lost if every stop were hit at once",
  "heat/heat:not_evaluated": "what would be lost at the stops is unknown",
  "limits/symbol": "the position would be too large for one instrument",
  "limits/sector": "the sector would be too large",
  "limits/net": "the book would lean too far to one side",
  "limits/positions": "there would be too many positions",
  "limits/shorts": "the mandate allows no shorts",
  "limits/stop_cool_down": "too soon after a protective stop was hit",
  "limits/ruin": "net asset value is gone",
  "cash/buying_power": "it needs more than the buying power that is left",
  "cash/initial_margin": "it needs more initial margin than is free",
  "cash/initial_margin:not_evaluated": "the initial margin it needs is unknown",
  "pause/reconciliation_fail": "trading is closed: our books and the venue's report differ",
  "pause/reconciliation_empty": "trading is closed: there was nothing to reconcile",
  "pause/reconciliation_not_run": "trading is closed: the account has not been reconciled",
  "pause/reconciliation_without_time": "trading is closed: nobody knows when the venue reported",
  "pause/consecutive_failures": "trading is closed: the venue failed to answer again and again",
  "pause/reject_rate": "trading is closed: the venue rejects most orders",
  "pause/strategy_disabled": "its strategy is disabled",
  "broker/rejected_after_acceptance": "the venue rejected its order after it had accepted it",
  "broker/price_off_grid": "its price is none that the venue takes, so it was not sent",
  "sizing/rounding": "the rest is less than whole lots can trade",
  "sizing/inside_buffer": "the position buffer holds back what lies within it",
  "sizing/minimum_notional": "the trade would be below the minimum notional",
  "sizing/limit": "a whole lot more would break a limit",
  "sizing/non_positive_price": "nothing is sized at a price that is not above zero",
  "sizing/ruin": "net asset value is gone",
  "sizing/unknown_stop": "the protective stop that the mandate asks for is unknown",
  "sizing/unknown_rate": "the rate of its currency is unknown",
  "sizing/too_many_lots": "more lots than can be counted exactly",
  "risk_targeting/unavailable": "its risk could not be measured, and nothing is added unmeasured",
  "risk_targeting/gross_cap":
    "without the sleeves it was netted against, the gross limit bites earlier",
};

/** What the rule says, without its numbers. */
export function ruleWords({ by, rule }: Pick<Decider, "by" | "rule">): string {
  const known = RULES[`${by}/${rule}`];
  if (known !== undefined) return known;
  const plain = rule.replaceAll("_", " ");
  switch (by) {
    case "pause":
      return `trading is closed: ${plain}`;
    case "broker":
      return `the venue rejected its order with code ${rule}`;
    case "overlay":
      return `the brake cut it in regime ${rule.toUpperCase()}`;
    case "clamps":
      return `clamp ${plain} cut it`;
    case "policy":
      return `its policy is off: ${plain}`;
    case "volatility_regime":
      return rule.endsWith(":not_evaluated")
        ? "the volatility index is unknown, and the tightest limit holds"
        : `gross exposure is limited while the volatility regime is ${rule.replace("gross_", "").toUpperCase()}`;
    default:
      return plain.replace(":not evaluated", ", which could not be judged");
  }
}

/** "observed 0.0163, limit 0.015 fraction of NAV"; empty where the rule has no numbers. */
export function numbersOf(
  { observed, limit, unit }: Pick<Decider, "observed" | "limit" | "unit">,
  account: { readonly currency: string; readonly digits: number },
): string {
  if (observed === null && limit === null) return "";
  const isMoney = unit?.startsWith("minor units") === true;
  const said = (value: number | null) => {
    if (value === null) return "unknown";
    if (!isMoney) return brief(value);
    return `${grouped((value / 10 ** account.digits).toFixed(account.digits))} ${account.currency}`;
  };
  const what = unit === null || isMoney ? "" : ` ${unit}`;
  const observedText = `observed ${said(observed)}`;
  return limit === null ? `${observedText}${what}` : `${observedText}, limit ${said(limit)}${what}`;
}

/** "gate heat: too much would be lost ... (observed ..., limit ...)". */
export function deciderText(
  decider: Decider,
  account: { readonly currency: string; readonly digits: number },
): string {
  const numbers = numbersOf(decider, account);
  return `${whoIs(decider)}: ${ruleWords(decider)}${numbers === "" ? "" : ` (${numbers})`}`;
}
