/**
 * What the code of a run was: sha256 over every source file in the order of its path and the
 * lockfile. Paths inside the repository are part of it, where the repository lies is not.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Sha256 } from "../../ports/hash.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

export function engineCodeHash(sha256: Sha256): string {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
  const lines = [...files, "package-lock.json"].map(
    (file) => `${sha256(readFileSync(join(ROOT, file)))}  ${file}\n`,
  );
  return sha256(lines.join(""));
}

/** Hash of one built-in strategy's own file. */
export function builtInCodeHash(name: string, sha256: Sha256): string {
  return sha256(readFileSync(join(ROOT, "src/research/strategies", `${name}.ts`)));
}

export function runtimeName(): string {
  return `node ${process.versions.node} ${process.platform}-${process.arch}`;
}
