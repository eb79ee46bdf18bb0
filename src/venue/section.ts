/** The mandate's sections about the venue: when orders fill and what filling and holding cost. */
import { z } from "zod";
import { decimalOf } from "../base/decimal.ts";
import type { Section, SectionIssue } from "../domain/section.ts";

const nonNegative = z.number().nonnegative();

const executionSchema = z.strictObject({ fill: z.enum(["next_open", "next_close", "same_close"]) });
const slippageSchema = z.strictObject({
  bps: nonNegative.lt(10_000),
  half_spread: nonNegative,
  ticks: nonNegative,
});
const feesSchema = z.strictObject({
  bps: nonNegative,
  per_share: nonNegative,
  per_contract: nonNegative,
  minimum: nonNegative,
});
const financingSchema = z.strictObject({ debit_rate: nonNegative, borrow_rate: nonNegative });

export type ExecutionSettings = z.infer<typeof executionSchema>;
export type SlippageSettings = z.infer<typeof slippageSchema>;
export type FeeSettings = z.infer<typeof feesSchema>;
export type FinancingSettings = z.infer<typeof financingSchema>;

export const executionSection: Section<typeof executionSchema> = {
  name: "execution",
  owner: "venue",
  schema: executionSchema,
  describe: {
    fill: "when a market order decided on a close fills: next_open, next_close, or same_close (marks the run LOOKAHEAD)",
  },
  defaults: {},
  profiles: {
    plain: { fill: "next_open" },
    "etf-trend": { fill: "next_open" },
    "futures-layers": { fill: "next_open" },
    "equity-signals": { fill: "next_open" },
  },
  tags: {},
  probes: { fill: { try: [{ to: "next_close" }, { to: "next_open" }, { to: "same_close" }] } },
  check: () => [],
};

export const slippageSection: Section<typeof slippageSchema> = {
  name: "slippage",
  owner: "venue",
  schema: slippageSchema,
  describe: {
    bps: "basis points of the price paid away on market, stop, on-open and on-close fills",
    half_spread: "half of the quoted spread, in price units, paid away on the same fills",
    ticks: "ticks of the instrument paid away on the same fills",
  },
  defaults: { bps: 0, half_spread: 0, ticks: 0 },
  profiles: {},
  tags: {},
  probes: {
    bps: { try: [{ plus: 5 }] },
    half_spread: { try: [{ plus: 0.05 }] },
    ticks: { needs: ["ticks"], try: [{ plus: 2 }] },
  },
  check: () => [],
};

export const feesSection: Section<typeof feesSchema> = {
  name: "fees",
  owner: "venue",
  schema: feesSchema,
  describe: {
    bps: "commission in basis points of the notional",
    per_share: "commission per unit of what is paid in full, in the instrument's currency",
    per_contract: "commission per contract of a future, in the instrument's currency",
    minimum: "least per-share commission of one order, in currency",
  },
  defaults: { bps: 0, per_share: 0, per_contract: 0, minimum: 0 },
  profiles: {},
  tags: {},
  probes: {
    bps: { try: [{ plus: 1 }] },
    per_share: { needs: ["shares"], try: [{ plus: 0.01 }] },
    per_contract: { needs: ["futures"], try: [{ plus: 1 }] },
    minimum: {
      needs: ["shares"],
      try: [{ plus: 100, with: { "fees.per_share": { to: 0.005 } } }],
    },
  },
  check: (values: FeeSettings, mandate): readonly SectionIssue[] => [
    ...idleMinimum(values),
    ...unbookableMinimum(values, mandate["account"] as { readonly currency_digits: number }),
  ],
};

export const financingSection: Section<typeof financingSchema> = {
  name: "financing",
  owner: "venue",
  schema: financingSchema,
  describe: {
    debit_rate: "annual rate on a margin debit, ACT/360 (0.05 = 5 %); 0 is allowed, absence is not",
    borrow_rate: "annual fee on the value of shares sold short, ACT/360; 0 is allowed",
  },
  defaults: {},
  profiles: {},
  tags: {},
  probes: {
    debit_rate: {
      needs: ["debit"],
      try: [{ plus: 0.05 }, { plus: 0.05, with: { "limits.gross": { times: 2 } } }],
    },
    borrow_rate: {
      needs: ["short_shares"],
      try: [{ plus: 0.05 }, { plus: 0.05, with: { "strategies.0.params.short": { to: 1 } } }],
    },
  },
  check: () => [],
};

function idleMinimum({ minimum, per_share }: FeeSettings): readonly SectionIssue[] {
  if (minimum === 0 || per_share > 0) return [];
  const message = `a minimum of ${minimum} can never fire while per_share is 0; set per_share, or minimum: 0`;
  return [{ path: ["minimum"], message }];
}

/** A minimum with more decimals than the currency would be rounded into another one. */
function unbookableMinimum(
  { minimum }: FeeSettings,
  { currency_digits: digits }: { readonly currency_digits: number },
): readonly SectionIssue[] {
  if (decimalOf(minimum).scale <= digits) return [];
  const message = `${minimum} has more decimals than the ${digits} of the account's currency, and cannot be charged exactly`;
  return [{ path: ["minimum"], message }];
}
