/** A trading account explained: one signal, or one instrument on one day; as a document and as lines. */
import type { Json } from "../../base/canonical-json.ts";
import type { Paint } from "../cli/terminal.ts";
import { type AccountRecord, dayAt, stagesAt } from "./account-record.ts";
import { accountAnswer, accountSignal, signalIds } from "./account-signal.ts";
import { accountDay } from "./account-day.ts";
import { accountDayAnswer } from "./account-day-answer.ts";
import { accountDayNodes } from "./account-day-tree.ts";
import { chooseSignal } from "./find-signal.ts";
import { signalNodes } from "./signal-tree.ts";
import { type Node, node, treeLines } from "./tree.ts";
import { isAtWork } from "./venue-words.ts";
import { standingNodes } from "./venue-tree.ts";
import type { SignalPath } from "./signal-path.ts";
import { shortId } from "./words.ts";

export type Explained = { readonly document: Json; readonly lines: readonly string[] };

export function explainAccountSignal(record: AccountRecord, text: string, paint: Paint): Explained {
  const where = { whose: accountWords(record), listed: "as the days' documents have them" };
  const id = chooseSignal(text, where, (visit) => signalIds(record).forEach(visit));
  const found = accountSignal(record, id);
  const answer = accountAnswer(found, record);
  const { path, standing } = found;
  const { signal, at, end } = path;
  const mark = answer.traded ? paint.green : end === null ? paint.yellow : paint.red;
  const title = `${signal.strategy} on ${signal.instrument}, ${at}`;
  const lines = [
    mark(answer.sentence),
    "",
    `${paint.bold(title)}  ${end?.state ?? "at work"}${markOf(record)}  signal ${shortId(id)}, entry ${path.seq}`,
    ...treeLines(pathNodes(path, record, standingNodes(standing)), paint),
    ...accountLines(record, path.seq, paint),
  ];
  const document = {
    answer: answer.sentence,
    traded: answer.traded,
    decided_by: answer.decided_by,
    ...accountDocument(record, path.seq),
    ...path,
    trading: standing,
  };
  return { document: document as unknown as Json, lines };
}

/** As of a run; an end that is still to come is no fault here. */
function pathNodes(
  path: SignalPath,
  record: AccountRecord,
  closed: readonly Node[],
): readonly Node[] {
  const view = { currency: record.currency, digits: record.digits };
  const nodes = signalNodes(path, { ...view, records: stagesAt(record, path.seq) });
  const open = path.orders.some(isAtWork)
    ? "none yet: its order is at work"
    : "none yet: it waits to meet another sleeve";
  const end = path.end === null ? [node("end", open, [], "dim")] : nodes.slice(-1);
  return [...nodes.slice(0, -1), ...closed, ...end];
}

export function explainAccountDay(
  record: AccountRecord,
  asked: Parameters<typeof accountDay>[1],
  paint: Paint,
): Explained {
  const day = accountDay(record, asked);
  const answer = accountDayAnswer(record, day);
  const mark = answer.traded ? paint.green : paint.red;
  const lines = [
    mark(answer.sentence),
    "",
    `${paint.bold(`${day.instrument}, ${day.date}`)}${markOf(record)}`,
    ...treeLines(accountDayNodes(record, day, answer), paint),
    ...accountLines(record, day.until_seq, paint),
  ];
  const document = {
    answer: answer.sentence,
    traded: answer.traded,
    quiet: answer.quiet,
    ...accountDocument(record, day.until_seq),
    ...day,
    signals: day.signals.map((each) => {
      const { sentence, traded, decided_by } = accountAnswer(each, record);
      return { answer: sentence, traded, decided_by, ...each.path, trading: each.standing };
    }),
  };
  return { document: document as unknown as Json, lines };
}

/** Whatever a dry run leaves says so. */
function markOf({ mode }: AccountRecord): string {
  return mode === "dry_run" ? "  DRY_RUN" : "";
}

function accountWords({ mode, opened }: AccountRecord): string {
  return `the ${mode.replace("_", "-")} account ${opened.account}`;
}

function accountLines(record: AccountRecord, seq: number, paint: Paint): readonly string[] {
  const { opened, head, notes } = record;
  const day = dayAt(record, seq);
  const status = day === null ? [] : [`day ${day.opened.date} ${day.closed?.status ?? "open"}`];
  const about = [
    `account ${opened.account} at ${opened.broker}`,
    ...status,
    `its record holds up to entry ${head.seq}`,
  ];
  return [paint.dim(about.join("  ")), ...notes.map((note) => paint.dim(note))];
}

function accountDocument(record: AccountRecord, seq: number) {
  const { opened, head, mode } = record;
  const day = dayAt(record, seq);
  return {
    account: {
      account: opened.account,
      broker: opened.broker,
      mode,
      mark: mode === "dry_run" ? "DRY_RUN" : null,
      journal_head: head.hash,
      day: day?.opened.date ?? null,
      status: day?.closed?.status ?? null,
    },
  };
}
