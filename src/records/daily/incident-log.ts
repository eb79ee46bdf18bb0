/**
 * The incident log of an account as CSV: what went wrong, what closed trading and what opened it
 * again, from the journal alone. A row per incident and per break, in the order of the journal. One
 * header line, LF, RFC 4180 quoting, one line per row. A file that begins otherwise is refused with
 * Fault("verify"): it can be made anew from the journal.
 */
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";

export const INCIDENT_FILE = "incidents.csv";

export type IncidentRow = {
  readonly seq: number;
  readonly at: string;
  readonly kind: "incident" | "paused" | "resumed" | "reconciled";
  readonly severity: "info" | "warning" | "critical";
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  /** Empty where no person acted. */
  readonly operator: string;
};

export function incidentLog(entries: readonly AccountEntry[]): string {
  return mergeIncidents(null, entries);
}

/**
 * The log with what `entries` tell: all of the journal from the first of them on. What was written of
 * them before is replaced, so that a day that is closed again stands in it once.
 */
export function mergeIncidents(written: string | null, entries: readonly AccountEntry[]): string {
  const header = COLUMNS.join(",");
  const [found, ...lines] = (written ?? `${header}\n`).split("\n");
  if (found !== header || lines.pop() !== "") {
    throw new Fault(
      "verify",
      `${INCIDENT_FILE} is not the file that was written; move it away, it is made anew from the journal`,
      { where: INCIDENT_FILE },
    );
  }
  const from = entries[0]?.seq ?? Number.POSITIVE_INFINITY;
  const kept = lines.filter((line) => Number.parseInt(line, 10) < from);
  const added = incidentRows(entries).map((row) =>
    COLUMNS.map((name) => quoted(String(row[name]))).join(","),
  );
  return [header, ...kept, ...added, ""].join("\n");
}

/** A reconciliation that passed is no incident; one that did not is told break by break. */
export function incidentRows(entries: readonly AccountEntry[]): IncidentRow[] {
  return entries.flatMap(({ seq, at, payload }): IncidentRow[] => {
    const place = { seq, at, kind: payload.kind as IncidentRow["kind"] };
    switch (payload.kind) {
      case "incident": {
        const { severity, code, subject, message } = payload;
        return [{ ...place, severity, code, subject, message, operator: "" }];
      }
      case "paused": {
        const { cause, message, operator } = payload;
        const what = { code: "paused", subject: cause, message };
        return [{ ...place, severity: "critical", ...what, operator: operator ?? "" }];
      }
      case "resumed": {
        const { operator, reason, forced } = payload;
        const how = forced ? "forced, without a PASS" : "after a PASS";
        const what = { code: "resumed", subject: how, message: reason };
        return [{ ...place, severity: forced ? "critical" : "info", ...what, operator }];
      }
      case "reconciled":
        return reconciliationRows(place, payload);
      default:
        return [];
    }
  });
}

type Place = Pick<IncidentRow, "seq" | "at" | "kind">;
type Reconciled = AccountEntry["payload"] & { readonly kind: "reconciled" };

function reconciliationRows(place: Place, { phase, result, breaks }: Reconciled): IncidentRow[] {
  if (result === "PASS") return [];
  const summary = `reconciliation at ${phase}: ${result}, ${breaks.length} breaks`;
  const first: IncidentRow = {
    ...place,
    severity: "critical",
    code: `reconciliation_${result.toLowerCase()}`,
    subject: phase,
    message: summary,
    operator: "",
  };
  const rest = breaks.map(
    ({ code, subject, message }): IncidentRow => ({
      ...place,
      severity: "critical",
      code,
      subject,
      message,
      operator: "",
    }),
  );
  return [first, ...rest];
}

const COLUMNS = [
  "seq",
  "at",
  "kind",
  "severity",
  "code",
  "subject",
  "message",
  "operator",
] as const satisfies readonly (keyof IncidentRow)[];

function quoted(value: string): string {
  const text = value.replace(/\s+/g, " ");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
