/** The mandate's section about metrics: the conventions that a ratio needs and data cannot give. */
import { z } from "zod";
import type { Section } from "../../domain/section.ts";

const schema = z.strictObject({
  periods_per_year: z.number().int().min(1).max(366),
  risk_free: z.number().gt(-1).lt(1),
});
export type MetricsSettings = z.infer<typeof schema>;

export const metricsSection: Section<typeof schema> = {
  name: "metrics",
  owner: "research/evaluation",
  schema,
  describe: {
    periods_per_year:
      "sessions in a year, by which volatility and Sharpe are annualised: 252, or 365 where the calendar has every day",
    risk_free: "annual risk-free rate that Sharpe and Sortino subtract (0.02 = 2 %)",
  },
  defaults: { periods_per_year: 252, risk_free: 0 },
  profiles: {},
  tags: {},
  probes: {
    periods_per_year: { moves: "records", try: [{ to: 365 }, { to: 252 }] },
    risk_free: { moves: "records", try: [{ plus: 0.02 }] },
  },
  check: () => [],
};
