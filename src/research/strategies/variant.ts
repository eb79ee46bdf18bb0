/**
 * A variant is strategy code + version + parameters + instrument; its id is the hash of those
 * (DESIGN section 1, invariant 9). The same content gives the same id on every machine.
 */
import { canonicalJson } from "../../base/canonical-json.ts";
import type { Sha256 } from "../../ports/hash.ts";

export type Variant = {
  readonly strategyName: string;
  /** Hash of the strategy's files, or of the built-in's source. */
  readonly codeHash: string;
  readonly version: string;
  /** Complete: every declared parameter. */
  readonly params: { readonly [name: string]: number };
  readonly instrument: string;
};

/** 128 bits are plenty for names inside one home. */
const NAME_DIGITS = 32;

export function variantId(variant: Variant, sha256: Sha256): string {
  const name = sha256(
    canonicalJson({
      code_hash: variant.codeHash,
      instrument: variant.instrument,
      params: variant.params,
      strategy: variant.strategyName,
      version: variant.version,
    }),
  );
  return name.slice(0, NAME_DIGITS);
}
