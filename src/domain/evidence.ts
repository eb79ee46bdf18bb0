/**
 * What a stage or gate looks at, owned once (market/features) and handed along by the engine. What
 * is not known carries its reason, and never reads as a number (invariant 3).
 */

export type Known<T> = { readonly known: true; readonly value: T };
export type Unknown = { readonly known: false; readonly reason: string };
export type Evidence<T> = Known<T> | Unknown;

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown(reason: string): Unknown {
  return { known: false, reason };
}
