/**
 * What only the whole graph of files shows: circles (type imports included, because two files that
 * need each other's types are one file) and orphans (files that no entry point reaches).
 */
import { type Sources, targetOf } from "./check-imports.ts";
import type { Violation } from "./violation.ts";

type Edge = { readonly to: string; readonly line: number };

/** One violation per circle, with the shortest path around it. */
export function checkCycles(files: Sources): Violation[] {
  const edges = graphOf(files);
  const seen = new Set<string>();
  return [...edges.keys()].flatMap((start) => {
    const around = shortestCycle(edges, start);
    if (around === null) return [];
    const members = around.toSorted().join(" ");
    if (seen.has(members)) return [];
    seen.add(members);
    const line = edges.get(start)!.find((edge) => edge.to === (around[1] ?? start))!.line;
    const path = [...around, start].join(" -> ");
    const message = `imports itself in a circle: ${path}; move what both need below them`;
    return [{ file: start, line, rule: "cycle", message }];
  });
}

/** Files under src that none of the entries reaches. `kept` names the exceptions, with a reason. */
export function checkOrphans(
  files: Sources,
  entries: readonly string[],
  kept: ReadonlyMap<string, string> = new Map(),
): Violation[] {
  const edges = graphOf(files);
  const reached = new Set<string>();
  const queue = entries.filter((entry) => edges.has(entry));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    queue.push(...edges.get(path)!.map((edge) => edge.to));
  }
  const orphans = [...files.keys()].filter(
    (path) => path.startsWith("src/") && !reached.has(path) && !kept.has(path),
  );
  const stale = [...kept.keys()].filter((path) => reached.has(path) || !files.has(path));
  return [
    ...orphans.map((file) => found(file, "no entry point reaches it; use it or delete it")),
    ...stale.map((file) => found(file, "is listed as a kept orphan and is none; unlist it")),
  ];
}

function found(file: string, message: string): Violation {
  return { file, line: 1, rule: "orphan", message };
}

function graphOf(files: Sources): Map<string, Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const file of files.values()) {
    const targets = file.references.flatMap(({ specifier, line }) => {
      if (specifier === null || !specifier.startsWith(".")) return [];
      const to = targetOf(file.path, specifier);
      return files.has(to) ? [{ to, line }] : [];
    });
    edges.set(file.path, targets);
  }
  return edges;
}

/** The shortest path from a file back to itself, without its repetition at the end. */
function shortestCycle(
  edges: ReadonlyMap<string, readonly Edge[]>,
  start: string,
): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const { to } of edges.get(path)!) {
      if (to === start) return trail(cameFrom, start, path);
      if (cameFrom.has(to)) continue;
      cameFrom.set(to, path);
      queue.push(to);
    }
  }
  return null;
}

function trail(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const path: string[] = [];
  for (let at = end; at !== start; at = cameFrom.get(at)!) path.push(at);
  return [start, ...path.toReversed()];
}
