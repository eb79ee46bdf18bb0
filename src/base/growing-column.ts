/** A column of doubles that grows by doubling: appended in a hot loop, read as one array at the end. */
export class GrowingColumn {
  /** Taken with the first value: many columns never get one. */
  #values: Float64Array<ArrayBuffer> = NONE;
  readonly #first: number;
  length = 0;

  constructor(capacity = 256) {
    this.#first = capacity;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(Math.max(this.#first, this.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  /** Empty again, with the room it had. */
  clear(): void {
    this.length = 0;
  }

  /** A view of what was appended so far. */
  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

const NONE = new Float64Array(0);
