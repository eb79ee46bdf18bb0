/** The two tables of ARCHITECTURE.md, made from the rules that the architecture test enforces. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FILE_RULES, type FileRule, RULES, type Rule } from "../architecture/import-table.ts";
import { ROOT } from "./markdown.ts";

const NONE = "-";

/** Of rooms that exist: a rule may stand ready for one that does not. */
export function importTable(rules: readonly Rule[] = RULES): readonly string[] {
  const present = rules.filter(({ room }) => existsSync(join(ROOT, room.replace(/\/\*$/, ""))));
  return present.map((rule) => {
    const rooms = [
      ...rule.rooms.map(code),
      ...(rule.types ?? []).map((room) => `types of ${code(room)}`),
    ];
    const npm = rule.npm === "any" ? "any" : joined(rule.npm.map(code));
    return row([code(rule.room), joined(rooms), npm, rule.node ? "yes" : "no", rule.why]);
  });
}

export function fileTable(rules: readonly FileRule[] = FILE_RULES): readonly string[] {
  return rules.map((rule) => {
    const more = [
      ...(rule.npm ?? []).map((name) => `package ${code(name)}`),
      ...(rule.rooms ?? []).map(code),
      ...(rule.types ?? []).map((room) => `types of ${code(room)}`),
      ...(rule.urls ?? []).map((file) => `the address of ${code(file)}`),
    ];
    return row([code(rule.files.source.replaceAll("\\/", "/")), joined(more), rule.why]);
  });
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function joined(parts: readonly string[]): string {
  return parts.length === 0 ? NONE : parts.join(", ");
}

function code(text: string): string {
  return `\`${text}\``;
}
