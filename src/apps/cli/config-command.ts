/** `assay config MANDATE`: every value with where it came from, and the hash that names them. */
import type { Json } from "../../base/canonical-json.ts";
import type { Resolved } from "../../mandate/resolve.ts";
import type { Paint } from "./terminal.ts";

export function configLines(resolved: Resolved, paint: Paint): string[] {
  const rows = resolved.snapshot;
  const keyWidth = Math.max(...rows.map((row) => row.key.length));
  const valueWidth = Math.min(40, Math.max(...rows.map((row) => row.value.length)));
  const lines = rows.map(({ key, value, origin, tag }) => {
    const note = tag === null ? "" : `  (${tag})`;
    return `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${paint.dim(origin + note)}`;
  });
  return [...lines, "", `mandate hash  ${resolved.hash}`];
}

export function configJson(resolved: Resolved): Json {
  return {
    mandate_hash: resolved.hash,
    values: JSON.parse(JSON.stringify(resolved.values)) as Json,
    origins: Object.fromEntries(resolved.snapshot.map(({ key, origin }) => [key, origin])),
    tags: Object.fromEntries(
      resolved.snapshot.flatMap(({ key, tag }) => (tag === null ? [] : [[key, tag]])),
    ),
  };
}
