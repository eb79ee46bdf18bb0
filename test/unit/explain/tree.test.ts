import { expect, it } from "vitest";
import { node, treeLines } from "../../../src/apps/explain/tree.ts";
import { paintFor } from "../../../src/apps/cli/terminal.ts";

const NODES = [
  node("forecast", "strength 1"),
  node("gates", "", [node("heat", "pass"), node("volatility_regime", "refused", [], "bad")]),
  node("end", "EXECUTED", [node("cut", "by sizing")], "good"),
];

it("aligns siblings, and lets the branches of the last one hang free", () => {
  expect(treeLines(NODES, paintFor({ write: () => true }, {}))).toEqual([
    "├─ forecast  strength 1",
    "├─ gates",
    "│  ├─ heat               pass",
    "│  └─ volatility_regime  refused",
    "└─ end       EXECUTED",
    "   └─ cut  by sizing",
  ]);
});

it("colours by tone on a terminal, and nowhere else", () => {
  const lines = treeLines(NODES, paintFor({ isTTY: true, write: () => true }, {}));
  expect(lines[3]).toContain("\u001b[31mrefused\u001b[0m");
  expect(lines[4]).toContain("\u001b[32mEXECUTED\u001b[0m");
  expect(lines[2]).not.toContain("\u001b[31m");
});
