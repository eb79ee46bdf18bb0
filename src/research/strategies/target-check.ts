/**
 * What `decide` returned, checked: null; a forecast (strength in [-1, 1], confidence in [0, 1],
 * nothing else); or a target: exactly one of weight and units (finite), with entry, stop and time
 * in force of the known shapes, and no order type beyond those the strategy declared. Throws
 * Fault("strategy") saying what was returned and what is allowed. A confidence that is missing or
 * NaN is unknown, and unknown is 0. Allocates nothing when it passes.
 */
import { Fault } from "../../domain/fault.ts";
import type { Forecast } from "../../domain/forecast.ts";
import type { DeclaredOrder } from "../../domain/strategy.ts";
import type { Target } from "../../domain/target.ts";
import { describe } from "./graph.ts";

/** The part of a strategy the check needs; a Strategy is one. */
export type AnswerOwner = {
  readonly name: string;
  readonly orders?: readonly DeclaredOrder[];
  readonly answers?: "forecast" | "target";
};

const TERMS: readonly string[] = ["weight", "units", "entry", "stop", "timeInForce"];

export function checkAnswer(value: unknown, owner: AnswerOwner): Forecast | Target | null {
  if (value === null) return null;
  if (typeof value !== "object") {
    const hint = value === undefined ? "; return null for no change of wish" : "";
    throw refusal(
      owner,
      `${describe(value)}, expected a target such as { weight: 1 } or a forecast such as { strength: 1, confidence: 1 }${hint}`,
    );
  }
  if ("strength" in value || "confidence" in value) {
    requireAnswer(owner, "forecast");
    return checkForecast(value, owner);
  }
  requireAnswer(owner, "target");
  return checkTarget(value, owner);
}

function checkForecast(value: object, owner: AnswerOwner): Forecast {
  for (const key in value) {
    if (key === "strength" || key === "confidence") continue;
    const reason = TERMS.includes(key)
      ? `${key}: it has neither size nor order terms; return either { strength, confidence } or a target`
      : `the unknown key ${key}; known: strength, confidence`;
    throw refusal(owner, `a forecast with ${reason}`);
  }
  const { strength, confidence } = value as { strength?: unknown; confidence?: unknown };
  requireWithin(owner, "strength", strength, -1);
  if (confidence === undefined || Number.isNaN(confidence)) {
    return { strength: strength as number, confidence: 0 };
  }
  requireWithin(owner, "confidence", confidence, 0);
  return value as Forecast;
}

function requireWithin(owner: AnswerOwner, name: string, value: unknown, least: number): void {
  if (typeof value === "number" && value >= least && value <= 1) return;
  throw refusal(owner, `${name} ${describe(value)}, expected a number from ${least} to 1`);
}

function requireAnswer(owner: AnswerOwner, kind: "forecast" | "target"): void {
  if (owner.answers === undefined || owner.answers === kind) return;
  throw refusal(owner, `a ${kind}, and the strategy declares answers: "${owner.answers}"`);
}

function checkTarget(value: object, owner: AnswerOwner): Target {
  const target = value as { readonly [key: string]: unknown };
  let sizes = 0;
  for (const key in target) {
    if (key === "weight" || key === "units") {
      requireFinite(owner, key, target[key]);
      sizes++;
    } else {
      checkTerm(owner, key, target[key]);
    }
  }
  if (sizes !== 1) {
    throw refusal(
      owner,
      `a target with ${sizes === 0 ? "neither" : "both"} weight and units, expected exactly one`,
    );
  }
  return value as Target;
}

function checkTerm(owner: AnswerOwner, key: string, value: unknown): void {
  switch (key) {
    case "entry":
      return checkEntry(owner, value);
    case "stop":
      return checkStop(owner, value);
    case "timeInForce":
      if (value === "day" || value === "gtc") return;
      throw refusal(owner, `timeInForce ${describe(value)}, expected "day" or "gtc"`);
    default:
      throw refusal(
        owner,
        `a target with the unknown key ${key}; known: weight, units, entry, stop, timeInForce`,
      );
  }
}

function checkEntry(owner: AnswerOwner, entry: unknown): void {
  if (entry === "market") return;
  if (entry === "on_open" || entry === "on_close") return requireDeclared(owner, entry);
  const price = onlyValue(entry, "limit");
  if (price === null) {
    throw refusal(
      owner,
      `entry ${describe(entry)}, expected "market", "on_open", "on_close" or { limit: price }; leave the key out for market`,
    );
  }
  requireFinite(owner, "entry.limit", price.value);
  requireDeclared(owner, "limit");
}

function checkStop(owner: AnswerOwner, stop: unknown): void {
  const price = onlyValue(stop, "price");
  const distance = onlyValue(stop, "distance");
  const given = price ?? distance;
  if (given === null) {
    throw refusal(
      owner,
      `stop ${describe(stop)}, expected { price } or { distance }; leave the key out for none`,
    );
  }
  const name = price === null ? "stop.distance" : "stop.price";
  if (requireFinite(owner, name, given.value) <= 0) {
    throw refusal(owner, `${name} ${String(given.value)}, expected a positive number`);
  }
  requireDeclared(owner, "stop");
}

/** The value of an object's single key, if that is its name. */
function onlyValue(value: unknown, key: string): { readonly value: unknown } | null {
  if (typeof value !== "object" || value === null) return null;
  const keys = Object.keys(value);
  if (keys.length !== 1 || keys[0] !== key) return null;
  return { value: (value as { readonly [name: string]: unknown })[key] };
}

function requireFinite(owner: AnswerOwner, name: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const hint = typeof value === "number" && Number.isNaN(value) ? " (such as 0 divided by 0)" : "";
  throw refusal(owner, `${name} ${describe(value)}${hint}, expected a finite number`);
}

function requireDeclared(owner: AnswerOwner, order: DeclaredOrder): void {
  if (owner.orders?.includes(order) === true) return;
  throw refusal(
    owner,
    `an order of type ${order} it does not declare; add orders: ["${order}"] to the strategy`,
  );
}

function refusal(owner: AnswerOwner, returned: string): Fault {
  return new Fault("strategy", `decide of ${owner.name} returned ${returned}`);
}
