/**
 * What the bytes of a field were read as, the last time the same bytes came: a file says the same
 * identifiers, dates and weights over and over, and reading a number of 17 digits or a name is the
 * slow part. One slot per hash; the bytes themselves are compared, so a clash costs a second
 * reading and never gives another field's value.
 */

/** `hash` is over the bytes from `from` to before `to`; a quoted field has none. */
export type Field = { from: number; to: number; quoted: boolean; hash: number };

const SLOTS = 1 << 12;

export class FieldMemo<Value extends string | number> {
  readonly #bytes: Uint8Array;
  readonly #from = new Float64Array(SLOTS);
  readonly #to = new Float64Array(SLOTS);
  readonly #values: Value[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get(field: Field): Value | undefined {
    const slot = slotOf(field.hash);
    const { from, to } = field;
    const size = to - from;
    const known = this.#from[slot];
    if (this.#to[slot] - known !== size) return undefined;
    const bytes = this.#bytes;
    for (let i = 0; i < size; i++) if (bytes[known + i] !== bytes[from + i]) return undefined;
    return this.#values[slot];
  }

  keep(field: Field, value: Value): void {
    const slot = slotOf(field.hash);
    this.#from[slot] = field.from;
    this.#to[slot] = field.to;
    this.#values[slot] = value;
  }
}

/** The high bits of the hash know more of the field than the low ones. */
function slotOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 20;
}
