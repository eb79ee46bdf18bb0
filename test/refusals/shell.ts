/** The command line as a process of its own, as a person's shell starts it. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Start } from "./bad-input.ts";

const MAIN = resolve(import.meta.dirname, "../../src/apps/cli/main.ts");

export const byProcess: Start = (argv, folder, environment) =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [MAIN, ...argv], { cwd: folder, env: environment });
    const written = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      written.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      written.stderr += text;
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? -1, ...written }));
  });
