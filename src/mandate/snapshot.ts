/** The resolved mandate as rows a person can read: one per value, with where it comes from. */
import { stringify } from "yaml";
import type { KeyTag } from "../domain/section.ts";
import { formatKey, type KeyPath, renderOrigin } from "./origin.ts";
import { childrenOf, type Node, valueOf } from "./tree.ts";

export type SnapshotRow = {
  readonly key: string;
  /** As YAML on one line. */
  readonly value: string;
  readonly origin: string;
  readonly tag: KeyTag | null;
};

export function snapshotRows(
  root: Node,
  tag: (path: KeyPath) => KeyTag | null,
  path: KeyPath = [],
): readonly SnapshotRow[] {
  return childrenOf(root).flatMap(([segment, node]) => {
    const at = [...path, segment];
    if (!isOneValue(node)) return snapshotRows(node, tag, at);
    const value = stringify(valueOf(node), {
      lineWidth: 0,
      blockQuote: false,
      doubleQuotedAsJSON: true,
      collectionStyle: "flow",
      flowCollectionPadding: false,
    });
    const row = {
      key: formatKey(at),
      value: value.trimEnd(),
      origin: renderOrigin(node.origin),
      tag: tag(at),
    };
    return [row];
  });
}

/** Scalars, lists of scalars, and whatever is empty. */
function isOneValue(node: Node): boolean {
  const children = childrenOf(node);
  if (node.kind === "map") return children.length === 0;
  return children.every(([, child]) => child.kind === "leaf");
}
