/** A reconciliation in lines for a person: what was compared, then each break aligned, its sentence below it. */
import type { Break, Reconciliation } from "../../domain/reconciliation.ts";

export function breakLines(reconciliation: Reconciliation): readonly string[] {
  const { result, breaks, warnings, compared } = reconciliation;
  const counts = [
    counted(compared.positions, "position", "positions"),
    counted(compared.currencies, "currency", "currencies"),
    counted(compared.orders, "order", "orders"),
    counted(compared.fills, "fill", "fills"),
  ];
  return [
    `reconciliation ${result}: ${counted(breaks.length, "break", "breaks")}; compared ${counts.join(", ")}`,
    ...table(breaks),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ];
}

function table(breaks: readonly Break[]): readonly string[] {
  const rows = breaks.map(({ code, subject, ours, theirs, unit }) => [
    code,
    subject,
    `ours ${ours ?? "none"}`,
    `theirs ${theirs ?? "none"}`,
    unit,
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => row[column].length)),
  );
  return rows.flatMap((row, i) => [
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`,
    `    ${breaks[i].message}`,
  ]);
}

function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
