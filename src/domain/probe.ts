/**
 * How a key of the mandate is shown to be alive (invariant 6): what to change it to, what must be
 * changed beside it so that it can act at all, and what the data must hold. Declared beside the key
 * in its room's `section.ts`; `assay prove` (engine/prove) tries them and looks whether the outcome
 * of the run moves. Data only: whoever declares a probe knows nothing of how it is tried.
 */
import type { Json } from "../base/canonical-json.ts";

/** The largest of what the baseline run showed; fractions of net asset value where not said. */
export type Observable =
  | "gross"
  | "net"
  | "symbol"
  | "sector"
  | "margin"
  | "heat"
  | "drawdown"
  | "daily_loss"
  /** Instruments held at once. */
  | "positions"
  /** Currency units of one fill. */
  | "fill_notional"
  /** Points of the volatility index. */
  | "volatility_index";

export type ProbeValue =
  | { readonly to: Json }
  /** Present number; whole where the present one is. */
  | { readonly times: number }
  | { readonly plus: number }
  | { readonly toggle: true }
  /** Part of what was observed: just below 1 is a limit that must bind. */
  | { readonly inside: Observable; readonly part: number }
  /** The value of another key. */
  | { readonly copy: string }
  /** Day at this part of the window. */
  | { readonly dayAt: number }
  /** Present day, that many days later. */
  | { readonly later: number }
  /** Present list (or everything it stands for) without its last entry. */
  | { readonly drop: "last" }
  /** A map with this for every strategy, or for the first instrument that is traded. */
  | { readonly eachStrategy: Json }
  | { readonly firstInstrument: { readonly [key: string]: Json } }
  /** The names of all strategies. */
  | { readonly strategies: "all" }
  /** A pay date for the first dividend of the window, that many days after its ex-date. */
  | { readonly paidAfter: number };

/** Keys of the whole mandate; each "*" stands for what it stands for in the probed key. */
export type Companions = { readonly [key: string]: ProbeValue };

export type ProbeAttempt = ProbeValue & {
  /** Changed in both runs that are compared; where they cannot stand without the key, with it. */
  readonly with?: Companions;
};

/** What only some data or settings can show, with what would. */
export const PROBE_NEEDS = {
  several_instruments: "a second instrument",
  several_strategies: "a second strategy",
  parameters: "a parameter of the strategy, named with its value",
  futures: "a future that trades: data.simulated.market calibrated",
  shares: "a fill of something paid in full, such as a share or a fund",
  shorts: "a position below zero: a strategy that goes short",
  short_shares: "a short position in something paid in full",
  debit: "a close with cash below zero: gross exposure above 1",
  reductions:
    "a position paid in full that was built in several fills at several prices and then reduced",
  dividends: "a dividend within the window",
  stops_filled: "a protective stop that filled",
  bar_ranges: "columns open, high and low for every traded instrument",
  closes_only: "an instrument of which only closes are known",
  ticks: "the tick of every traded instrument",
  reference_series: "a file of rates or of a volatility index in data.references",
  volatility_index: "a volatility index in data.references",
  stress: "a stressed time: policy kept a wanted sleeve flat",
  brake_moved: "a time of alarm: the brake's regime changed after its warm-up",
  brake_entered: "the brake entering STRESS or CRISIS on a session without a decision",
  drawdown: "a drawdown of the portfolio",
  holes: "a session on which a traded instrument has no bar",
  partial_strength: "a forecast weaker than full strength",
  rejected_rows: "a file with faulty rows, and quality.max_rejected_rows that permits them",
  equal_closes: "three equal closes in a row, or a series that ends before the others",
  zero_volume: "a bar with volume 0",
  nonpositive_price: "a price at or below zero",
  inherits:
    "a traded instrument that takes it from data.instrument_defaults, not from its own terms",
  chance: "something random: a simulated market, or the simulated paths of clamps.tail",
} as const;
export type ProbeNeed = keyof typeof PROBE_NEEDS;

export type Probe = {
  /** Tried in order until one moves the outcome. */
  readonly try: readonly ProbeAttempt[];
  /** Where an unmoved outcome is no proof: what must have been there. Without any, unmoved is dead. */
  readonly needs?: readonly ProbeNeed[];
  /**
   * What must move. By default what is traded: fills, cash, equity, how signals end. `records`: a
   * key that only changes what is said of it, metrics, warnings or artifacts.
   */
  readonly moves?: "records";
  /** A change of this key may be refused, and that shows as well that it is read. */
  readonly refuses?: true;
};

/** Dotted key within the section, "*" for a list index or map key. */
export type Probes = { readonly [key: string]: Probe };
