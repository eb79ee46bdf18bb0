/**
 * The book as it would stand if every working order filled, kept current while one decision's
 * orders are judged one after another. Exposures are minor units at the decision's marks.
 */
import type { Order } from "../domain/order.ts";
import type { ExposureView } from "../execution/gates/exposure.ts";
import type { Kernel } from "./state.ts";

export class BookExposure {
  readonly #kernel: Kernel;
  readonly #lots: Float64Array;
  #gross = 0;
  #net = 0;
  #positions = 0;

  constructor(k: Kernel) {
    this.#kernel = k;
    this.#lots = k.state.scratchLots;
    this.#lots.set(k.state.lots);
    for (const order of k.state.working) {
      if (order.working && order.purpose !== "stop") {
        this.#lots[order.instrument] += order.side * order.lots;
      }
    }
    for (let i = 0; i < this.#lots.length; i++) {
      if (this.#lots[i] !== 0) this.#add(i, this.#lots[i], 1);
    }
  }

  viewOf(order: Order): ExposureView {
    const i = order.instrument;
    const beforeLots = this.#lots[i];
    const afterLots = beforeLots + order.side * order.lots;
    return {
      navMinor: this.#kernel.state.navMinor,
      grossMinor: this.#gross,
      netMinor: this.#net,
      positions: this.#positions,
      beforeMinor: this.#exposure(i, beforeLots),
      afterMinor: this.#exposure(i, afterLots),
      beforeLots,
      afterLots,
    };
  }

  /** An approved order counts as filled for the orders judged after it. */
  take(order: Order): void {
    const i = order.instrument;
    if (this.#lots[i] !== 0) this.#add(i, this.#lots[i], -1);
    this.#lots[i] += order.side * order.lots;
    if (this.#lots[i] !== 0) this.#add(i, this.#lots[i], 1);
  }

  #add(i: number, lots: number, sign: 1 | -1): void {
    const exposure = this.#exposure(i, lots);
    this.#gross += sign * Math.abs(exposure);
    this.#net += sign * exposure;
    this.#positions += sign;
  }

  #exposure(i: number, lots: number): number {
    if (lots === 0) return 0;
    return lots * this.#kernel.world.scales[i].factor * this.#kernel.state.mark[i];
  }
}
