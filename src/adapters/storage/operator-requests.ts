/**
 * What a person asks of an account whose journal another process holds. One file for each request, written
 * whole or not at all; it stays until whoever trades says that it is journalled.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import { diskFault, makeFolder, writeDurably } from "./durable-files.ts";

const FOLDER = "requests";

export type StoredRequest = {
  readonly operator: string;
  readonly reason: string;
  readonly done: () => Promise<void>;
};

/** `name` keeps two requests apart: a time and a process. */
export function askForPause(
  folder: string,
  name: string,
  request: { readonly operator: string; readonly reason: string },
): void {
  makeFolder(join(folder, FOLDER));
  const text = `${JSON.stringify(request)}\n`;
  writeDurably(join(folder, FOLDER, `${name}.json`), Buffer.from(text, "utf8"));
}

/** In the order of their names. */
export function waitingRequests(folder: string): readonly StoredRequest[] {
  return namesIn(join(folder, FOLDER)).map((name) => {
    const path = join(folder, FOLDER, name);
    return { ...readRequest(path), done: async () => rmSync(path, { force: true }) };
  });
}

function readRequest(path: string): { readonly operator: string; readonly reason: string } {
  try {
    const { operator, reason } = JSON.parse(readFileSync(path, "utf8")) as {
      operator?: unknown;
      reason?: unknown;
    };
    if (typeof operator === "string" && typeof reason === "string") return { operator, reason };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw diskFault(cause, "read", path);
  }
  throw new Fault(
    "paused",
    `${path} asks for something that cannot be read; look at it, remove it, and assay pause again`,
    { where: path },
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[A-Za-z0-9][A-Za-z0-9_-]*\.json$/.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw diskFault(error, "list", folder);
  }
}
