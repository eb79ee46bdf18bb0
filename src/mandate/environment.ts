/**
 * Names of environment variables. ASSAY__SECTION__KEY is a key of the mandate; ASSAY_NAME with a
 * single underscore is one of a closed list of process settings, which never enter the mandate
 * hash. A name of either form that nobody reads is refused with the nearest match.
 */
import type { Finding } from "./finding.ts";
import { nearest } from "../base/nearest.ts";
import { environmentOrigin, type KeyPath } from "./origin.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Each process setting and who reads it. */
export const PROCESS_SETTINGS = {
  ASSAY_HOME: "folder for packs, runs and journals instead of .assay beside the mandate",
  ASSAY_ALLOW_LIVE: "yes: this environment may send orders to a live account",
  ASSAY_REQUIRE_ALL: "1: a test skipped for a missing tool or file is a failure",
  ASSAY_ALPACA_PAPER_KEY_ID: "Alpaca, paper account: key id; wins over the secrets file",
  ASSAY_ALPACA_PAPER_SECRET: "Alpaca, paper account: secret key; wins over the secrets file",
  ASSAY_ALPACA_LIVE_KEY_ID: "Alpaca, live account: key id; wins over the secrets file",
  ASSAY_ALPACA_LIVE_SECRET: "Alpaca, live account: secret key; wins over the secrets file",
  ASSAY_ALERT_SMTP_URL: "mail server for alerts: smtps://user:password@host",
  ASSAY_ALERT_FROM: "address that alerts are sent from",
  ASSAY_ALERT_TO: "addresses that alerts are sent to, separated by commas",
  ASSAY_ALERT_WEBHOOK_URL: "address that alerts are posted to",
  ASSAY_ALERT_WEBHOOK_SECRET: "key that posted alerts are signed with",
} as const;

const SETTING_PREFIX = "ASSAY_";
const KEY_PREFIX = "ASSAY__";

export type MandateVariable = {
  readonly name: string;
  readonly value: string;
  readonly segments: readonly string[];
};

/** Variables that set mandate keys, in the order of their names, so that parents come first. */
export function mandateVariables(environment: Environment): MandateVariable[] {
  return definedNames(environment)
    .filter((name) => name.startsWith(KEY_PREFIX))
    .map((name) => ({
      name,
      value: environment[name] as string,
      segments: name.slice(KEY_PREFIX.length).split("__"),
    }));
}

/** Findings for settings that nobody reads. `keyNames` are the ASSAY__ names that exist. */
export function unknownSettings(
  environment: Environment,
  keyNames: readonly string[] = [],
): Finding[] {
  const known = [...Object.keys(PROCESS_SETTINGS), ...keyNames];
  return definedNames(environment)
    .filter((name) => name.startsWith(SETTING_PREFIX) && !name.startsWith(KEY_PREFIX))
    .filter((name) => !Object.hasOwn(PROCESS_SETTINGS, name))
    .map((name) => ({
      origin: environmentOrigin(name),
      key: [],
      message: unknownNameMessage("not a setting that Assay reads", name, known),
    }));
}

/** "ASSAY__FEES__PER_SHARE" for fees.per_share. */
export function variableName(path: KeyPath): string {
  return KEY_PREFIX + path.map((segment) => segment.toUpperCase()).join("__");
}

export function unknownNameMessage(what: string, name: string, known: readonly string[]): string {
  const match = nearest(name, known);
  if (match !== null) return `${what}; did you mean ${match}?`;
  const settings = Object.keys(PROCESS_SETTINGS).join(", ");
  return `${what}; unset it (settings: ${settings}; keys: ASSAY__SECTION__KEY)`;
}

function definedNames(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => environment[name] !== undefined)
    .sort();
}
