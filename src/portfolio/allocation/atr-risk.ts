/**
 * Budget by the instrument's range: what one average true range costs is `risk` of the capital, up
 * to `cap`. Enters: average true range over price per sleeve; leaves: budgets as fractions of
 * capital, not normalised; 0 where the range is unknown or not above zero.
 */
export function atrRiskBudgets(
  atrFraction: Float64Array,
  limits: { readonly risk: number; readonly cap: number },
): Float64Array {
  const { risk, cap } = limits;
  const budgets = new Float64Array(atrFraction.length);
  for (let i = 0; i < budgets.length; i++) {
    const fraction = atrFraction[i];
    if (fraction > 0 && fraction < Number.POSITIVE_INFINITY) {
      budgets[i] = Math.min(cap, risk / fraction);
    }
  }
  return budgets;
}
