/** One thing wrong with a mandate, and the one line that says it. */
import { Fault } from "../domain/fault.ts";
import { formatKey, type KeyPath, type Origin, renderOrigin } from "./origin.ts";

export type Finding = {
  readonly origin: Origin;
  /** Empty when the finding is about the file or the name in the origin as a whole. */
  readonly key: KeyPath;
  readonly message: string;
};

/** `mandate.yaml:12:5 fees.per_share: expected a number >= 0, got "abc"`. */
export function formatFinding(finding: Finding): string {
  const key = finding.key.length === 0 ? "" : ` ${formatKey(finding.key)}`;
  return `${renderOrigin(finding.origin)}${key}: ${finding.message}`;
}

/** All findings as one fault: those of the file by position, then the other layers'. */
export function mandateFault(findings: readonly Finding[], fileName: string): Fault {
  const lines = [...new Set([...findings].sort(byPosition).map(formatFinding))];
  const count = lines.length === 1 ? "1 finding" : `${lines.length} findings`;
  return new Fault("mandate", `${fileName} is refused: ${count}, nothing was run`, {
    where: fileName,
    details: lines,
  });
}

function byPosition(a: Finding, b: Finding): number {
  if (a.origin.at === null || b.origin.at === null) {
    return (a.origin.at === null ? 1 : 0) - (b.origin.at === null ? 1 : 0);
  }
  return a.origin.at.line - b.origin.at.line || a.origin.at.column - b.origin.at.column;
}
