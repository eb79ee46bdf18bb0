/**
 * Golden text files: examples of what is right, beside their test. A difference writes the new
 * text as `<name>-changed.<ext>` next to the golden, for a person to compare and, if right, to
 * rename; UPDATE_GOLDEN=1 accepts what is there now.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";

/** Says nothing when equal; else the sentence a failing test shows. */
export function compareGolden(
  name: string,
  text: string,
  folder: string,
  accept = process.env["UPDATE_GOLDEN"] === "1",
): string | null {
  const golden = resolve(folder, name);
  const extension = extname(golden);
  const changed = `${golden.slice(0, -extension.length)}-changed${extension}`;
  if (accept) writeFileSync(golden, text);
  if (existsSync(golden) && readFileSync(golden, "utf8") === text) {
    rmSync(changed, { force: true });
    return null;
  }
  writeFileSync(changed, text);
  return `${name} differs from its golden; the new text is beside it as -changed`;
}
