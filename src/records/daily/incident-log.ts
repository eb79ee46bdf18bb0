/**
 * The incident log of an account as CSV: what went wrong, what closed trading and what opened it
 * again, from the journal alone, key seq. One header line, LF, RFC 4180 quoting.
 */
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
  const lines = incidentRows(entries).map((row) =>
    COLUMNS.map((name) => quoted(String(row[name]))).join(","),
  );
  return [COLUMNS.join(","), ...lines, ""].join("\n");
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

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
