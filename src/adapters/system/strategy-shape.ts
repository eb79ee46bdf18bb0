/**
 * What a strategy file exported, checked to be a strategy: nothing compiles a user's file, so the
 * types it was written with prove nothing. Throws Fault("strategy") with everything that is wrong.
 */
import { Fault } from "../../domain/fault.ts";
import type { DeclaredOrder, Strategy } from "../../domain/strategy.ts";

const ORDERS: readonly DeclaredOrder[] = ["limit", "stop", "on_open", "on_close"];
const KEYS = ["name", "version", "params", "columns", "orders", "answers", "decide"];
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

type Fields = { readonly [key: string]: unknown };

/** Freezes the definition and returns it. */
export function requireStrategy(value: unknown, path: string): Strategy {
  const problems = isFields(value) ? problemsOf(value) : ["strategy is not an object"];
  if (problems.length > 0) {
    throw new Fault("strategy", problems[0], { where: path, details: problems.slice(1) });
  }
  const strategy = value as Strategy;
  for (const spec of Object.values(strategy.params)) Object.freeze(spec);
  Object.freeze(strategy.params);
  if (strategy.orders !== undefined) Object.freeze(strategy.orders);
  return Object.freeze(strategy);
}

function problemsOf(fields: Fields): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(fields)) {
    if (!KEYS.includes(key)) {
      problems.push(`strategy has the unknown key ${key}; it may have ${KEYS.join(", ")}`);
    }
  }
  for (const key of ["name", "version"]) {
    const value = fields[key];
    if (typeof value !== "string" || value === "") {
      problems.push(
        `strategy.${key} must be a text that is not empty, such as "${key === "name" ? "my-cross" : "1"}"`,
      );
    }
  }
  for (const [key, sketch] of [
    ["columns", "(m, p) => ({ close: m.close })"],
    ["decide", "(row, p) => ({ weight: 1 })"],
  ]) {
    if (typeof fields[key] !== "function")
      problems.push(`strategy.${key} must be a function: ${sketch}`);
  }
  return [
    ...problems,
    ...paramProblems(fields["params"]),
    ...orderProblems(fields["orders"]),
    ...answerProblems(fields["answers"], fields["orders"]),
  ];
}

function paramProblems(params: unknown): string[] {
  if (!isFields(params)) return ["strategy.params must be an object; {} when there are none"];
  return Object.entries(params).flatMap(([name, spec]) => {
    if (!NAME.test(name)) return [`parameter ${JSON.stringify(name)}: use letters, digits and _`];
    const wrong = specProblem(spec);
    return wrong === null ? [] : [`parameter ${name}: ${wrong}`];
  });
}

function specProblem(spec: unknown): string | null {
  if (!isFields(spec)) return "expected { default, min, max }";
  const { default: initial, min, max, integer, ...rest } = spec;
  const unknown = Object.keys(rest);
  if (unknown.length > 0)
    return `unknown key ${unknown[0]}; it may have default, min, max, integer`;
  if (integer !== undefined && typeof integer !== "boolean") return "integer must be true or false";
  const [low, start, high] = [min, initial, max].map((value) =>
    typeof value === "number" && Number.isFinite(value) ? value : Number.NaN,
  );
  if (!(low <= start && start <= high)) return "expected finite numbers with min <= default <= max";
  return integer === true && !Number.isSafeInteger(start)
    ? "its default must be a whole number"
    : null;
}

function orderProblems(orders: unknown): string[] {
  if (orders === undefined) return [];
  const known: readonly unknown[] = ORDERS;
  if (Array.isArray(orders) && orders.every((order) => known.includes(order))) return [];
  return [`strategy.orders must be a list of ${ORDERS.join(", ")}`];
}

function answerProblems(answers: unknown, orders: unknown): string[] {
  if (answers === undefined || answers === "target") return [];
  if (answers !== "forecast") return ['strategy.answers must be "forecast" or "target"'];
  if (!Array.isArray(orders) || orders.length === 0) return [];
  return [
    'strategy.answers is "forecast" and strategy.orders asks for order types: a forecast carries no order terms, leave one of the two out',
  ];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
