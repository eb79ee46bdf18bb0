/**
 * Where a value of the mandate comes from, and how keys are spelt. Layers, lowest first: default,
 * profile, file, environment, flag. A key is a path of segments; list indices are segments too.
 */

export type Layer = "default" | "profile" | "file" | "environment" | "flag";

export type Origin = {
  readonly layer: Layer;
  /** "" for a default, else "plain", "mandate.yaml:12:5", "ASSAY__SEED", "--set seed". */
  readonly detail: string;
  /** Line and column in the file, both from 1; null for the other layers. */
  readonly at: { readonly line: number; readonly column: number } | null;
};

export type KeyPath = readonly string[];

export const DEFAULT_ORIGIN: Origin = { layer: "default", detail: "", at: null };

export function profileOrigin(profile: string): Origin {
  return { layer: "profile", detail: profile, at: null };
}

export function fileOrigin(fileName: string, line: number, column: number): Origin {
  return { layer: "file", detail: `${fileName}:${line}:${column}`, at: { line, column } };
}

export function environmentOrigin(name: string): Origin {
  return { layer: "environment", detail: name, at: null };
}

/** `option` as it was typed: "--set seed", "--without overlay". */
export function flagOrigin(option: string): Origin {
  return { layer: "flag", detail: option, at: null };
}

/** `default`, `profile plain`, `mandate.yaml:12:5`, `environment ASSAY__SEED`, `flag --set seed`. */
export function renderOrigin(origin: Origin): string {
  if (origin.layer === "default") return "default";
  if (origin.layer === "file") return origin.detail;
  return `${origin.layer} ${origin.detail}`;
}

/** Dotted spelling; a segment that would not survive it is bracketed: instruments["BRK.B"].lot. */
export function formatKey(path: KeyPath): string {
  let text = "";
  for (const segment of path) {
    if (!/^[^\s.[\]"]+$/.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += (text === "" ? "" : ".") + segment;
  }
  return text;
}

/** The segments of a dotted key, brackets allowed; null when it is not a key. */
export function parseKey(text: string): string[] | null {
  if (text.startsWith(".")) return null;
  const segments: string[] = [];
  const pattern = /(?:^|\.)([^\s.[\]"]+)|\[("(?:[^"\\]|\\.)*")\]/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const segment = match[1] ?? unquote(match[2]);
    if (segment === null) return null;
    segments.push(segment);
  }
  return segments.length === 0 ? null : segments;
}

/** "*" in a pattern stands for one list index or map key. */
export function matchesPattern(pattern: KeyPath, path: KeyPath): boolean {
  if (pattern.length !== path.length) return false;
  return pattern.every((segment, i) => segment === "*" || segment === path[i]);
}

function unquote(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    // A bad escape inside the brackets: the caller reports that this is not a key.
    return null;
  }
}
