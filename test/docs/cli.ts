/**
 * The command line as a stranger meets it: a process, its exit code and its words. And what
 * `--help` says there is, read from its own text so that nothing inside the program is assumed.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./markdown.ts";

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

const MAIN = join(ROOT, "src/apps/cli/main.ts");

/** Runs `assay ...args` in `cwd`, without any setting of the caller's. */
export function assay(args: readonly string[], cwd: string): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("ASSAY_")),
  );
  return run(process.execPath, [MAIN, ...args], { cwd, env: { ...env, NO_COLOR: "1" } });
}

export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((settle, fail) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", fail);
    child.on("close", (code) => {
      settle({
        code,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      });
    });
  });
}

export type HelpedCommand = {
  /** "ledger export". */
  readonly name: string;
  readonly options: ReadonlySet<string>;
  /** Arguments that must be given, and all that may be. */
  readonly required: number;
  readonly accepted: number;
};

/** Every command that does something, by asking --help from the top down. */
export async function helpedCommands(path: readonly string[] = []): Promise<HelpedCommand[]> {
  const { stdout, code } = await assay([...path, "--help"], ROOT);
  if (code !== 0) throw new Error(`assay ${path.join(" ")} --help ended with ${code}`);
  const below = section(stdout, "Commands:").flatMap((line) => /^ {2}(\w+)/.exec(line)?.[1] ?? []);
  const groups = below.filter((name) => name !== "help");
  if (groups.length > 0) {
    const found = await Promise.all(groups.map((name) => helpedCommands([...path, name])));
    return found.flat();
  }
  const usage = /^Usage: (.*)$/m.exec(stdout)?.[1] ?? "";
  const required = usage.match(/<\w+>/g)?.length ?? 0;
  const optional = (usage.match(/\[\w+\]/g) ?? []).filter((word) => word !== "[options]").length;
  const options = section(stdout, "Options:").flatMap(
    (line) => /^ {2}.*?(--\w+)/.exec(line)?.[1] ?? [],
  );
  return [
    { name: path.join(" "), options: new Set(options), required, accepted: required + optional },
  ];
}

function section(help: string, title: string): readonly string[] {
  const lines = help.split("\n");
  const start = lines.indexOf(title);
  if (start < 0) return [];
  const end = lines.indexOf("", start);
  return lines.slice(start + 1, end < 0 ? undefined : end);
}
