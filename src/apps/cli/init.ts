/**
 * `assay init DIR`: a folder with a mandate that runs as it stands, a strategy, and what an editor
 * needs for completion in both. Enters: the folder's path and the sections; leaves: the files
 * written. Refuses to overwrite anything, and leaves nothing behind when it fails.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { Section } from "../../domain/section.ts";
import { mandateJsonSchema } from "../../mandate/json-schema.ts";
import { strategyTypes } from "./strategy-types.ts";
import {
  mandateTemplate,
  packageTemplate,
  STRATEGY_TEMPLATE,
  TSCONFIG_TEMPLATE,
} from "./templates.ts";

/** Names of the files written, in order. */
export function initMandate(directory: string, sections: readonly Section[]): readonly string[] {
  const files = initFiles(basename(resolve(directory)), sections);
  const present = [...files.keys()].filter((name) => existsSync(join(directory, name)));
  if (present.length > 0) {
    throw new Fault(
      "usage",
      `${directory} already has ${present.join(", ")}; nothing was written`,
      {
        where: directory,
        details: ["choose another folder, or move these files away"],
      },
    );
  }
  writeAll(directory, files);
  return [...files.keys()];
}

function initFiles(name: string, sections: readonly Section[]): ReadonlyMap<string, string> {
  const domain = resolve(import.meta.dirname, "../../domain");
  const types = ["target.ts", "forecast.ts", "strategy.ts"].map((file) =>
    readFileSync(join(domain, file), "utf8"),
  );
  return new Map([
    ["mandate.yaml", mandateTemplate(name)],
    ["strategy.ts", STRATEGY_TEMPLATE],
    ["package.json", packageTemplate(name)],
    ["tsconfig.json", TSCONFIG_TEMPLATE],
    ["assay.d.ts", strategyTypes(types)],
    ["mandate.schema.json", `${JSON.stringify(mandateJsonSchema(sections), null, 2)}\n`],
  ]);
}

function writeAll(directory: string, files: ReadonlyMap<string, string>): void {
  const written: string[] = [];
  let made: string | undefined;
  try {
    made = mkdirSync(directory, { recursive: true });
    for (const [name, text] of files) {
      // wx: a file that appeared since the check is not overwritten either.
      writeFileSync(join(directory, name), text, { flag: "wx" });
      written.push(name);
    }
  } catch (error) {
    for (const name of written) rmSync(join(directory, name));
    if (made !== undefined) removeEmptyFolders(directory, made);
    const { code, message } = error as NodeJS.ErrnoException;
    const isFile = code === "EEXIST" || code === "ENOTDIR";
    const reason = isFile ? "a part of the path is a file, not a folder" : (code ?? message);
    throw new Fault(
      "usage",
      `${directory} cannot be written (${reason}); choose another folder; nothing was left behind`,
      {
        where: directory,
        cause: error,
      },
    );
  }
}

/** From `directory` up to `made`, the first that did not exist before; all of them are empty. */
function removeEmptyFolders(directory: string, made: string): void {
  for (
    let folder = resolve(directory);
    folder.startsWith(resolve(made));
    folder = dirname(folder)
  ) {
    rmdirSync(folder);
  }
}
