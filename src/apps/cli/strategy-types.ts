/**
 * The module "assay" as an editor sees it: made from the very files the engine is compiled
 * against, so that it cannot drift. Enters: the texts of domain/target.ts, forecast.ts and strategy.ts;
 * leaves: an ambient declaration. Refuses (our mistake) sources that are more than types.
 */
import { invariant } from "../../base/assert.ts";

const HEADER = `// Written by \`assay init\` from Assay's own types: completion for strategies. Do not edit.
`;

const DEFINE_STRATEGY = `/** Gives a strategy its types; returns it as it is. */
export function defineStrategy<
  const P extends Record<string, ParameterSpec>,
  const C extends Record<string, Column | Condition>,
>(strategy: Strategy<P, C>): Strategy<P, C>;
`;

export function strategyTypes(sources: readonly string[]): string {
  const bodies = [...sources.map(typesOnly), DEFINE_STRATEGY];
  const indented = bodies
    .join("\n")
    .trimEnd()
    .replace(/^(?=.)/gm, "  ");
  return `${HEADER}declare module "assay" {\n${indented}\n}\n`;
}

/** Without module comment and imports; `declare` is implied inside a declared module. */
function typesOnly(source: string): string {
  const body = source
    .replace(/^\/\*\*[\s\S]*?\*\/\n/, "")
    .replace(/^import type [^;]*;\n/gm, "")
    .replace(/^declare /gm, "")
    .trim();
  const runs = /^(?:export )?(?:function|class|let|var|import|const (?!\w+: unique symbol;))/m.exec(
    body,
  );
  invariant(runs === null, 8, () => `the strategy's types hold code: ${runs?.[0]}`);
  return `${body}\n`;
}
