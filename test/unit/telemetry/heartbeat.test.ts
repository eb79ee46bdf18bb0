/** A heartbeat beats whether anything happens or not, and its failure is told. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { HEARTBEAT_FILE, startHeartbeat } from "../../../src/adapters/telemetry/heartbeat.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-heartbeat-"));
  folders.push(folder);
  return folder;
}

/** A timer that a test turns. */
function handTimer() {
  let call: (() => void) | null = null;
  return {
    every: (_: number, what: () => void) => {
      call = what;
      return () => {
        call = null;
      };
    },
    turn: () => call?.(),
    isRunning: () => call !== null,
  };
}

const read = (folder: string) =>
  JSON.parse(readFileSync(join(folder, HEARTBEAT_FILE), "utf8")) as { at: string; beats: number };

it("is written at once and on its own timer, and goes with a clean end", () => {
  const folder = fresh();
  const timer = handTimer();
  let nowMs = Date.UTC(2024, 0, 2);
  const { stop } = startHeartbeat(folder, {
    what: "assay trade",
    pid: 7,
    nowMs: () => nowMs,
    every: timer.every,
  });
  expect(read(folder)).toMatchObject({ at: "2024-01-02T00:00:00.000Z", beats: 1, pid: 7 });
  nowMs += 15_000;
  timer.turn();
  expect(read(folder)).toMatchObject({ at: "2024-01-02T00:00:15.000Z", beats: 2 });
  stop();
  expect(timer.isRunning()).toBe(false);
  expect(existsSync(join(folder, HEARTBEAT_FILE))).toBe(false);
});

it("that could not be written is told at the end", () => {
  const folder = fresh();
  const timer = handTimer();
  const { stop } = startHeartbeat(folder, {
    what: "x",
    pid: 7,
    nowMs: () => 0,
    every: timer.every,
  });
  rmSync(folder, { recursive: true });
  timer.turn();
  expect(stop).toThrow(/cannot write .*heartbeat\.json/);
});
