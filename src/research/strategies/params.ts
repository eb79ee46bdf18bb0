/**
 * The parameters a mandate gives, against what the strategy declares. Out: every declared
 * parameter with its value (the strategy's own default where none is given), frozen, in the order
 * of declaration; or the list of everything wrong, with the path below `params`.
 */
import { nearest } from "../../base/nearest.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { SectionIssue } from "../../domain/section.ts";
import type { ParameterSpec, Strategy } from "../../domain/strategy.ts";
import type { Params } from "./columns.ts";
import { describe } from "./graph.ts";

export function resolveParams(
  strategy: Pick<Strategy, "name" | "params">,
  given: { readonly [name: string]: unknown },
): Result<Params, readonly SectionIssue[]> {
  const names = Object.keys(strategy.params);
  const issues: SectionIssue[] = [];
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) issues.push(unknownParameter(strategy.name, name, names));
  }
  const params: Record<string, number> = {};
  for (const name of names) {
    const spec = strategy.params[name];
    const value = Object.hasOwn(given, name) ? given[name] : spec.default;
    const problem = problemWith(value, spec);
    if (problem === null) params[name] = value as number;
    else issues.push({ path: [name], message: `expected ${problem}, got ${describe(value)}` });
  }
  return issues.length === 0 ? ok(Object.freeze(params)) : err(issues);
}

/** What was expected instead, or null when the value is allowed. */
function problemWith(value: unknown, spec: ParameterSpec): string | null {
  const kind = spec.integer === true ? "a whole number" : "a number";
  const allowed =
    typeof value === "number" &&
    value >= spec.min &&
    value <= spec.max &&
    (spec.integer !== true || Number.isSafeInteger(value));
  return allowed ? null : `${kind} from ${spec.min} to ${spec.max}`;
}

function unknownParameter(owner: string, name: string, names: readonly string[]): SectionIssue {
  const near = nearest(name, names);
  const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  const hint = near === null ? "" : `; did you mean ${near}?`;
  return { path: [name], message: `not a parameter of ${owner} (${known})${hint}` };
}
