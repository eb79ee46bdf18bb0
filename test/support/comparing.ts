/**
 * `assay compare` in this process, as a person types it, with mandates in a folder of their own.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";

/** One share, one strategy that trades its own targets. */
export const DIRECT = `assay: 1
name: direct
profile: plain
account: { currency: USD, initial_equity: 100000 }
data:
  kind: simulated
  simulated: { instruments: 1, sessions: 200, start: 2015-01-05 }
strategies:
  - { name: cross, use: ma-cross, instruments: all, params: { fast: 3, slow: 10, adx_min: 0 } }
slippage: { bps: 2 }
fees: { per_share: 0.01, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
`;

type Row = {
  readonly name: string;
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number | null;
};
export type Side = {
  readonly run_id: string;
  readonly name: string;
  readonly mandate_hash: string;
  readonly was_run_now: boolean;
  readonly folder: string;
};
type Parting = { readonly series: string; readonly date: string; readonly key: string };
export type Compared = {
  readonly a: Side;
  readonly b: Side;
  readonly overrides: readonly string[];
  readonly window: { readonly from: string; readonly to: string; readonly days: number };
  readonly metrics: readonly Row[];
  readonly correlation: { readonly value: number | null; readonly days: number };
  readonly states: { readonly a: object | null; readonly b: object | null };
  readonly largest_differences: readonly { readonly date: string; readonly difference: number }[];
  readonly parting: {
    readonly first: Parting | null;
    readonly signals: { readonly a: readonly { readonly cut_by: readonly string[] }[] } | null;
    readonly by_series: readonly Parting[];
  };
  readonly notes: readonly string[];
};

/** Where the mandates of one test file lie; it removes them. */
export const root = mkdtempSync(join(tmpdir(), "assay-compare-"));

export async function assay(...argv: readonly string[]) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await runCommandLine(argv, {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: {},
  });
  return { code, ...written };
}

export async function compare(...argv: readonly string[]): Promise<Compared> {
  const { code, stdout, stderr } = await assay("compare", ...argv, "--json");
  if (code !== 0) throw new Error(`compare ${argv.join(" ")}: ${stderr}`);
  return JSON.parse(stdout) as Compared;
}

/** A mandate in a folder of its own. */
export function mandate(name: string, text: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "mandate.yaml"), text);
  return folder;
}

export const valueOf = (compared: Compared, name: string, side: "a" | "b" | "difference") =>
  compared.metrics.find((row) => row.name === name)?.[side] ?? null;

export const runJson = (side: Side) =>
  JSON.parse(readFileSync(join(side.folder, "run.json"), "utf8")) as {
    readonly metrics: { readonly [name: string]: number | null };
    readonly metrics_full: { readonly [name: string]: number | null };
    readonly window: { readonly evaluation: { readonly from: string; readonly to: string } };
  };
