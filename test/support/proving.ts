/** `assay prove` as tests ask for it: in a process of its own, with faults planted or without. */
import { join } from "node:path";
import { command } from "./example-runs.ts";
import type { ProvePlant } from "./planted-prove.ts";

type Row = {
  readonly verdict: string;
  readonly message?: string;
  readonly tried?: string;
};

export type Proof = {
  readonly code: number | null;
  readonly baseline: {
    readonly status: string;
    readonly failure: { readonly invariant: number; readonly message: string } | null;
  };
  readonly keys: readonly (Row & { readonly key: string; readonly place: string })[];
  readonly stages: readonly (Row & { readonly stage: string })[];
};

export async function proveWith(
  plants: readonly ProvePlant[],
  home: string,
  args: readonly string[],
): Promise<Proof> {
  const program = join(import.meta.dirname, "planted-prove.ts");
  const argv = [program, JSON.stringify(plants), "prove", ...args, "--json"];
  const env = { ...process.env, ASSAY_HOME: home };
  const { code, stdout, stderr } = await command(process.execPath, argv, env);
  if (!stdout.includes('"keys"')) throw new Error(`assay prove ended with ${code}: ${stderr}`);
  return { code, ...(JSON.parse(stdout) as Omit<Proof, "code">) };
}

/** What a person must look at. */
export function findingsOf({ keys, stages }: Proof): readonly string[] {
  const isFinding = ({ verdict }: Row) => verdict === "dead" || verdict === "broken";
  return [
    ...keys.filter(isFinding).map(({ key }) => key),
    ...stages.filter(isFinding).map(({ stage }) => `stage ${stage}`),
  ];
}
