/**
 * Where a run's result came from, for run.json: the change of net asset value since the deposit,
 * once by kind as the books have it, once by who earned it. Both add up to `change`: the kinds to
 * the cent, the lines but for the cents that each line is rounded by.
 */

/** In currency units of the account; costs as positive numbers. */
export type ResultKinds = {
  readonly realised: number;
  readonly unrealised: number;
  readonly dividends: number;
  readonly fees: number;
  readonly financing: number;
  readonly borrow: number;
  /** What a change of rates did to what was held abroad. */
  readonly fx: number;
};

export type ResultLine = {
  /** Empty on a line that belongs to no strategy, as is the instrument. */
  readonly strategy: string;
  readonly instrument: string;
  readonly currency: string;
  /** Realised + unrealised + dividends, in the line's own currency. */
  readonly gains: number;
  /** Fees + borrow + financing that are booked on this line. */
  readonly costs: number;
  /** Units of the account's currency for one, at the last close: what was earned abroad stays there. */
  readonly rate: number;
  /** (gains - costs) x rate. */
  readonly result: number;
};

export type ResultParts = {
  readonly deposit: number;
  readonly final: number;
  /** final - deposit. */
  readonly change: number;
  readonly kinds: ResultKinds;
  /** Sleeves where strategies share the instruments; else instruments before costs, and their costs. */
  readonly by: "sleeve" | "instrument";
  readonly lines: readonly ResultLine[];
};
