/** The mandate's sections about gates: each limit has one key, read by every gate that needs it. */
import { z } from "zod";
import type { Section, SectionIssue } from "../../domain/section.ts";

const limitsSchema = z.strictObject({
  gross: z.number().positive(),
  net: z.number().positive().nullable(),
  symbol: z.number().positive().nullable(),
  positions: z.int().positive().nullable(),
  shorts: z.boolean(),
});
const freshnessSchema = z.strictObject({ max_age_sessions: z.int().nonnegative() });

export type LimitSettings = z.infer<typeof limitsSchema>;
export type FreshnessSettings = z.infer<typeof freshnessSchema>;

export const limitsSection: Section<typeof limitsSchema> = {
  name: "limits",
  owner: "execution/gates",
  schema: limitsSchema,
  describe: {
    gross:
      "largest sum of |exposure| as a fraction of net asset value; the buying power of the cash gate",
    net: "largest |sum of exposure| as a fraction of net asset value; null: no limit of its own",
    symbol:
      "largest |exposure| in one instrument as a fraction of net asset value; null: the gross limit",
    positions: "largest number of instruments held at once; null: no limit",
    shorts: "whether a position may be below zero",
  },
  defaults: {},
  profiles: { plain: { gross: 1, net: null, symbol: null, positions: null, shorts: true } },
  tags: {},
  check: (values: LimitSettings): readonly SectionIssue[] =>
    (["net", "symbol"] as const).flatMap((key) => {
      const limit = values[key];
      if (limit === null || limit < values.gross) return [];
      return [
        {
          path: [key],
          message: `${limit} can never fire: limits.gross already holds every exposure to ${values.gross}; set it below limits.gross, or null`,
        },
      ];
    }),
};

export const freshnessSection: Section<typeof freshnessSchema> = {
  name: "freshness",
  owner: "execution/gates",
  schema: freshnessSchema,
  describe: {
    max_age_sessions:
      "sessions since the instrument's last bar beyond which a decision on it is refused",
  },
  defaults: { max_age_sessions: 1 },
  profiles: {},
  tags: {},
  check: () => [],
};
