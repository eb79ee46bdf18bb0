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
function formatFinding({ origin, key, message }: Finding, fileName: string): string {
  return `${formatPlace(origin, formatKey(key), fileName)}: ${message}`;
}

/** Where to look for a key: `mandate.yaml:12:5 fees.bps`, `flag --set fees.bps`. */
export function formatPlace(origin: Origin, key: string, fileName: string): string {
  const layer = renderOrigin(origin);
  switch (origin.layer) {
    case "default":
    case "profile":
      // Nobody wrote the value: the file is where another one can be written.
      return `${fileName} ${key} (${layer})`;
    case "flag":
      return key === "" || layer.endsWith(` ${key}`) ? layer : `${layer} ${key}`;
    case "environment":
    case "file":
      return key === "" ? layer : `${layer} ${key}`;
  }
}

/** One finding is the fault itself; several, by position in the file and then by layer, its details. */
export function mandateFault(findings: readonly Finding[], fileName: string): Fault {
  const sorted = [...findings].sort(byPosition);
  const lines = [...new Set(sorted.map((finding) => formatFinding(finding, fileName)))];
  if (lines.length === 1) return new Fault("mandate", lines[0], { where: whereOf(sorted[0]) });
  return new Fault("mandate", `${fileName} is refused: ${lines.length} findings, nothing was run`, {
    where: fileName,
    details: lines,
  });
}

function whereOf({ origin }: Finding): string | null {
  return origin.layer === "file" ? origin.detail : null;
}

function byPosition(a: Finding, b: Finding): number {
  if (a.origin.at === null || b.origin.at === null) {
    return (a.origin.at === null ? 1 : 0) - (b.origin.at === null ? 1 : 0);
  }
  return a.origin.at.line - b.origin.at.line || a.origin.at.column - b.origin.at.column;
}
