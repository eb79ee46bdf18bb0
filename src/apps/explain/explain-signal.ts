/** One signal explained: the answer in one sentence, then its path; as a document and as lines. */
import type { Json } from "../../base/canonical-json.ts";
import type { Paint } from "../cli/terminal.ts";
import { findSignal } from "./find-signal.ts";
import type { RunRecord } from "./record.ts";
import { runDocument, runLines } from "./run-lines.ts";
import { answerOf } from "./signal-answer.ts";
import { signalPath } from "./signal-path.ts";
import { signalNodes } from "./signal-tree.ts";
import { treeLines } from "./tree.ts";
import { shortId } from "./words.ts";

export function explainSignal(
  record: RunRecord,
  text: string,
  paint: Paint,
): { document: Json; lines: readonly string[] } {
  const path = signalPath(record, findSignal(record, text));
  const answer = answerOf(path, record);
  const { signal, at, end } = path;
  const mark = answer.traded ? paint.green : paint.red;
  const title = `${signal.strategy} on ${signal.instrument}, ${at}`;
  const lines = [
    mark(answer.sentence),
    "",
    `${paint.bold(title)}  ${end?.state ?? "no end"}  signal ${shortId(signal.signal_id)}, entry ${path.seq}`,
    ...treeLines(signalNodes(path, { ...record, records: record.document.stages }), paint),
    ...runLines(record, paint),
  ];
  const document = {
    answer: answer.sentence,
    traded: answer.traded,
    decided_by: answer.decided_by,
    ...runDocument(record),
    ...path,
  };
  return { document: document as unknown as Json, lines };
}
