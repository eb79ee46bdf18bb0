/** The mandate's section about the account: its currency, what it starts with, how lots are closed. */
import { z } from "zod";
import { decimalOf } from "../../base/decimal.ts";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { isoDigits } from "./currency.ts";
import { LOT_METHODS } from "./lots.ts";

const schema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as USD"),
  currency_digits: z.number().int().min(0).max(4),
  initial_equity: z.number().positive(),
  lot_method: z.enum(LOT_METHODS),
});
export type AccountSettings = z.infer<typeof schema>;

export const accountSection: Section<typeof schema> = {
  name: "account",
  owner: "records/ledger",
  schema,
  describe: {
    currency:
      "ISO 4217 code of the account; an instrument in another currency needs its rate in the pack",
    currency_digits: "decimal digits of the currency's minor unit, as ISO 4217 has them",
    initial_equity: "deposit that opens the account, in currency units",
    lot_method: `which lots a reduction closes: ${LOT_METHODS.join(", ")}`,
  },
  defaults: { currency_digits: 2, lot_method: "fifo" },
  profiles: {},
  tags: {},
  probes: {
    currency: { refuses: true, try: [{ to: "EUR" }, { to: "USD" }] },
    currency_digits: { refuses: true, try: [{ plus: 1 }, { to: 0 }] },
    initial_equity: { try: [{ times: 2 }] },
    lot_method: {
      moves: "records",
      needs: ["reductions"],
      try: [{ to: "lifo" }, { to: "hifo" }, { to: "average" }, { to: "fifo" }],
    },
  },
  check: (values: AccountSettings): readonly SectionIssue[] => [
    ...currencyIssues(values),
    ...equityIssues(values),
  ],
};

function currencyIssues(values: AccountSettings): readonly SectionIssue[] {
  const digits = isoDigits(values.currency);
  if (digits === null) {
    const message = `${values.currency} is not a currency of ISO 4217; expected a code such as USD or EUR`;
    return [{ path: ["currency"], message }];
  }
  if (digits === values.currency_digits) return [];
  const message = `${values.currency_digits}, but ${values.currency} has ${digits} digits by ISO 4217; set currency_digits: ${digits}`;
  return [{ path: ["currency_digits"], message }];
}

/** A deposit that rounding would change, or that doubles cannot hold to the minor unit. */
function equityIssues(values: AccountSettings): readonly SectionIssue[] {
  const { initial_equity: equity, currency_digits: digits, currency } = values;
  const path = ["initial_equity"];
  if (decimalOf(equity).scale > digits) {
    const message = `${equity} has more decimals than the ${digits} that ${currency} has`;
    return [{ path, message }];
  }
  const limit = Number.MAX_SAFE_INTEGER / 10 ** digits;
  if (equity <= limit) return [];
  return [{ path, message: `${equity} is beyond ${limit}, the most that is booked exactly` }];
}
