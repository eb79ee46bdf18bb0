/**
 * `assay secrets set | list | remove`: credentials in <home>/secrets.json. A value enters by standard
 * input alone, never as an argument, which every user of the machine could read. No value ever leaves.
 */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import { findHome } from "./find-run.ts";
import { type InputStream, readHidden } from "./hidden-input.ts";
import type { Output } from "./output.ts";

export type SecretsSession = {
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: (() => InputStream) | null;
};

type Place = { readonly home?: string; readonly mandate?: string };
type Result = { readonly document: Json; readonly lines: readonly string[] };

export function addSecrets(program: Command, session: SecretsSession): void {
  const { output } = session;
  const secrets = program
    .command("secrets")
    .description("credentials of brokers and alerts, in a file that is its owner's alone");
  placed(secrets.command("set"))
    .description("store one; its value is read from standard input, or typed without being shown")
    .argument("<name>", "such as alpaca_paper_key_id; assay secrets list shows all names")
    // A value given by mistake may begin like an option, and the complaint would repeat it.
    .allowUnknownOption()
    .action(async (name: string, place: Place) => {
      const { document, lines } = await setSecret(name, homeFor(place, session), session);
      output.result(document, lines);
    });
  placed(secrets.command("list"))
    .description("names of all, and where each is set; no values")
    .action(async (place: Place) => {
      const { document, lines } = await listSecrets(homeFor(place, session), session);
      output.result(document, lines);
    });
  placed(secrets.command("remove"))
    .description("take one out of the file")
    .argument("<name>", "its name")
    .action(async (name: string, place: Place) => {
      const { document, lines } = await removeSecret(name, homeFor(place, session), session);
      output.result(document, lines);
    });
}

function placed(command: Command): Command {
  return command
    .option("--mandate <path>", "the mandate whose home it is; default: the current folder")
    .option("--home <folder>", "the .assay folder")
    .option("--json", "one JSON document on standard output");
}

/** A home that --home names need not be there yet: set makes it. */
function homeFor({ home, mandate }: Place, { environment }: SecretsSession): string {
  if (home !== undefined) return resolve(home);
  return findHome({ target: mandate ?? null, home: null, environment });
}

async function setSecret(text: string, home: string, session: SecretsSession): Promise<Result> {
  const { openSecrets, secretName, secretVariable } = await import("./compose-secrets.ts");
  const name = secretName(text);
  const { stdin, output, environment } = session;
  if (stdin === null) throw new Fault("usage", `no standard input to read ${name} from`);
  const secrets = openSecrets(home, environment);
  // What is wrong with the file is said before a person types.
  secrets.list();
  const value = await readHidden(stdin(), `${name} (not shown): `, output.stderr);
  const { replaced } = secrets.set(name, value);
  const variable = secretVariable(name);
  const isOverruled = environment[variable] !== undefined;
  const lines = [`${replaced ? "replaced" : "stored"} ${name} in ${secrets.path}`];
  if (isOverruled) lines.push(`${variable} is set in the environment and wins over it`);
  return { document: { name, path: secrets.path, replaced, overruled: isOverruled }, lines };
}

async function listSecrets(home: string, { environment }: SecretsSession): Promise<Result> {
  const { openSecrets, SECRET_NAMES, SECRET_PURPOSES, secretVariable } = await import(
    "./compose-secrets.ts"
  );
  const secrets = openSecrets(home, environment);
  const listed = secrets.list();
  const width = Math.max(...SECRET_NAMES.map((name) => name.length));
  const lines = listed.map(({ name, inFile, inEnvironment }) => {
    const places = [
      ...(inEnvironment ? [`environment ${secretVariable(name)}`] : []),
      ...(inFile ? [inEnvironment ? "file (overruled)" : "file"] : []),
    ];
    const where = places.length === 0 ? "-" : places.join(", ");
    return `${name.padEnd(width)}  ${where.padEnd(10)}  ${SECRET_PURPOSES[name]}`;
  });
  const document = {
    path: secrets.path,
    secrets: listed.map(({ name, inFile, inEnvironment }) => ({
      name,
      in_file: inFile,
      in_environment: inEnvironment,
      variable: secretVariable(name),
    })),
  };
  return { document, lines: [...lines, "", `file: ${secrets.path}`] };
}

async function removeSecret(
  text: string,
  home: string,
  { environment }: SecretsSession,
): Promise<Result> {
  const { openSecrets, secretName } = await import("./compose-secrets.ts");
  const name = secretName(text);
  const secrets = openSecrets(home, environment);
  if (!secrets.remove(name)) {
    throw new Fault("usage", `${secrets.path} does not hold ${name}; nothing was changed`);
  }
  return {
    document: { name, path: secrets.path },
    lines: [`removed ${name} from ${secrets.path}`],
  };
}
