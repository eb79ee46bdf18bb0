/**
 * Brings a user's strategy file in: reads it and its relative imports once, checks each as it is
 * written and once more without its types, and runs exactly the text of that second check, never
 * the file again. The second check is not for show: two parsers of TypeScript can disagree on what
 * is a type, and only JavaScript runs. A module's address is made
 * from the hash of all the texts, so an edited file is a new module and an unchanged one is not
 * loaded twice. `import ... from "assay"` resolves to defineStrategy. Throws Fault("strategy").
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire, registerHooks, stripTypeScriptTypes } from "node:module";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { LoadedStrategy, StrategyLoader } from "../../ports/strategy-loader.ts";
import { checkStrategySource } from "./strategy-check.ts";
import { requireStrategy } from "./strategy-shape.ts";

type SourceFile = {
  readonly absolute: string;
  /** Relative to the mandate, with forward slashes. */
  readonly path: string;
  /** JavaScript, as it was checked. */
  readonly code: string;
  readonly sha256: string;
  readonly imports: ReadonlyMap<string, string>;
};

type Module = { readonly code: string; readonly targets: ReadonlyMap<string, string> };

/** A folder that does not exist: only the hooks below answer for it. It must look like a file's. */
const PLACE = "file:///assay-strategy/";
const ASSAY = new URL("../../research/strategies/define.ts", import.meta.url).href;

/** Modules by address, for the hooks; their number is that of the texts loaded. */
const modules = new Map<string, Module>();
const load = createRequire(import.meta.url);
let hooked = false;

/** Paths are relative to `base`, the mandate's folder. */
export function createStrategyLoader(base: string): StrategyLoader {
  return async (path: string): Promise<LoadedStrategy> => {
    const files = await readChecked(resolve(base), resolve(base, path));
    const entry = files[0];
    const address = register(files);
    return {
      strategy: requireStrategy(run(address, entry.path), entry.path),
      files: files
        .map((file) => ({ path: file.path, sha256: file.sha256 }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
  };
}

/** The entry file and everything it imports, each once; the entry first. */
async function readChecked(base: string, entry: string): Promise<SourceFile[]> {
  const files = new Map<string, SourceFile>();
  const open: { absolute: string; from: string | null }[] = [{ absolute: entry, from: null }];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (files.has(next.absolute)) continue;
    const file = await readOne(base, next.absolute, next.from);
    files.set(next.absolute, file);
    for (const absolute of file.imports.values()) open.push({ absolute, from: file.path });
  }
  return [...files.values()];
}

async function readOne(base: string, absolute: string, from: string | null): Promise<SourceFile> {
  const path = relative(base, absolute).split(sep).join("/");
  const bytes = await readBytes(absolute, path, from);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const entry = from === null;
  checkStrategySource({ file: path, text, entry, language: "ts" });
  const code = withoutTypes(text, path);
  const specifiers = checkStrategySource({ file: path, text: code, entry, language: "js" });
  return {
    absolute,
    path,
    code,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    imports: new Map(specifiers.map((name) => [name, resolve(dirname(absolute), name)])),
  };
}

/** Types become spaces, so that every place stays where it was. */
function withoutTypes(text: string, path: string): string {
  // Node warns on standard error that this function is experimental; the user did not call it.
  const warning = Object.getOwnPropertyDescriptor(process, "emitWarning");
  if (warning === undefined) throw new TypeError("process has no emitWarning of its own");
  Object.defineProperty(process, "emitWarning", { ...warning, value: () => undefined });
  try {
    return stripTypeScriptTypes(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Fault("strategy", `${path}: its types cannot be taken off: ${reason}`, {
      where: path,
      cause,
    });
  } finally {
    Object.defineProperty(process, "emitWarning", warning);
  }
}

async function readBytes(absolute: string, path: string, from: string | null): Promise<Buffer> {
  try {
    return await readFile(absolute);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    const by = from === null ? "" : `, imported by ${from}`;
    throw new Fault(
      "strategy",
      `strategy file ${path}${by}: ${reason}; paths are relative to the mandate`,
      {
        where: path,
        cause,
      },
    );
  }
}

/** Gives every file an address the hooks know; returns the entry's. */
function register(files: readonly SourceFile[]): string {
  const bundle = createHash("sha256");
  for (const file of files) bundle.update(`${file.path}\0${file.sha256}\n`);
  const hash = bundle.digest("hex");
  const addresses = new Map(
    files.map((file, i) => [
      file.absolute,
      `${PLACE}${hash}/${i}/${encodeURIComponent(basename(file.path))}`,
    ]),
  );
  for (const file of files) {
    const targets = new Map<string, string>([["assay", ASSAY]]);
    for (const [name, absolute] of file.imports) targets.set(name, addressOf(addresses, absolute));
    modules.set(addressOf(addresses, file.absolute), { code: file.code, targets });
  }
  return addressOf(addresses, files[0].absolute);
}

function addressOf(addresses: ReadonlyMap<string, string>, absolute: string): string {
  const address = addresses.get(absolute);
  if (address === undefined) throw new TypeError(`no address for ${absolute}`);
  return address;
}

function run(address: string, path: string): unknown {
  if (!hooked) {
    installHooks();
    hooked = true;
  }
  try {
    return (load(address) as { readonly strategy: unknown }).strategy;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const plain = reason.replaceAll(/file:\/\/\/assay-strategy\/[0-9a-f]{64}\/\d+\//g, "");
    throw new Fault("strategy", `${path} fails while loading: ${plain}`, { where: path, cause });
  }
}

function installHooks(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = modules.has(specifier)
        ? specifier
        : modules.get(context.parentURL ?? "")?.targets.get(specifier);
      if (url === undefined) return next(specifier, context);
      return { url, format: url === ASSAY ? "module-typescript" : "module", shortCircuit: true };
    },
    load: (url, context, next) => {
      const module = modules.get(url);
      if (module === undefined) return next(url, context);
      return { format: "module", source: module.code, shortCircuit: true };
    },
  });
}
