/** `assay explain` called as a function, in this process; what it says as lines and as a document. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";

export type Said = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

export async function command(args: readonly string[], home: string): Promise<Said> {
  let stdout = "";
  let stderr = "";
  const code = await runCommandLine(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    environment: { ASSAY_HOME: home },
  });
  return { code, stdout, stderr };
}

export type Place = { readonly home: string; readonly folder: string; readonly runId: string };

/** Runs a mandate into a home of its own. */
export async function recorded(
  mandate: string,
  home: string,
  more: readonly string[] = [],
): Promise<Place> {
  const { stdout, stderr } = await command(["run", mandate, "--json", ...more], home);
  if (!stdout.includes('"run_id"')) throw new Error(`${mandate}: ${stdout}${stderr}`);
  const { run_id: runId } = JSON.parse(stdout) as { run_id: string };
  return { home, folder: `${home}/runs/${runId}`, runId };
}

/** The run's folder alone, in another home: no pack, no mandate. */
export function copied({ folder, runId }: Place, home: string): Place {
  cpSync(folder, join(home, "runs", runId), { recursive: true });
  return { home, folder: join(home, "runs", runId), runId };
}

export const explain = ({ home }: Place, ...args: readonly string[]): Promise<Said> =>
  command(["explain", ...args], home);

/** Of the parts that tests compare; each is the record's own shape. */
export type Explained = {
  readonly answer: string;
  readonly traded: boolean;
  readonly decided_by: {
    readonly by: string;
    readonly rule: string;
    readonly observed: number | null;
    readonly limit: number | null;
    readonly unit: string | null;
  } | null;
  readonly quiet: { readonly kind: string; readonly message: string } | null;
  readonly bar: boolean | null;
  readonly seq: number;
  readonly nav_minor: number;
  readonly signal: { readonly [key: string]: unknown };
  readonly forecast: Values | null;
  readonly weights: Values | null;
  readonly decision: Values | null;
  readonly netting: Values | null;
  readonly clamps: readonly Values[];
  readonly verdicts: readonly unknown[];
  readonly orders: readonly ExplainedOrder[];
  readonly end: { readonly [key: string]: unknown } | null;
  readonly before: Values | null;
  readonly after: Values | null;
  readonly earlier: readonly ExplainedOrder[];
  readonly placed: readonly ExplainedOrder[];
  readonly events: readonly { readonly entry: { readonly seq: number } }[];
  readonly holds: readonly { readonly reason: string }[];
  readonly signals: readonly Explained[];
};

type Values = { readonly [column: string]: string | number | boolean | null };

export type Posted = {
  readonly seq: number;
  readonly narration: string;
  readonly postings: readonly {
    readonly account: string;
    readonly amount_minor: number;
    readonly currency: string;
    readonly lots: number;
  }[];
};

export type ExplainedOrder = {
  readonly seq: number;
  readonly order_id: string;
  readonly purpose: string;
  readonly verdicts: readonly unknown[];
  readonly fills: readonly {
    readonly seq: number;
    readonly lots: number;
    readonly digits: number | null;
    readonly postings: readonly Posted[] | null;
    readonly [key: string]: unknown;
  }[];
  readonly end: { readonly seq: number; readonly end: string } | null;
};

export async function document(place: Place, ...args: readonly string[]): Promise<Explained> {
  const { code, stdout, stderr } = await explain(place, ...args, "--json");
  if (code !== 0) throw new Error(`explain ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Explained;
}
