/** The mandate's section about when decisions are made and when positions are sized anew. */
import { z } from "zod";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { RHYTHMS } from "./rhythm.ts";

const schema = z.strictObject({
  decide: z.enum(RHYTHMS.filter((rhythm) => rhythm !== "never")),
  rebalance: z.enum(RHYTHMS),
});
export type ScheduleSettings = z.infer<typeof schema>;

export const scheduleSection: Section<typeof schema> = {
  name: "schedule",
  owner: "engine/schedule",
  schema,
  describe: {
    decide:
      "sessions on which strategies are asked; weekly days without a session snap to the one before",
    rebalance:
      "allocation.method direct: sessions on which an unchanged target is sized anew; with any other method every decision sizes anew, and this stays never",
  },
  defaults: { decide: "every_session", rebalance: "never" },
  profiles: {},
  tags: {},
  probes: {
    decide: {
      try: [
        { to: "wednesday" },
        { to: "month_start" },
        { to: "month_end" },
        { to: "every_session" },
      ],
    },
    // With budgets of sleeves every decision sizes anew: another value is then refused.
    rebalance: { refuses: true, try: [{ to: "month_start" }, { to: "never" }, { to: "monday" }] },
  },
  check: ({ decide, rebalance }: ScheduleSettings, mandate): readonly SectionIssue[] => {
    const { method = "direct" } = (mandate["allocation"] ?? {}) as { readonly method?: string };
    if (method !== "direct" && rebalance !== "never") {
      const message = `${rebalance} is read by nobody: with allocation.method ${method} every decision sizes anew; set it to never, and say with schedule.decide when that is`;
      return [{ path: ["rebalance"], message }];
    }
    const meets = [decide, rebalance].some((rhythm) => rhythm === "every_session");
    if (meets || rebalance === "never" || rebalance === decide) return [];
    const message = `${rebalance} never comes: an unchanged weight is sized anew only where strategies are asked, and that is on ${decide}; use decide: every_session, or the same rhythm for both`;
    return [{ path: ["rebalance"], message }];
  },
};
