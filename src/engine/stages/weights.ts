/**
 * Sleeve weights on their way through the stages. Each stage takes the type of the one before and
 * alone makes its own, so that none can be left out or run twice without a type error.
 */
declare const stageBrand: unique symbol;

type After<Stage extends string> = Float64Array & { readonly [stageBrand]: Stage };

/** Budget x strength x confidence. */
export type AllocatedWeights = After<"allocation">;
export type PermittedWeights = After<"policy">;
export type TargetedWeights = After<"risk_targeting">;
export type OverlaidWeights = After<"overlay">;
export type ClampedWeights = After<"clamps">;
