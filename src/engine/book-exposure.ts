/**
 * The book as it would stand if every working order filled, kept current while one decision's
 * orders are judged one after another. Exposures are minor units of the account's currency at the
 * decision's marks and rates.
 */
import type { Order } from "../domain/order.ts";
import type { ExposureView } from "../execution/gates/exposure.ts";
import { positionHeat } from "../execution/gates/heat.ts";
import type { Book } from "./book.ts";
import { riskFraction } from "./layers/evidence.ts";
import type { Kernel } from "./state.ts";

/** The kernel's only one, as the book stands now: whoever was handed it before has done with it. */
export function bookNow(k: Kernel): Book {
  k.state.book ??= new BookExposure(k);
  k.state.book.begin();
  return k.state.book;
}

class BookExposure implements Book {
  readonly #kernel: Kernel;
  readonly #lots: Float64Array;
  #gross = 0;
  #net = 0;
  #positions = 0;
  #margin = 0;
  readonly #view: { -readonly [K in keyof ExposureView]: ExposureView[K] } = {
    navMinor: 0,
    grossMinor: 0,
    netMinor: 0,
    positions: 0,
    beforeMinor: 0,
    afterMinor: 0,
    beforeLots: 0,
    afterLots: 0,
    sectorMinor: null,
    marginMinor: 0,
    afterMarginMinor: 0,
    sinceStop: null,
  };

  constructor(k: Kernel) {
    this.#kernel = k;
    this.#lots = k.state.scratchLots;
  }

  begin(): void {
    const { lots, working } = this.#kernel.state;
    for (let i = 0; i < lots.length; i++) this.#lots[i] = lots[i];
    this.#gross = 0;
    this.#net = 0;
    this.#positions = 0;
    this.#margin = 0;
    for (const order of working) {
      if (order.working && order.purpose !== "stop") {
        this.#lots[order.instrument] += order.side * order.lots;
      }
    }
    for (let i = 0; i < this.#lots.length; i++) {
      if (this.#lots[i] !== 0) this.#add(i, this.#lots[i], 1);
    }
  }

  viewOf(order: Order): ExposureView {
    const view = this.#view;
    const i = order.instrument;
    const { state, world } = this.#kernel;
    const beforeLots = this.#lots[i];
    const afterLots = beforeLots + order.side * order.lots;
    const stoppedAt = state.stoppedAt[i];
    view.navMinor = state.navMinor;
    view.grossMinor = this.#gross;
    view.netMinor = this.#net;
    view.positions = this.#positions;
    view.beforeMinor = this.#exposure(i, beforeLots);
    view.afterMinor = this.#exposure(i, afterLots);
    view.beforeLots = beforeLots;
    view.afterLots = afterLots;
    view.sectorMinor =
      state.limits.sector === null ? null : this.#sector(world.instruments[i].sector);
    view.marginMinor = this.#margin;
    view.afterMarginMinor =
      this.#margin + this.#reserved(i, afterLots) - this.#reserved(i, beforeLots);
    view.sinceStop = stoppedAt < 0 ? null : state.session - stoppedAt;
    return view;
  }

  lotsOf(i: number): number {
    return this.#lots[i];
  }

  heatAfter(order: Order): number {
    let heat = 0;
    for (let i = 0; i < this.#lots.length; i++) {
      const more = i === order.instrument ? order.side * order.lots : 0;
      heat += this.#heat(i, this.#lots[i] + more);
    }
    return heat;
  }

  take(order: Order): void {
    this.move(order.instrument, order.side * order.lots);
  }

  move(i: number, lots: number): void {
    if (this.#lots[i] !== 0) this.#add(i, this.#lots[i], -1);
    this.#lots[i] += lots;
    if (this.#lots[i] !== 0) this.#add(i, this.#lots[i], 1);
  }

  #add(i: number, lots: number, sign: 1 | -1): void {
    const exposure = this.#exposure(i, lots);
    this.#gross += sign * Math.abs(exposure);
    this.#net += sign * exposure;
    this.#positions += sign;
    this.#margin += sign * this.#reserved(i, lots);
  }

  #exposure(i: number, lots: number): number {
    if (lots === 0) return 0;
    const { world, state } = this.#kernel;
    return lots * world.scales[i].factor * state.mark[i] * state.exposureRate[i];
  }

  #reserved(i: number, lots: number): number {
    const { world, state } = this.#kernel;
    const perLot = world.marginMinor[i];
    return perLot === 0 ? 0 : Math.abs(lots) * perLot * state.exposureRate[i];
  }

  /** Instruments without a sector share one, as the clamp counts them. */
  #sector(sector: string | null): number {
    const { instruments } = this.#kernel.world;
    let sum = 0;
    for (let i = 0; i < this.#lots.length; i++) {
      if (instruments[i].sector === sector) sum += Math.abs(this.#exposure(i, this.#lots[i]));
    }
    return sum;
  }

  #heat(i: number, lots: number): number {
    const { world, state } = this.#kernel;
    if (lots === 0 || state.layers === null) return 0;
    return positionHeat({
      lots,
      mark: state.mark[i],
      stop: lots * state.lots[i] > 0 ? (state.stops[i]?.price ?? null) : null,
      riskFraction: riskFraction(state.layers, i, state.session),
      factor: world.scales[i].factor * state.exposureRate[i],
    });
  }
}
