/** One process per account: refused by name and pid, free again however the holder ends. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { instanceHolder, takeInstanceLock } from "../../../src/adapters/system/instance-lock.ts";

const root = mkdtempSync(join(tmpdir(), "assay-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = () => join(root, `account-${folders++}`);

const SINCE_MS = Date.UTC(2026, 0, 5, 14, 30);
const ME = { what: "assay trade", pid: 4711, sinceMs: SINCE_MS };

const LOCK = JSON.stringify(
  resolve(import.meta.dirname, "../../../src/adapters/system/instance-lock.ts"),
);

/** A process that takes the lock, says so, and lives until it is killed. */
async function startHolder(folder: string) {
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { takeInstanceLock } from ${LOCK};
       const holder = { what: "assay trade", pid: process.pid, sinceMs: ${SINCE_MS} };
       globalThis.held = takeInstanceLock(${JSON.stringify(folder)}, holder);
       process.stdout.write("held\\n");
       setInterval(() => undefined, 1000);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise((done) => void child.once("exit", done));
  onTestFinished(() => void child.kill("SIGKILL"));
  await Promise.race([new Promise((said) => void child.stdout.once("data", said)), ended]);
  return { pid: child.pid, kill: () => void child.kill("SIGKILL"), ended };
}

describe("the lock of an account", () => {
  it("is one's own until it is released, and a second one is told who holds it", () => {
    const folder = freshFolder();
    const lock = takeInstanceLock(folder, ME);
    const take = () => takeInstanceLock(folder, { ...ME, pid: 1 });
    expect(take).toThrow(
      `another assay trade (pid 4711, since 2026-01-05T14:30:00.000Z) holds ${folder}; wait until it ends`,
    );
    expect(take).toThrow(expect.objectContaining({ kind: "busy", where: folder }));
    expect(instanceHolder(folder)).toBe("assay trade (pid 4711, since 2026-01-05T14:30:00.000Z)");
    lock.release();
    lock.release();
    expect(instanceHolder(folder)).toBeNull();
    const next = takeInstanceLock(folder, { ...ME, pid: 2 });
    // An old holder's second release takes nothing from the new one.
    lock.release();
    expect(take).toThrow("pid 2,");
    next.release();
    expect(existsSync(join(folder, "holder.json"))).toBe(false);
  });

  it("of another process is refused, and free as soon as that one is killed", async () => {
    const folder = freshFolder();
    const holder = await startHolder(folder);
    expect(() => takeInstanceLock(folder, ME)).toThrow(`another assay trade (pid ${holder.pid}, `);
    holder.kill();
    await holder.ended;
    // What the killed one left says nothing about who holds it.
    expect(readFileSync(join(folder, "holder.json"), "utf8")).toContain(`${holder.pid}`);
    expect(instanceHolder(folder)).toBeNull();
    takeInstanceLock(folder, ME).release();
  });

  it("does not need to know the holder's name to refuse", () => {
    const folder = freshFolder();
    const lock = takeInstanceLock(folder, ME);
    onTestFinished(lock.release);
    for (const text of [null, "", '{"what":"a\\u001b[31m","pid":1,"since":"x"}\n', "half a"]) {
      rmSync(join(folder, "holder.json"), { force: true });
      if (text !== null) writeFileSync(join(folder, "holder.json"), text);
      expect(() => takeInstanceLock(folder, ME)).toThrow(`another process holds ${folder}`);
    }
  });

  it("that cannot be taken says why", () => {
    const folder = freshFolder();
    expect(instanceHolder(folder)).toBeNull();
    takeInstanceLock(folder, ME).release();
    writeFileSync(join(folder, "lock.sqlite"), "not a database".repeat(100));
    expect(() => takeInstanceLock(folder, ME)).toThrow(/lock\.sqlite is damaged; it holds nothing/);
    const file = freshFolder();
    writeFileSync(file, "");
    expect(() => takeInstanceLock(file, ME)).toThrow(/cannot create the folder/);
  });

  it("is not kept where the holder's name cannot be written", () => {
    const folder = freshFolder();
    takeInstanceLock(folder, ME).release();
    const odd = { ...ME, sinceMs: Number.NaN };
    expect(() => takeInstanceLock(folder, odd)).toThrow(RangeError);
    takeInstanceLock(folder, ME).release();
  });
});
