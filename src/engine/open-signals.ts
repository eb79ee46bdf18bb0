/**
 * The signals whose end is open, by ordinal. Few are open at once and the newest is nearly always the
 * one asked for, so they stand in one list in the order of their ordinals, which is looked through from
 * its end: a hash map that is filled and emptied at every trade makes itself anew each time.
 */
import type { Signal } from "./signal.ts";

export class OpenSignals {
  readonly #signals: Signal[] = [];

  /** A signal that is there already stays as it is. */
  add(signal: Signal): void {
    const signals = this.#signals;
    const after = this.#after(signal.ordinal);
    if (after > 0 && signals[after - 1].ordinal === signal.ordinal) return;
    signals.push(signal);
    for (let n = signals.length - 1; n > after; n--) signals[n] = signals[n - 1];
    signals[after] = signal;
  }

  get(ordinal: number): Signal | undefined {
    const at = this.#after(ordinal) - 1;
    if (at < 0) return undefined;
    const signal = this.#signals[at];
    return signal.ordinal === ordinal ? signal : undefined;
  }

  delete(ordinal: number): void {
    const signals = this.#signals;
    const after = this.#after(ordinal);
    if (after === 0 || signals[after - 1].ordinal !== ordinal) return;
    for (let n = after; n < signals.length; n++) signals[n - 1] = signals[n];
    signals.pop();
  }

  values(): readonly Signal[] {
    return this.#signals;
  }

  clear(): void {
    this.#signals.length = 0;
  }

  /** How many have this ordinal or a lower one. */
  #after(ordinal: number): number {
    const signals = this.#signals;
    let after = signals.length;
    while (after > 0 && signals[after - 1].ordinal > ordinal) after--;
    return after;
  }
}
