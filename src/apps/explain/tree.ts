/**
 * A tree of labelled facts as aligned lines for a person. Enters: nodes; leaves: lines, each label
 * as wide as its siblings' widest, with box-drawing branches. Colour is the caller's paint.
 */
import type { Paint } from "../cli/terminal.ts";

export type Tone = "plain" | "good" | "bad" | "dim";

export type Node = {
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
  readonly children: readonly Node[];
};

export function node(
  label: string,
  text: string,
  children: readonly Node[] = [],
  tone: Tone = "plain",
): Node {
  return { label, text, tone, children };
}

export function treeLines(nodes: readonly Node[], paint: Paint, indent = ""): readonly string[] {
  const width = Math.max(0, ...nodes.map(({ label, text }) => (text === "" ? 0 : label.length)));
  return nodes.flatMap((each, n) => {
    const isLast = n === nodes.length - 1;
    const branch = paint.dim(`${indent}${isLast ? "└─ " : "├─ "}`);
    const label = each.text === "" ? each.label : `${each.label.padEnd(width)}  `;
    const line = `${branch}${paint.bold(label)}${toned(each, paint)}`;
    return [line, ...treeLines(each.children, paint, `${indent}${isLast ? "   " : "│  "}`)];
  });
}

function toned({ text, tone }: Node, paint: Paint): string {
  switch (tone) {
    case "plain":
      return text;
    case "good":
      return paint.green(text);
    case "bad":
      return paint.red(text);
    case "dim":
      return paint.dim(text);
  }
}
