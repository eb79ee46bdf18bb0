/** One instrument on one date explained: the answer in one sentence, then what happened. */
import type { Json } from "../../base/canonical-json.ts";
import type { Paint } from "../cli/terminal.ts";
import { barOn } from "./bars.ts";
import { dayAnswer } from "./day-answer.ts";
import { dayPath } from "./day-path.ts";
import { dayNodes } from "./day-tree.ts";
import type { RunRecord } from "./record.ts";
import { runDocument, runLines } from "./run-lines.ts";
import { answerOf } from "./signal-answer.ts";
import { treeLines } from "./tree.ts";

export async function explainDay(
  record: RunRecord,
  asked: {
    readonly instrument: string;
    readonly date: string;
    readonly home: string;
    readonly paint: Paint;
  },
): Promise<{ document: Json; lines: readonly string[] }> {
  const { paint } = asked;
  const day = dayPath(record, asked.instrument, asked.date);
  const bar = await barOn(record, day, asked.home);
  const answer = dayAnswer(record, day, bar);
  const mark = answer.traded ? paint.green : paint.red;
  const lines = [
    mark(answer.sentence),
    "",
    paint.bold(`${day.instrument}, ${day.date}`),
    ...treeLines(dayNodes(record, day, { answer, bar }), paint),
    ...runLines(record, paint),
  ];
  const document = {
    answer: answer.sentence,
    traded: answer.traded,
    quiet: answer.quiet,
    bar: bar.known ? bar.value : null,
    ...runDocument(record),
    ...day,
    holds: answer.holds,
    signals: day.signals.map((path) => {
      const { sentence, traded, decided_by } = answerOf(path, record);
      return { answer: sentence, traded, decided_by, ...path };
    }),
  };
  return { document: document as unknown as Json, lines };
}
