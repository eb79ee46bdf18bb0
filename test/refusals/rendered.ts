/** One paragraph of a golden file: the command, how it ended, what it said, what it left. */
import type { Answer, BadInput } from "./bad-input.ts";
import { plainText } from "./bad-input.ts";

export function paragraph(
  input: BadInput,
  seen: { readonly answer: Answer; readonly folder: string; readonly left: readonly string[] },
): string {
  const { answer, folder, left } = seen;
  const settings = Object.entries(input.environment ?? {}).map(
    ([name, value]) => `${name}=${value} `,
  );
  const lines = [
    `## ${input.name}`,
    `$ ${settings.join("")}assay ${input.argv.map(quoted).join(" ")}`.trimEnd(),
    ...plainText(answer.stderr, folder).trimEnd().split("\n"),
    `(exit ${answer.code}${left.length === 0 ? "" : `; left behind: ${left.join(", ")}`})`,
  ];
  return `${lines.join("\n")}\n`;
}

function quoted(word: string): string {
  return /^[\w./:=@%,-]+$/.test(word) ? word : `'${word}'`;
}
