/** What gates ask of the book as it would stand if every working order filled: book-exposure.ts. */
import type { Order } from "../domain/order.ts";
import type { ExposureView } from "../execution/gates/exposure.ts";

export type Book = {
  /** What is held and at work now. */
  readonly begin: () => void;
  /** The same object each time: it is read before the next order is looked at. */
  readonly viewOf: (order: Order) => ExposureView;
  /** Lots of an instrument as they would stand. */
  readonly lotsOf: (i: number) => number;
  /**
   * What would be lost if every position went to its stop, after the order; NaN when one of them
   * cannot be said.
   */
  readonly heatAfter: (order: Order) => number;
  /** An approved order counts as filled for the orders judged after it. */
  readonly take: (order: Order) => void;
  /** Lots that are as good as traded for what is judged after them. */
  readonly move: (i: number, lots: number) => void;
};
