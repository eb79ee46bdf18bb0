/**
 * Numbers that several threads read: the same values over shared memory. Everything
 * else becomes a plain copy: a mandate's values note who reads them and cannot cross a thread.
 */

export function sharedNumbers(length: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/** The same value with every Float64Array in it on shared memory; one that occurs twice is moved once. */
export function sharedColumns<T>(value: T): T {
  return moved(value, new Map()) as T;
}

function moved(value: unknown, done: Map<Float64Array, Float64Array>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Float64Array) return movedColumn(value, done);
  if (Array.isArray(value)) return value.map((item) => moved(item, done));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, done)]));
}

function movedColumn(column: Float64Array, done: Map<Float64Array, Float64Array>): Float64Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const known = done.get(column);
  if (known !== undefined) return known;
  const shared = sharedNumbers(column.length);
  shared.set(column);
  done.set(column, shared);
  return shared;
}
