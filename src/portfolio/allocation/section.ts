/** The mandate's section about allocation. `direct` trades the strategies' own targets. */
import { z } from "zod";
import type { Section } from "../../domain/section.ts";

const schema = z.strictObject({ method: z.enum(["direct"]) });
export type AllocationSettings = z.infer<typeof schema>;

export const allocationSection: Section<typeof schema> = {
  name: "allocation",
  owner: "portfolio/allocation",
  schema,
  describe: { method: "direct: the strategies' own targets are traded as they are" },
  defaults: {},
  profiles: { plain: { method: "direct" } },
  tags: {},
  check: () => [],
};
