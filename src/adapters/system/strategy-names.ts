/**
 * What a strategy file may name. Lists of what is allowed, so that whatever nobody thought of is
 * refused; the hints below only make the refusal of the usual suspects readable.
 */

/** Globals a strategy may use as values. */
const VALUES = new Set([
  "undefined",
  "NaN",
  "Infinity",
  "isFinite",
  "isNaN",
  "parseFloat",
  "parseInt",
]);

/** Globals it may call, or pass where a function is wanted. */
const CONVERSIONS = new Set(["Number", "String", "Boolean"]);

/** Globals it may only call or construct. */
const CONSTRUCTORS = new Set(["Array", "Error", "RangeError", "TypeError"]);

/** The members it may name of the globals that have them. */
const MEMBERS: { readonly [name: string]: ReadonlySet<string> } = {
  Math: new Set(
    (
      "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos acosh asin asinh atan atan2 atanh cbrt ceil " +
      "clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign " +
      "sin sinh sqrt tan tanh trunc"
    ).split(" "),
  ),
  Number: new Set(
    (
      "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN " +
      "POSITIVE_INFINITY isFinite isInteger isNaN isSafeInteger parseFloat parseInt"
    ).split(" "),
  ),
  Object: new Set(["entries", "freeze", "fromEntries", "hasOwn", "is", "keys", "values"]),
  Array: new Set(["from", "isArray", "of"]),
};

/** Array methods that change the array they are called on. */
const MUTATORS = new Set("push pop shift unshift splice sort reverse fill copyWithin".split(" "));

const FORBIDDEN_MEMBERS = new Set(
  "constructor prototype call apply bind caller callee arguments stack localeCompare".split(" "),
);

/** Methods that make or move an iterator. */
const ITERATORS = new Set("next values keys entries matchAll".split(" "));

const CLOCK = "a strategy has no clock; what it needs of time enters through columns";
const RANDOM = "the same row must give the same target; there is no chance in a strategy";
const OUTSIDE = "a strategy reaches nothing outside its row; data enters through columns";
const CODE = "a strategy does not make or rewrite code";
const MEMORY = "a strategy keeps no memory; use m.latch or another recursive column";

const HINTS: { readonly [name: string]: string } = {
  Date: CLOCK,
  performance: CLOCK,
  Temporal: CLOCK,
  setTimeout: CLOCK,
  setInterval: CLOCK,
  setImmediate: CLOCK,
  queueMicrotask: CLOCK,
  crypto: RANDOM,
  process: OUTSIDE,
  fetch: OUTSIDE,
  require: OUTSIDE,
  module: OUTSIDE,
  Buffer: OUTSIDE,
  globalThis: OUTSIDE,
  global: OUTSIDE,
  window: OUTSIDE,
  self: OUTSIDE,
  console: "a strategy prints nothing; put the value into a column to see it in the record",
  Intl: "locale differs between machines; write numbers plainly",
  eval: CODE,
  Function: CODE,
  Proxy: CODE,
  Reflect: CODE,
  Map: MEMORY,
  Set: MEMORY,
  WeakMap: MEMORY,
  WeakSet: MEMORY,
  arguments: "name the parameters",
};

export type GlobalUse = "value" | "call";

/** Why a global name may not be used this way, or null when it may. */
export function refusedGlobal(name: string, use: GlobalUse): string | null {
  if (VALUES.has(name) || CONVERSIONS.has(name)) return null;
  if (use === "call" && CONSTRUCTORS.has(name)) return null;
  if (Object.hasOwn(MEMBERS, name) || CONSTRUCTORS.has(name)) {
    return `${name} cannot be passed around; use it directly, such as ${name === "Math" ? "Math.abs(x)" : `${name}(...)`}`;
  }
  const hint = Object.hasOwn(HINTS, name)
    ? HINTS[name]
    : "only numbers, Math and its own names are";
  return `${name} is not available to a strategy: ${hint}`;
}

/** Why a member of a global may not be named, or null when it may. `called`: at once, not kept. */
export function refusedGlobalMember(
  name: string,
  member: string | null,
  called: boolean,
): string | null {
  if (!Object.hasOwn(MEMBERS, name)) {
    const nothing = `${name} has no members a strategy may use; it reaches behind the values`;
    return refusedGlobal(name, "value") ?? nothing;
  }
  if (member === "freeze" && !called) return `${name}.freeze may only be called directly`;
  if (member !== null && MEMBERS[name].has(member)) return null;
  if (name === "Math" && member === "random") {
    return `Math.random is not available to a strategy: ${RANDOM}`;
  }
  const what = member === null ? `a computed member of ${name}` : `${name}.${member}`;
  return `${what} is not available to a strategy; there are ${[...MEMBERS[name]].join(", ")}`;
}

/** Why no member of that name may be touched on anything, or null. */
export function refusedMember(name: string): string | null {
  if (name.startsWith("toLocale"))
    return `.${name} depends on the machine's locale; write numbers plainly`;
  if (ITERATORS.has(name)) {
    return `.${name} is refused: an iterator remembers where it is; use for...of over an array, or Object.${name === "next" || name === "matchAll" ? "values" : name}(...)`;
  }
  if (!FORBIDDEN_MEMBERS.has(name) && !name.startsWith("__")) return null;
  return `.${name} reaches behind the values a strategy is given; it is not allowed`;
}

export function isMutator(name: string): boolean {
  return MUTATORS.has(name);
}
