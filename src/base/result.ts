/** Failures of the world are values with a closed code; only our own mistakes are thrown. */

export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<E> = { readonly ok: false; readonly error: E };
export type Result<T, E> = Ok<T> | Err<E>;

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** How a promise ended, so that several can be at work and each be looked at in its turn. */
export function settled<T>(work: Promise<T>): Promise<Result<T, unknown>> {
  return work.then(ok, err);
}

/** The value, or the error thrown. */
export function valueOf<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw result.error;
}
