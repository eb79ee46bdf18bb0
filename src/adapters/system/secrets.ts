/**
 * Credentials: from the environment, or from <home>/secrets.json, which is written durably with mode
 * 0600. Names are a closed list. Leaves: Secret values with the place they came from. Refused: a file
 * that others may read, of another owner, a link, not whole, or in a folder that others may write.
 * No message holds a value, and neither does the cause of one: a parser quotes what it read.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { nearest } from "../../base/nearest.ts";
import { Fault } from "../../domain/fault.ts";
import { diskFault, makeFolder, writeDurably } from "../storage/durable-files.ts";
import { Secret } from "./secret.ts";

export const SECRETS_FILE = "secrets.json";

/** Each secret and what it is for. The environment's name is ASSAY_ and the same in capitals. */
export const SECRET_PURPOSES = {
  alpaca_paper_key_id: "Alpaca, paper account: key id",
  alpaca_paper_secret: "Alpaca, paper account: secret key",
  alpaca_live_key_id: "Alpaca, live account: key id",
  alpaca_live_secret: "Alpaca, live account: secret key",
  alert_smtp_url: "mail server for alerts: smtps://user:password@host",
  alert_from: "address that alerts are sent from",
  alert_to: "addresses that alerts are sent to, separated by commas",
  alert_webhook_url: "address that alerts are posted to",
  alert_webhook_secret: "key that posted alerts are signed with",
} as const;
export type SecretName = keyof typeof SECRET_PURPOSES;
export const SECRET_NAMES = Object.keys(SECRET_PURPOSES) as readonly SecretName[];

export type FoundSecret = {
  readonly name: SecretName;
  readonly value: Secret;
  /** "environment ASSAY_ALERT_TO", or the path of the file. */
  readonly from: string;
  readonly source: "environment" | "file";
};

export type ListedSecret = {
  readonly name: SecretName;
  readonly inFile: boolean;
  /** It is set in the environment, which wins over the file. */
  readonly inEnvironment: boolean;
};

export type Secrets = {
  readonly path: string;
  /** Null where neither the environment nor the file has it. */
  find(name: SecretName): FoundSecret | null;
  /** Throws Fault("usage") where it is nowhere. */
  read(name: SecretName): FoundSecret;
  /** A key id and its secret. Both must come from one place: halves of two pairs open nothing. */
  readPair(
    keyId: SecretName,
    secret: SecretName,
  ): { readonly keyId: FoundSecret; readonly secret: FoundSecret };
  list(): readonly ListedSecret[];
  set(name: SecretName, value: string): { readonly replaced: boolean };
  /** False: there was none. */
  remove(name: SecretName): boolean;
};

export function secretVariable(name: SecretName): string {
  return `ASSAY_${name.toUpperCase()}`;
}

/** What a person typed is never repeated: it may be the secret itself. */
export function secretName(text: string): SecretName {
  const known = SECRET_NAMES.find((name) => name === text);
  if (known !== undefined) return known;
  const match = nearest(text, SECRET_NAMES);
  const hint =
    match === null ? `the names are ${SECRET_NAMES.join(", ")}` : `did you mean ${match}?`;
  throw new Fault(
    "usage",
    `that is not the name of a secret (a value is read from standard input, never from the command line); ${hint}`,
  );
}

export function openSecrets(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Secrets {
  const path = join(home, SECRETS_FILE);
  const find = (name: SecretName): FoundSecret | null => {
    const given = fromEnvironment(name, environment);
    if (given !== null) return given;
    const value = readFile(home, path).get(name);
    return value === undefined
      ? null
      : { name, value: new Secret(value), from: path, source: "file" };
  };
  const read = (name: SecretName): FoundSecret => {
    const found = find(name);
    if (found !== null) return found;
    throw new Fault(
      "usage",
      `${name} (${SECRET_PURPOSES[name]}) is missing: ${secretVariable(name)} is not set and ${path} does not hold it; run: assay secrets set ${name}`,
    );
  };
  return {
    path,
    find,
    read,
    readPair: (keyId, secret) => paired(read(keyId), read(secret)),
    list: () => {
      const file = readFile(home, path);
      return SECRET_NAMES.map((name) => ({
        name,
        inFile: file.has(name),
        inEnvironment: environment[secretVariable(name)] !== undefined,
      }));
    },
    set: (name, value) => {
      refuseOddValue(value, `the value of ${name}`);
      makePrivateFolder(home);
      const file = readFile(home, path);
      const replaced = file.has(name);
      file.set(name, value);
      writeFile(path, file);
      return { replaced };
    },
    remove: (name) => {
      const file = readFile(home, path);
      if (!file.delete(name)) return false;
      writeFile(path, file);
      return true;
    },
  };
}

function paired(
  keyId: FoundSecret,
  secret: FoundSecret,
): { readonly keyId: FoundSecret; readonly secret: FoundSecret } {
  if (keyId.source === secret.source) return { keyId, secret };
  const [outside, inFile] = keyId.source === "environment" ? [keyId, secret] : [secret, keyId];
  throw new Fault(
    "usage",
    `${outside.name} comes from the environment and ${inFile.name} from ${inFile.from}: a key and its secret come from one place; unset ${secretVariable(outside.name)} or set ${secretVariable(inFile.name)} too`,
  );
}

function fromEnvironment(
  name: SecretName,
  environment: Readonly<Record<string, string | undefined>>,
): FoundSecret | null {
  const variable = secretVariable(name);
  const value = environment[variable];
  if (value === undefined) return null;
  refuseOddValue(value, variable);
  return { name, value: new Secret(value), from: `environment ${variable}`, source: "environment" };
}

const LONGEST = 4096;

function refuseOddValue(value: string, what: string): void {
  const odd = oddity(value);
  if (odd !== null) throw new Fault("usage", `${what} ${odd}`);
}

function oddity(value: string): string | null {
  if (value === "") return "is empty: give it a value, or leave it out";
  if (value.length > LONGEST)
    return `is ${value.length} characters long, at most ${LONGEST} are taken`;
  if (value.trim() !== value) return "begins or ends with white space: take it away";
  if (/\p{Cc}/u.test(value)) return "holds a line break or another control character: take it away";
  return null;
}

/** Names to values; empty where there is no file. */
function readFile(home: string, path: string): Map<SecretName, string> {
  const text = readPrivately(home, path);
  return text === null ? new Map<SecretName, string>() : parseFile(text, path);
}

/** One handle from the checks to the last byte, so that nobody changes the file in between. */
function readPrivately(home: string, path: string): string | null {
  let handle: number;
  try {
    // Not blocking: a pipe put in its place would hold the process until somebody writes to it.
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return null;
    if (code === "ELOOP")
      throw refused(
        path,
        "it is a symbolic link",
        `put the file itself there, or remove it and run assay secrets set again`,
      );
    throw diskFault(error, "read", path);
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile())
      throw refused(path, "it is not a file", "move it away and run assay secrets set");
    refuseOthers(
      path,
      stat.uid,
      stat.mode & 0o077 ? { mode: stat.mode, remedy: `chmod 600 ${path}` } : null,
    );
    refuseOpenFolder(home);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/** Who may write a folder may put another file in the place of this one. */
function refuseOpenFolder(home: string): void {
  const stat = statSync(home);
  refuseOthers(
    home,
    stat.uid,
    stat.mode & 0o022 ? { mode: stat.mode, remedy: `chmod 700 ${home}` } : null,
  );
}

function refuseOthers(
  path: string,
  owner: number,
  wide: { readonly mode: number; readonly remedy: string } | null,
): void {
  const self = process.getuid?.();
  if (self !== undefined && owner !== self) {
    throw refused(
      path,
      `it belongs to user ${owner}, and this is user ${self}`,
      "let its owner run Assay, or store the secrets anew in a home of your own",
    );
  }
  if (wide === null) return;
  const mode = (wide.mode & 0o777).toString(8).padStart(4, "0");
  throw refused(
    path,
    `its mode is ${mode}, so that others have access to secrets`,
    `run: ${wide.remedy}, and replace the secrets if somebody may have read them`,
  );
}

function refused(path: string, why: string, remedy: string): Fault {
  return new Fault("usage", `${path} is refused: ${why}; ${remedy}`, { where: path });
}

const REMEDY =
  "restore it from a copy, or remove it and run assay secrets set for each secret again";

function parseFile(text: string, path: string): Map<SecretName, string> {
  const document = jsonOrNull(text);
  if (document === null) {
    const state = text === "" ? "it is empty" : "it is not whole JSON, perhaps half-written";
    throw refused(path, state, REMEDY);
  }
  const entries = secretsIn(document.value);
  if (entries === null)
    throw refused(path, 'it does not have the form {"format_version":1,"secrets":{}}', REMEDY);
  const file = new Map<SecretName, string>();
  for (const [at, [key, value]] of entries.entries()) {
    const name = SECRET_NAMES.find((known) => known === key);
    if (name === undefined) {
      const match = nearest(key, SECRET_NAMES);
      const hint = match === null ? "" : ` (perhaps ${match})`;
      throw refused(
        path,
        `its entry ${at + 1} has a name that is not one of a secret${hint}`,
        REMEDY,
      );
    }
    const odd = typeof value === "string" ? oddity(value) : "is not text";
    if (odd !== null) throw refused(path, `${name} ${odd}`, REMEDY);
    file.set(name, value as string);
  }
  return file;
}

/** The parser's own error quotes the text: it must not go further than here. */
function jsonOrNull(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function secretsIn(document: unknown): [string, unknown][] | null {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return null;
  const { format_version: version, secrets, ...more } = document as { [key: string]: unknown };
  if (version !== 1 || Object.keys(more).length > 0) return null;
  if (typeof secrets !== "object" || secrets === null || Array.isArray(secrets)) return null;
  return Object.entries(secrets);
}

function writeFile(path: string, file: ReadonlyMap<SecretName, string>): void {
  const names = SECRET_NAMES.filter((name) => file.has(name));
  const secrets = Object.fromEntries(names.map((name) => [name, file.get(name)]));
  const text = `${JSON.stringify({ format_version: 1, secrets }, null, 2)}\n`;
  writeDurably(path, Buffer.from(text, "utf8"), "owner");
}

/** A home that is made for the secrets is its owner's alone; one that is there must keep others from writing. */
function makePrivateFolder(home: string): void {
  if (lstatSync(home, { throwIfNoEntry: false }) === undefined) {
    makeFolder(join(home, ".."));
    try {
      mkdirSync(home, { mode: 0o700 });
    } catch (error) {
      throw diskFault(error, "create the folder", home);
    }
  }
  refuseOpenFolder(home);
}
