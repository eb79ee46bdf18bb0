/**
 * A prepared run under the variant ids of another. The id of a variant is the hash of its
 * parameters, and orders of equal rank go by it: with its own id, a parameter that reaches nobody
 * would still change who comes first. Left as it is where the sleeves are not the same.
 */
import type { Prepared } from "../prepare.ts";
import type { Variant } from "../state.ts";

export function withIdsOf(prepared: Prepared, baseline: Prepared): Prepared {
  const { planned } = prepared;
  const { variants } = planned.plan;
  const others = baseline.planned.plan.variants;
  const same =
    variants.length === others.length &&
    variants.every((variant, v) => variant.instrument === others[v].instrument);
  if (!same) return prepared;
  const renamed = variants.map((variant, v): Variant => ({ ...variant, id: others[v].id }));
  return { ...prepared, planned: { ...planned, plan: { ...planned.plan, variants: renamed } } };
}
