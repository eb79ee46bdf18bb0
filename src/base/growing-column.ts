/** A column of doubles that grows by doubling: appended in a hot loop, read as one array at the end. */
export class GrowingColumn {
  #values: Float64Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 256) {
    this.#values = new Float64Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
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
