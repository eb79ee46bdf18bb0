/**
 * zod's issues as findings in plain words: where, expected what, got what, and what to do.
 * Enters: the merged tree and the issues of its validation; leaves: one finding per key.
 */
import { z } from "zod";
import { type Composed, describeKey } from "./compose.ts";
import type { Finding } from "./finding.ts";
import { nearest } from "../base/nearest.ts";
import { formatKey, type KeyPath } from "./origin.ts";
import {
  alternativesOf,
  choicesOf,
  chosenObjects,
  isObject,
  type Schema,
  schemasAt,
  shapeOf,
} from "./schema.ts";
import { type LeafNode, type Node, nodeAt, originAt, valueOf } from "./tree.ts";
import { expectedWords, gotWords, placeholder } from "./words.ts";

type Issue = z.core.$ZodIssue;

/** Stands where the section's author wrote no message of their own: the words are made here. */
const UNWORDED = "";

/** Everything the schema refuses about the tree. */
export function judge(composed: Composed, root: Node): Finding[] {
  const result = z.safeParse(composed.schema, valueOf(root), {
    error: () => UNWORDED,
  });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => findingsOf(composed, root, { issue, prefix: [] }));
}

type Located = { readonly issue: Issue; readonly prefix: KeyPath };

function findingsOf(composed: Composed, root: Node, { issue, prefix }: Located): Finding[] {
  const path = [...prefix, ...issue.path.map(String)];
  const at = (key: KeyPath, message: string): Finding => ({
    origin: originAt(root, key),
    key,
    message,
  });
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) =>
        at([...path, key], unknownKeyMessage(composed, root, [...path, key])),
      );
    case "invalid_union":
      return unionFindings(composed, root, { issue, prefix: path });
    case "invalid_key":
      return [at(path, keyMessage(issue))];
    default: {
      const node = nodeAt(root, path);
      const authored =
        issue.message !== UNWORDED && (node !== undefined || issue.code === "custom");
      if (node === undefined && !authored) return [at(path, missingMessage(composed, root, path))];
      const message = authored
        ? authoredMessage(issue.message, node)
        : wrongMessage(composed, root, path);
      return [at(path, message)];
    }
  }
}

/** Reports inside the variant that was meant, where one stands out; else about the whole value. */
function unionFindings(composed: Composed, root: Node, { issue, prefix }: Located): Finding[] {
  const errors = issue.code === "invalid_union" ? (issue.errors as Issue[][]) : [];
  const meant = errors
    .filter((issues) => issues.length > 0 && issues.every(liesInside))
    .sort((a, b) => a.length - b.length)[0];
  if (meant !== undefined) {
    return meant.flatMap((inner) => findingsOf(composed, root, { issue: inner, prefix }));
  }
  const node = nodeAt(root, prefix);
  const message =
    node === undefined
      ? missingMessage(composed, root, prefix)
      : wrongMessage(composed, root, prefix);
  return [{ origin: originAt(root, prefix), key: prefix, message }];
}

function liesInside(issue: Issue): boolean {
  return (
    issue.path.length > 0 ||
    ["unrecognized_keys", "too_small", "too_big", "custom"].includes(issue.code)
  );
}

function missingMessage(composed: Composed, root: Node, path: KeyPath): string {
  const schemas = schemasAt(composed.schema, root, path);
  const key = path[path.length - 1];
  const parent = path.length === 1 ? "at the top level" : `under ${formatKey(path.slice(0, -1))}`;
  const about = describeKey(composed, path);
  const hint = `write "${placeholder(key, schemas)}" ${parent}`;
  return `expected ${expectedWords(schemas)}, got nothing; ${hint}${about === null ? "" : ` (${about})`}`;
}

function wrongMessage(composed: Composed, root: Node, path: KeyPath): string {
  const schemas = schemasAt(composed.schema, root, path);
  const node = nodeAt(root, path);
  const message = `expected ${expectedWords(schemas)}, ${gotWords(node)}`;
  if (node?.kind !== "leaf") return message;
  const hint = leafHint(node, schemas, describeKey(composed, path));
  return hint === null ? message : `${message}; ${hint}`;
}

function leafHint(node: LeafNode, schemas: readonly Schema[], about: string | null): string | null {
  const wanted = schemas.flatMap((schema) => alternativesOf(schema).schemas);
  if (node.value === null) return about === null ? "write a value" : `write a value (${about})`;
  if (typeof node.value === "string") {
    const choices = wanted.flatMap((schema) => choicesOf(schema) ?? []);
    const match = nearest(
      node.value,
      choices.filter((choice) => typeof choice === "string"),
    );
    if (match !== null) return `did you mean ${match}?`;
    const isNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(node.value);
    const numberWanted = wanted.some((schema) => schema._zod.def.type === "number");
    return isNumber && numberWanted ? `without quotes it is a number: ${node.value}` : null;
  }
  const textWanted =
    wanted.length > 0 && wanted.every((schema) => schema._zod.def.type === "string");
  return textWanted ? `quote it: "${node.source ?? node.value}"` : null;
}

function unknownKeyMessage(composed: Composed, root: Node, path: KeyPath): string {
  const key = path[path.length - 1];
  const parent = path.slice(0, -1);
  const above = schemasAt(composed.schema, root, parent);
  const chosen = above.flatMap((schema) => chosenObjects(schema, nodeAt(root, parent)));
  const known = [...new Set(chosen.flatMap((object) => Object.keys(shapeOf(object))))];
  const match = nearest(key, known);
  if (match !== null && !known.includes(key)) return `unknown key; did you mean ${match}?`;
  const variants = above.flatMap((schema) => alternativesOf(schema).schemas).filter(isObject);
  const elsewhere = variants.some((object) => Object.hasOwn(shapeOf(object), key));
  const reason = elsewhere ? `not a key of ${variantWords(chosen)}` : "unknown key";
  const moved = [...composed.patterns.keys()].find(
    (pattern) => pattern.endsWith(`.${key}`) && !pattern.includes("*"),
  );
  if (!elsewhere && moved !== undefined) return `${reason}; did you mean ${moved}?`;
  return `${reason}; known here: ${known.join(", ")}`;
}

/** "kind: simulated" for the variant a literal key chose. */
function variantWords(chosen: readonly Schema[]): string {
  for (const object of chosen.filter(isObject)) {
    for (const [key, child] of Object.entries(shapeOf(object))) {
      const choices = child._zod.def.type === "literal" ? choicesOf(child) : null;
      if (choices !== null) return `${key}: ${choices.join(" or ")}`;
    }
  }
  return "this variant";
}

function authoredMessage(text: string, node: Node | undefined): string {
  return text.includes("got ") ? text : `${text}, ${gotWords(node)}`;
}

/** A map key its own schema refuses; the last segment of the path is the key. */
function keyMessage(issue: z.core.$ZodIssueInvalidKey): string {
  const authored = issue.issues.map((inner) => inner.message).filter((text) => text !== UNWORDED);
  return authored.length === 0 ? "is not a name that may stand here" : authored.join(", ");
}
