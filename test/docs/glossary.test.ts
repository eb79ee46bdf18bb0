/** docs/glossary.md against the code: the lists it gives are whole, its words stand in order. */
import { expect, it } from "vitest";
import { TERMINAL_STATES } from "../../src/domain/refusal.ts";
import { BRAKE_REGIMES, BREAKER_STATES, VOLATILITY_REGIMES } from "../../src/domain/regime.ts";
import { SECTIONS } from "../../src/engine/sections.ts";
import { PORTFOLIO_STAGES } from "../../src/engine/stage-tally.ts";
import { composeSections } from "../../src/mandate/compose.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../src/records/artifacts/registry.ts";
import { readDocument, tableRows } from "./markdown.ts";

const ROWS = tableRows(readDocument("docs/glossary.md"));
const meaningOf = new Map(ROWS.map(([word, meaning]) => [word, meaning]));

/** What a meaning leaves unsaid of a list that should be whole. */
function missing(word: string, list: readonly string[]): string[] {
  const meaning = meaningOf.get(word) ?? "";
  return list.filter((one) => !new RegExp(`\\b${one}\\b`).test(meaning));
}

it("has each word once, in alphabetical order", () => {
  const words = ROWS.map(([word]) => word.toLowerCase());
  expect(words).toEqual([...new Set(words)].sort());
});

it("names every stage, artifact, profile, regime and end of a signal", () => {
  const stages = PORTFOLIO_STAGES.map((stage) => stage.replace("_", " "));
  const artifacts = [...Object.keys(RUN_ARTIFACTS), ...Object.keys(LAYER_ARTIFACTS)];
  const ends = TERMINAL_STATES.map((state) => state.replace("REJECTED_BY_", ""));
  expect(missing("stage", stages)).toEqual([]);
  expect(missing("artifact", artifacts)).toEqual([]);
  expect(missing("profile", [...composeSections(SECTIONS).profiles.keys()])).toEqual([]);
  expect(missing("regime", [...BRAKE_REGIMES, ...VOLATILITY_REGIMES])).toEqual([]);
  expect(missing("breaker, circuit breaker", BREAKER_STATES)).toEqual([]);
  expect(missing("terminal state", ends)).toEqual([]);
});

it("a list that lacks one would be found", () => {
  expect(missing("stage", ["sizing", "rounding"])).toEqual(["rounding"]);
  expect(missing("no such word", ["sizing"])).toEqual(["sizing"]);
});
