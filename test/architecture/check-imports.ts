/**
 * Judges references between files by the import table, and finds circles. Values in (parsed files
 * and the names of installed dependencies), violations out; knows nothing of the disk, so that a
 * test can plant a house that is built wrong.
 */
import { posix } from "node:path";
import { FILE_RULES, type FileRule, RULES, type Rule } from "./import-table.ts";
import type { Reference, SourceFile } from "./source-file.ts";
import type { Violation } from "./violation.ts";

export type Sources = ReadonlyMap<string, SourceFile>;

/** `dependencies`: what package.json promises to a user's installation. */
export function checkImports(files: Sources, dependencies: readonly string[]): Violation[] {
  return [...files.values()].flatMap((file) => {
    const place = placeOf(file.path);
    if (place === null) return file.path.includes("/") ? [noRoom(file)] : [];
    return file.references.flatMap((reference) => {
      const message = judge({ file, place, reference, files, dependencies });
      return message === null
        ? []
        : [{ file: file.path, line: reference.line, rule: "imports", message }];
    });
  });
}

export type Place = { readonly rule: Rule; readonly room: string };

/** The room a file lies in: the longest rule that covers its path. */
export function placeOf(path: string): Place | null {
  const covering = RULES.flatMap((rule) => {
    const folder = rule.room.replace(/\/\*$/, "");
    if (!path.startsWith(`${folder}/`)) return [];
    if (!rule.room.endsWith("/*")) return [{ rule, room: folder }];
    const below = path.slice(folder.length + 1).split("/");
    return [{ rule, room: below.length > 1 ? `${folder}/${below[0]}` : folder }];
  });
  return covering.toSorted((a, b) => b.rule.room.length - a.rule.room.length)[0] ?? null;
}

/** The file a relative specifier names. */
export function targetOf(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

type Case = {
  readonly file: SourceFile;
  readonly place: Place;
  readonly reference: Reference;
  readonly files: Sources;
  readonly dependencies: readonly string[];
};

function judge(asked: Case): string | null {
  const { place, reference } = asked;
  const { specifier, kind } = reference;
  if (kind === "dynamic import" && !place.rule.node) {
    return `${place.room} imports at run time; a pure room's imports stand at the top of the file`;
  }
  if (specifier === null) return null;
  if (specifier.startsWith(".")) return judgeFile(asked, targetOf(asked.file.path, specifier));
  if (specifier.startsWith("node:")) return judgeNode(place, specifier);
  return judgePackage(asked, packageOf(specifier));
}

function judgeFile({ file, place, reference, files }: Case, target: string): string | null {
  if (!files.has(target)) {
    return `no file ${target}; relative imports name an existing file, ending .ts`;
  }
  const there = placeOf(target);
  if (there === null || there.room === place.room) return null;
  const extra = FILE_RULES.filter((rule) => rule.files.test(file.path));
  const admits = (list: (rule: Rule | FileRule) => readonly string[] | undefined): boolean =>
    [place.rule, ...extra].flatMap((r) => list(r) ?? []).some((p) => covers(p, there.room));
  if (admits((rule) => rule.rooms)) return null;
  if (reference.kind === "url" && extra.some((rule) => rule.urls?.includes(target))) return null;
  if (admits((rule) => rule.types)) {
    if (reference.typeOnly) return null;
    return `${file.path} may import types of ${there.room} only: write \`import type\``;
  }
  return `${place.room} may not import ${there.room} (${target}): ${place.rule.why}`;
}

function judgeNode(place: Place, specifier: string): string | null {
  if (place.rule.node) return null;
  return `${place.room} may not import ${specifier}: pure rooms get the outside through a port`;
}

function judgePackage({ file, place, dependencies }: Case, name: string): string | null {
  const extra = FILE_RULES.filter((rule) => rule.files.test(file.path)).flatMap((r) => r.npm ?? []);
  if (extra.includes(name)) return null;
  const { npm } = place.rule;
  if (npm !== "any") {
    if (npm.some((pattern) => coversPackage(pattern, name))) return null;
    const allowed = npm.length === 0 ? "none" : npm.join(", ");
    return `${place.room} may not import the package ${name} (allowed: ${allowed}): ${place.rule.why}`;
  }
  if (!file.path.startsWith("src/") || dependencies.includes(name)) return null;
  return `${name} is not in package.json's dependencies; src must run without devDependencies`;
}

function covers(pattern: string, room: string): boolean {
  if (!pattern.endsWith("/*")) return room === pattern;
  const folder = pattern.slice(0, -2);
  return room === folder || room.startsWith(`${folder}/`);
}

function coversPackage(pattern: string, name: string): boolean {
  return pattern.endsWith("/*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function noRoom(file: SourceFile): Violation {
  const message = "lies in no room of the import table; add a rule with its sentence, or move it";
  return { file: file.path, line: 1, rule: "imports", message };
}
