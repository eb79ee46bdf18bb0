/** No file of the repository may name a place on one machine: it is wrong on every other. */
import type { Violation } from "./violation.ts";

const FOLDERS = ["home", "Users", "root", "work", "workspace", "mnt", "srv", "private", "tmp"];
const MACHINE_PATH = new RegExp(
  `(?:^|[\\s"'\`(=:<])((?:/(?:${FOLDERS.join("|")})/|[A-Z]:\\\\{1,2})[\\w.@-]+)`,
);

export function checkPaths(file: string, text: string): Violation[] {
  return text.split("\n").flatMap((line, index) => {
    const path = MACHINE_PATH.exec(line)?.[1];
    if (path === undefined) return [];
    const message = `${path} is a place on one machine: resolve it from import.meta.dirname or tmpdir()`;
    return [{ file, line: index + 1, rule: "path", message }];
  });
}
