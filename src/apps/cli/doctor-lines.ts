/** What the lints found, in aligned lines: all of them for `assay doctor`, the findings for a summary. */
import type { LintResult } from "../../domain/lint-result.ts";
import type { Paint } from "./terminal.ts";

/** "doctor" and what was found, heaviest first: pairs of a label and a text. */
export function findingPairs(
  doctor: readonly LintResult[],
): readonly (readonly [string, string])[] {
  const found = doctor.filter(({ result }) => result === "found");
  const blind = doctor.filter(({ result }) => result === "not_evaluated").map(({ lint }) => lint);
  const count = found.length === 1 ? "1 finding" : `${found.length} findings`;
  const not = blind.length === 0 ? "" : `; not evaluated: ${blind.join(", ")}`;
  const width = found.reduce((most, { lint }) => Math.max(most, lint.length), 0);
  return [
    ["doctor", `${count} of ${doctor.length} lints${not}`],
    ...found.map(({ lint, weight, evidence }): [string, string] => [
      "",
      `${lint.padEnd(width)}  ${weight.toFixed(2)}  ${evidence}`,
    ]),
  ];
}

/** Every lint with its weight and evidence. */
export function lintLines(doctor: readonly LintResult[], paint: Paint): readonly string[] {
  const width = doctor.reduce((most, { lint }) => Math.max(most, lint.length), 0);
  return doctor.map((each) => {
    const weight = each.result === "found" ? each.weight.toFixed(2) : "    ";
    return `  ${resultText(each, paint)}  ${each.lint.padEnd(width)}  ${weight}  ${each.evidence}`;
  });
}

/** As wide as the widest of the three. */
function resultText({ result }: LintResult, paint: Paint): string {
  switch (result) {
    case "found":
      return paint.yellow("found        ");
    case "clear":
      return paint.green("clear        ");
    case "not_evaluated":
      return "not evaluated";
  }
}
