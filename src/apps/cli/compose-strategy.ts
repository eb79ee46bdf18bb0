/**
 * Brings a strategy in by its reference: one of the house by name, a user's file through the loader
 * that checks it. It stands apart from compose.ts because every worker of a sweep does the same and
 * opens nothing else.
 */
import { builtInCodeHash } from "../../adapters/system/code-hash.ts";
import { sha256 } from "../../adapters/system/hash.ts";
import { createStrategyLoader } from "../../adapters/system/strategy-loader.ts";
import { InvariantError } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { StrategyReference } from "../../engine/sweep/job.ts";
import type { StrategyLoader } from "../../ports/strategy-loader.ts";
import { builtIn } from "../../research/strategies/built-in.ts";

export type LoadedCode = { readonly strategy: Strategy; readonly codeHash: string };

export function houseStrategy(name: string): LoadedCode {
  const strategy = builtIn(name);
  if (strategy === null) throw new InvariantError(6, `there is no built-in strategy ${name}`);
  return { strategy, codeHash: builtInCodeHash(strategy.name, sha256) };
}

export async function userStrategy(load: StrategyLoader, path: string): Promise<LoadedCode> {
  const { strategy, files } = await load(path);
  return { strategy, codeHash: sha256(files.map((f) => `${f.sha256}  ${f.path}\n`).join("")) };
}

/** Refuses a file that is no longer what the sweep was made of: its trials would be of two codes. */
export async function strategyAt(
  reference: StrategyReference,
  codeHash: string | null,
): Promise<LoadedCode> {
  const loaded =
    reference.kind === "built_in"
      ? houseStrategy(reference.name)
      : await userStrategy(createStrategyLoader(reference.folder), reference.path);
  if (codeHash === null || loaded.codeHash === codeHash) return loaded;
  const what = reference.kind === "built_in" ? reference.name : reference.path;
  throw new Fault(
    "strategy",
    `${what} has changed since the sweep began: its code is ${loaded.codeHash.slice(0, 12)}, the sweep is of ${codeHash.slice(0, 12)}; begin the sweep again`,
    { where: reference.kind === "built_in" ? null : reference.path },
  );
}
