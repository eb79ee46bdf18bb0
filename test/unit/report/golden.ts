/**
 * Golden text files: an example of what is right, beside the test. A difference writes the new
 * text as `<name>-changed.<ext>` next to it, for a person to compare and, if right, to rename.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";

/** Says nothing when equal; else the sentence a failing test shows. */
export function compareGolden(name: string, text: string, folder = "golden"): string | null {
  const golden = resolve(import.meta.dirname, folder, name);
  const extension = extname(golden);
  const changed = `${golden.slice(0, -extension.length)}-changed${extension}`;
  if (existsSync(golden) && readFileSync(golden, "utf8") === text) {
    rmSync(changed, { force: true });
    return null;
  }
  writeFileSync(changed, text);
  return `${name} differs from its golden; the new text is beside it as -changed`;
}
