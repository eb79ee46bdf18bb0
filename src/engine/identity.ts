/**
 * Names that are hashes of what they name (invariant 9): signals, orders and runs. None depends on
 * a path, on the wall clock, or on the run that retries it.
 */
import { canonicalJson } from "../base/canonical-json.ts";
import type { OrderPurpose } from "../domain/order.ts";
import type { Sha256 } from "../ports/hash.ts";

/** 128 bits are plenty for names inside one run, and fit a broker's client order id. */
const NAME_DIGITS = 32;

/** A backtest trades one account; its orders carry this name in their ids. */
export const BACKTEST_ACCOUNT = "backtest";

export function signalId(variantId: string, at: string, sha256: Sha256): string {
  return sha256(canonicalJson({ at, label: "assay/signal/v1", variant_id: variantId })).slice(
    0,
    NAME_DIGITS,
  );
}

/** Without side or quantity, so that a rerun which nets differently cannot double an order. */
export function orderId(
  order: {
    readonly account: string;
    readonly instrument: string;
    readonly at: string;
    readonly purpose: OrderPurpose;
    readonly leg: number;
    readonly generation: number;
  },
  sha256: Sha256,
): string {
  return sha256(canonicalJson({ label: "assay/order/v1", ...order })).slice(0, NAME_DIGITS);
}

export type RunIdentity = {
  readonly mandateHash: string;
  readonly packId: string;
  readonly codeHash: string;
  readonly seed: number;
  readonly runtime: string;
  readonly mode: "backtest";
};

export function runId(identity: RunIdentity, sha256: Sha256): string {
  return sha256(canonicalJson({ label: "assay/run/v1", ...identity })).slice(0, NAME_DIGITS);
}
