/**
 * A bad input and what the command line made of it: the case's files in an empty folder, the
 * command run there as a person would type it, and afterwards every new path under the folder.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";

export type BadInput = {
  readonly name: string;
  readonly files?: { readonly [path: string]: string | Uint8Array };
  readonly argv: readonly string[];
  /** True: no command is named that would take --json. */
  readonly isPlain?: boolean;
  readonly environment?: { readonly [name: string]: string };
};

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** How a command is started: in this process, or as a person's shell does. */
export type Start = (
  argv: readonly string[],
  folder: string,
  environment: { readonly [name: string]: string },
) => Promise<Answer>;

/** Runs `work` in a fresh folder that holds the case's files. */
export async function inFolder<T>(
  input: BadInput,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "assay-refusal-"));
  try {
    for (const [path, content] of Object.entries(input.files ?? {})) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Only one at a time: the current folder belongs to the process. */
export const inProcess: Start = async (argv, folder, environment) => {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const home = process.cwd();
  process.chdir(folder);
  try {
    const code = await runCommandLine(argv, {
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      environment: { ...environment },
    });
    return { code, ...written };
  } finally {
    process.chdir(home);
  }
};

/** Every file and empty folder below, relative and in order. */
export function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = relative(folder, join(entry.parentPath, entry.name));
      return entry.isDirectory() ? `${path}/` : path;
    })
    .sort();
}

/** What differs from machine to machine and from commit to commit is taken out. */
export function plainText(text: string, folder: string): string {
  return text
    .replaceAll(folder, "FOLDER")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "SHA256")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "RUN_ID");
}
