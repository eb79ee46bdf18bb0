/** Facts about a share that are not prices. Dates are 00:00Z instants. */

export type Split = {
  readonly kind: "split";
  readonly instrument: string;
  readonly exDateMs: number;
  /** New units for each old one: 7 for a 7:1 split. */
  readonly ratio: number;
};

export type CashDividend = {
  readonly kind: "dividend";
  readonly instrument: string;
  readonly exDateMs: number;
  readonly payDateMs: number;
  /** In the instrument's currency, per unit held before the ex-date's session. */
  readonly amountPerUnit: number;
};

export type CorporateAction = Split | CashDividend;
