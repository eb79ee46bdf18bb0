/**
 * The programs of others that some tests compare with, and modules of Python, written
 * "python3:sklearn". Found on PATH, or installed from Debian when this is root on a machine with
 * apt-get; otherwise named, and the tests that need them skip.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { pythonWith } from "./python.ts";
import { command, type Finished } from "./step.ts";

export type OutsideTool = {
  readonly program: string;
  readonly debian: string;
  readonly use: string;
};

export const OUTSIDE_TOOLS: readonly OutsideTool[] = [
  { program: "bean-check", debian: "beancount", use: "checks the beancount export" },
  { program: "hledger", debian: "hledger", use: "checks the hledger export" },
  {
    program: "python3:sklearn",
    debian: "python3-sklearn",
    use: "estimates the covariances that ours are compared with",
  },
  {
    program: "python3:scipy",
    debian: "python3-scipy",
    use: "clusters and solves what our allocation is compared with",
  },
  { program: "chromium", debian: "chromium", use: "draws the report for the picture tests" },
];

export type Machine = {
  readonly has: (program: string) => boolean;
  readonly isRoot: boolean;
  readonly run: (file: string, args: readonly string[]) => Promise<Finished>;
};

export const thisMachine: Machine = {
  has: (program) => {
    const [name, module] = program.split(":");
    const path = process.env["PATH"] ?? "";
    return module === undefined ? onPath(name, path) : pythonWith([module]) !== null;
  },
  isRoot: process.getuid?.() === 0,
  run: (file, args) => command(file, args, { DEBIAN_FRONTEND: "noninteractive" }),
};

/** Without hangs: a machine without a network must say so in seconds. */
const APT = [
  "-qq",
  "-o=Acquire::Retries=1",
  "-o=Acquire::http::Timeout=20",
  "-o=DPkg::Lock::Timeout=180",
];

/** Installs what is missing where it may; says what is still missing, and why. */
export async function provideTools(
  machine: Machine,
): Promise<{ readonly missing: readonly OutsideTool[]; readonly reason: string }> {
  const absent = OUTSIDE_TOOLS.filter((tool) => !machine.has(tool.program));
  if (absent.length === 0) return { missing: [], reason: "" };
  if (!machine.isRoot || !machine.has("apt-get")) {
    return { missing: absent, reason: "not root on a machine with apt-get" };
  }
  const words: string[] = [];
  const apt = async (...args: string[]): Promise<void> => {
    const { code, output } = await machine.run("apt-get", [...APT, ...args]);
    if (code !== 0) words.push(output.trim());
  };
  await apt("update");
  for (const tool of absent) await apt("install", "-y", "--no-install-recommends", tool.debian);
  const missing = absent.filter((tool) => !machine.has(tool.program));
  return { missing, reason: words.join("\n") };
}

export function onPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => folder !== "" && runs(join(folder, program)));
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") return false;
    throw error;
  }
}
