/** Fills as growing columns, kept by the kernel in both lanes: what "equal bit for bit" is asked of. */
import { GrowingColumn } from "../base/growing-column.ts";

export type FillLog = {
  readonly session: GrowingColumn;
  readonly instrument: GrowingColumn;
  /** Signed. */
  readonly lots: GrowingColumn;
  readonly price: GrowingColumn;
  /** Signed, minor units of the instrument's currency. */
  readonly notional: GrowingColumn;
  readonly fee: GrowingColumn;
  readonly slippage: GrowingColumn;
  /** The notional in the account's currency. */
  readonly traded: GrowingColumn;
};

export function createFillLog(): FillLog {
  return {
    session: new GrowingColumn(),
    instrument: new GrowingColumn(),
    lots: new GrowingColumn(),
    price: new GrowingColumn(),
    notional: new GrowingColumn(),
    fee: new GrowingColumn(),
    slippage: new GrowingColumn(),
    traded: new GrowingColumn(),
  };
}
