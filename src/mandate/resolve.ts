/**
 * The one config file, resolved. Enters: the sections, the text of the mandate, environment and
 * flags; leaves: deep-frozen values, the origin of each, the mandate hash and rows for printing.
 * Layers, each over the one before: defaults, profile, file, environment, flags. Refuses with one
 * Fault that lists every finding: unknown keys, missing or null required keys, wrong values,
 * contradictions the sections find, environment names nobody reads.
 */
import { invariant } from "../base/assert.ts";
import { canonicalJson, type Json } from "../base/canonical-json.ts";
import type { KeyTag, Section } from "../domain/section.ts";
import type { Sha256 } from "../ports/hash.ts";
import { type Composed, composeSections, FORMAT_VERSION, tagOf } from "./compose.ts";
import {
  type Environment,
  mandateVariables,
  unknownSettings,
  variableName,
} from "./environment.ts";
import { type Finding, mandateFault } from "./finding.ts";
import { judge } from "./judge.ts";
import { DEFAULT_ORIGIN, formatKey, type KeyPath, type Origin, profileOrigin } from "./origin.ts";
import { type Flag, keyPaths, layEnvironment, layFlags } from "./overlay.ts";
import { settle } from "./settle.ts";
import { type SnapshotRow, snapshotRows } from "./snapshot.ts";
import {
  childOf,
  childrenOf,
  type MapNode,
  merge,
  type Node,
  nodeAt,
  nodeOf,
  originAt,
  valueOf,
} from "./tree.ts";
import { parseMandateText } from "./yaml-tree.ts";

export type MandateValues = {
  readonly name: string;
  readonly profile: string;
  readonly seed: number;
  readonly [section: string]: unknown;
};

export type Resolved = {
  readonly values: MandateValues;
  /** By dotted key, of every value and of the maps and lists they lie in. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** sha256 over the canonical JSON of the values without location and presentation keys. */
  readonly hash: string;
  readonly snapshot: readonly SnapshotRow[];
};

export type MandateInput = {
  readonly sections: readonly Section[];
  readonly text: string;
  /** Base name for messages: "mandate.yaml". */
  readonly fileName: string;
  readonly environment: Environment;
  readonly flags: readonly Flag[];
  readonly sha256: Sha256;
};

export function resolveMandate(input: MandateInput): Resolved {
  const composed = composeSections(input.sections);
  const { fileName } = input;
  const parsed = parseMandateText(input.text, fileName);
  if (parsed.root === null) throw mandateFault(parsed.findings, fileName);
  const version = versionFindings(parsed.root);
  if (version.length > 0) throw mandateFault(version, fileName);

  const laid = layLayers(composed, parsed.root, input);
  const root = settle(composed.schema, laid.root);
  const earlier = [...parsed.findings, ...laid.findings];
  const judged = judge(composed, root).filter((finding) =>
    isNews(finding, earlier, laid.unsettled),
  );
  const findings = [...earlier, ...judged];
  if (findings.length > 0) throw mandateFault(findings, fileName);

  const values = valueOf(withoutVersion(root)) as MandateValues;
  const contradictions = checkFindings(composed, root, values);
  if (contradictions.length > 0) throw mandateFault(contradictions, fileName);
  return finish(composed, withoutVersion(root), input.sha256);
}

type Laid = {
  readonly root: Node;
  readonly findings: readonly Finding[];
  /** Profiles that may still bring values, because the profile's own name is wrong. */
  readonly unsettled: Node | null;
};

function layLayers(composed: Composed, file: MapNode, input: MandateInput): Laid {
  const variables = mandateVariables(input.environment);
  const defaults = nodeOf(composed.defaults, DEFAULT_ORIGIN);
  // The profile lies below the file, yet file, environment and flags all may name it: a first
  // laying without it finds the name and nothing else.
  const named = layUpper(composed, merge(defaults, file), { variables, flags: input.flags });
  const profile = childOf(named.root, "profile");
  const name = profile?.kind === "leaf" ? String(profile.value) : "";
  const values = composed.profiles.get(name);
  const lower =
    values === undefined ? defaults : merge(defaults, nodeOf(values, profileOrigin(name)));
  const upper = layUpper(composed, merge(lower, file), { variables, flags: input.flags });
  const names = keyPaths(composed, upper.root).map(variableName);
  return {
    root: upper.root,
    findings: [...unknownSettings(input.environment, names), ...upper.findings],
    unsettled: values === undefined ? everyProfile(composed) : null,
  };
}

function layUpper(
  composed: Composed,
  base: Node,
  given: {
    readonly variables: ReturnType<typeof mandateVariables>;
    readonly flags: readonly Flag[];
  },
) {
  const environment = layEnvironment(composed, base, given.variables);
  const flags = layFlags(composed, environment.root, given.flags);
  return { root: flags.root, findings: [...environment.findings, ...flags.findings] };
}

function everyProfile(composed: Composed): Node {
  const all = [...composed.profiles].map(([name, values]) => nodeOf(values, profileOrigin(name)));
  return all.reduce((a, b) => merge(a, b), nodeOf({}, DEFAULT_ORIGIN));
}

/** Not said before, and not merely the want of a profile whose name is wrong. */
function isNews(finding: Finding, earlier: readonly Finding[], unsettled: Node | null): boolean {
  const key = formatKey(finding.key);
  if (earlier.some((other) => formatKey(other.key) === key && other.key.length > 0)) return false;
  const missing = finding.message.includes(", got nothing;");
  return !(missing && unsettled !== null && nodeAt(unsettled, finding.key) !== undefined);
}

function versionFindings(root: MapNode): Finding[] {
  const node = root.entries.get("assay");
  if (node === undefined || (node.kind === "leaf" && node.value === FORMAT_VERSION)) return [];
  const got = node.kind === "leaf" ? JSON.stringify(node.value) : `a ${node.kind}`;
  const message = `expected ${FORMAT_VERSION}, the mandate format this Assay reads, got ${got}`;
  return [{ origin: node.origin, key: ["assay"], message }];
}

function checkFindings(composed: Composed, root: Node, values: MandateValues): Finding[] {
  return composed.sections.flatMap((section) => {
    // The schema has admitted these values, which is all that the section's own type says.
    const own = values[section.name] as never;
    return section.check(own, values).map((issue): Finding => {
      const key = [section.name, ...issue.path.map(String)];
      return { origin: originAt(root, key), key, message: issue.message };
    });
  });
}

function withoutVersion(root: Node): Node {
  invariant(root.kind === "map", 6, "the root of a mandate is a map");
  return { ...root, entries: new Map([...root.entries].filter(([key]) => key !== "assay")) };
}

function finish(composed: Composed, root: Node, sha256: Sha256): Resolved {
  const origins = new Map<string, Origin>();
  collectOrigins(root, [], origins);
  const identity = valueOf(withoutTagged(root, [], (path) => tagOf(composed, path))) as Json;
  return {
    values: deepFreeze(valueOf(root)) as MandateValues,
    origins,
    hash: sha256(canonicalJson(identity)),
    snapshot: snapshotRows(root, (path) => tagOf(composed, path)),
  };
}

function collectOrigins(node: Node, path: KeyPath, origins: Map<string, Origin>): void {
  for (const [segment, child] of childrenOf(node)) {
    const at = [...path, segment];
    origins.set(formatKey(at), child.origin);
    collectOrigins(child, at, origins);
  }
}

function withoutTagged(node: Node, path: KeyPath, tag: (path: KeyPath) => KeyTag | null): Node {
  const keep = childrenOf(node)
    .map(([segment, child]) => [segment, child, [...path, segment]] as const)
    .filter(([, , at]) => tag(at) === null)
    .map(([segment, child, at]) => [segment, withoutTagged(child, at, tag)] as const);
  if (node.kind === "map") return { ...node, entries: new Map(keep) };
  if (node.kind === "list") return { ...node, items: keep.map(([, child]) => child) };
  return node;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
