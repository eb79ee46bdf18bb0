/**
 * What a strategy wants to hold. Prices are on the split-adjusted scale of the columns it reads;
 * the engine converts them to raw prices with the factor known at the decision.
 */

export type Entry =
  | "market"
  | "on_open"
  | "on_close"
  /** Not worse than this price. */
  | { readonly limit: number };

/** Where the position is given up: a price, or a distance from the fill, both positive. */
export type ProtectiveStop = { readonly price: number } | { readonly distance: number };

/** `day` ends after the instrument's next bar, `gtc` works until filled or replaced. */
export type TimeInForce = "day" | "gtc";

type TargetTerms = {
  readonly entry?: Entry;
  readonly stop?: ProtectiveStop;
  readonly timeInForce?: TimeInForce;
};

/** A fraction of net asset value: 1 all in, -0.5 half short. */
export type WeightTarget = TargetTerms & { readonly weight: number };
/** A number of units, negative for short. */
export type UnitsTarget = TargetTerms & { readonly units: number };
export type Target = WeightTarget | UnitsTarget;
