/**
 * The last step of laying layers: keys in the order of the schema (so that two spellings of one
 * mandate print alike), and defaults of union variants that were not chosen taken away again. A
 * default for `kind: csv` is no mistake of a mandate that says `kind: simulated`.
 */
import {
  alternativesOf,
  chosenObjects,
  isObject,
  memberOf,
  type Schema,
  shapeOf,
} from "./schema.ts";
import type { Node } from "./tree.ts";

export function settle(schema: Schema, node: Node): Node {
  return settleAll([schema], node);
}

function settleAll(schemas: readonly Schema[], node: Node): Node {
  if (node.kind === "leaf") return node;
  const members = schemas.flatMap((schema) =>
    alternativesOf(schema)
      .schemas.map(memberOf)
      .filter((member) => member !== null),
  );
  if (node.kind === "list") {
    return { ...node, items: node.items.map((item) => settleAll(members, item)) };
  }
  const chosen = schemas.flatMap((schema) => chosenObjects(schema, node));
  const known = [...new Set(chosen.flatMap((object) => Object.keys(shapeOf(object))))];
  const elsewhere = new Set(
    schemas
      .flatMap((schema) => alternativesOf(schema).schemas)
      .filter(isObject)
      .flatMap((object) => Object.keys(shapeOf(object))),
  );
  const ordered = [
    ...known.filter((key) => node.entries.has(key)),
    ...[...node.entries.keys()].filter((key) => !known.includes(key)),
  ];
  const kept = ordered
    .map((key) => [key, node.entries.get(key) as Node] as const)
    .filter(([key, child]) => known.includes(key) || !elsewhere.has(key) || !isOurs(child))
    .map(([key, child]) => {
      const inner = chosen.map((object) => shapeOf(object)[key]).filter((s) => s !== undefined);
      return [key, settleAll(inner.length > 0 ? inner : members, child)] as const;
    });
  return { ...node, entries: new Map(kept) };
}

/** Nothing in it was said by the mandate, the environment or a flag. */
function isOurs(node: Node): boolean {
  if (node.origin.layer !== "default" && node.origin.layer !== "profile") return false;
  if (node.kind === "map") return [...node.entries.values()].every(isOurs);
  return node.kind === "leaf" || node.items.every(isOurs);
}
