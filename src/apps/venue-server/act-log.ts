/**
 * The log of a venue's acts: one line of JSON for each, behind a first line that says whose log it is.
 * A line is handed to the operating system before its act is answered, so that a killed process loses
 * none that a client knows of; a line that a kill cut short was answered to nobody and is dropped.
 * Enters: a path, the first line; leaves: the acts so far. Refuses the log of another venue.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { OrderRequest, ReplaceRequest } from "../../venue/exchange/requests.ts";
import type { FaultRule } from "../../venue/faults.ts";

/** What the venue does by itself, at once. Amounts in minor units, quantities and prices as text. */
export type OwnAct =
  | { readonly act: "adjust_cash"; readonly minor: number; readonly silent: boolean }
  | {
      readonly act: "fill_unasked" | "place_phantom";
      readonly symbol: string;
      readonly qty: string;
      readonly price: string;
    }
  | { readonly act: "change_position"; readonly symbol: string; readonly qty: string }
  | { readonly act: "bust_price"; readonly execution_id: string; readonly price: string }
  | { readonly act: "repeat_fill"; readonly execution_id: string; readonly booked: boolean }
  | { readonly act: "stick_order"; readonly order_id: string }
  | { readonly act: "halt"; readonly symbol: string; readonly refuses: boolean }
  | { readonly act: "resume"; readonly symbol: string };

export type VenueAct =
  | { readonly kind: "place"; readonly request: OrderRequest }
  | { readonly kind: "replace"; readonly id: string; readonly request: ReplaceRequest }
  | { readonly kind: "cancel"; readonly id: string }
  /** Time moved; what else an entry of the log says happened after it. */
  | { readonly kind: "move" }
  | { readonly kind: "fault"; readonly rule: FaultRule }
  | { readonly kind: "own"; readonly own: OwnAct }
  | { readonly kind: "reject_next_replace" };

export type ActEntry = {
  /** Where the venue's time stood. */
  readonly at: number;
  /** What the faults had counted before it. */
  readonly counts: { readonly [moment: string]: number };
  readonly act: VenueAct;
};

export type ActLog = {
  /** What was in it when it was opened. */
  readonly entries: readonly ActEntry[];
  readonly append: (entry: ActEntry) => void;
  readonly close: () => void;
};

/** `title` decides everything that the acts do not: market, rules, seed, faults. */
export function openActLog(path: string, title: Json): ActLog {
  const first = canonicalJson(title);
  const descriptor = opened(path);
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, whole).toString().split("\n").slice(0, -1);
  if (lines.length > 0 && lines[0] !== first) {
    closeSync(descriptor);
    throw new Fault(
      "data",
      `${path} is the state of another venue: it was begun with ${lines[0].slice(0, 300)}, this one has ${first.slice(0, 300)}; start it as it was, or name another file`,
    );
  }
  ftruncateSync(descriptor, whole);
  if (lines.length === 0) writeSync(descriptor, `${first}\n`);
  return {
    entries: lines.slice(1).map((line, n) => entryOf(line, `${path}:${n + 2}`)),
    append: (entry) => void writeSync(descriptor, `${JSON.stringify(entry)}\n`),
    close: () => closeSync(descriptor),
  };
}

function opened(path: string): number {
  try {
    return openSync(path, "a+");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Fault("usage", `the venue's state ${path} cannot be opened (${code})`, { cause });
  }
}

function entryOf(line: string, where: string): ActEntry {
  try {
    return JSON.parse(line) as ActEntry;
  } catch (cause) {
    const message = `${where}: the venue's state is damaged; begin with another file`;
    throw new Fault("data", message, { where, cause });
  }
}
