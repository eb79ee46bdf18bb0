/** Tasks that end and are heard of; signals that become a clean stop, and the second one that does not. */
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createTasks, listenForStop } from "../../../src/adapters/system/tasks.ts";

const after = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe("tasks", () => {
  it("report each failure under its name, and settle", async () => {
    const told: string[] = [];
    const tasks = createTasks((name, error) => void told.push(`${name}: ${String(error)}`));
    tasks.start("stream", Promise.reject(new Error("dropped")));
    tasks.start(
      "alerts",
      after(5).then(() => Promise.reject(new Error("refused"))),
    );
    tasks.start("marks", after(1));
    expect(tasks.running()).toEqual(["stream", "alerts", "marks"]);
    await tasks.settle();
    expect(told).toEqual(["stream: Error: dropped", "alerts: Error: refused"]);
    expect(tasks.running()).toEqual([]);
    await tasks.settle();
  });

  it("settle with what was started while they settled", async () => {
    const ends: string[] = [];
    const tasks = createTasks(() => undefined);
    tasks.start(
      "first",
      after(2).then(() => {
        tasks.start(
          "second",
          after(2).then(() => void ends.push("second")),
        );
        ends.push("first");
      }),
    );
    await tasks.settle();
    expect(ends).toEqual(["first", "second"]);
  });

  it("wait for the report too, and say where it could not be made", async () => {
    let reported = false;
    const slow = createTasks(async () => {
      await after(3);
      reported = true;
    });
    slow.start("a", Promise.reject(new Error("x")));
    await slow.settle();
    expect(reported).toBe(true);
    const broken = createTasks(() => {
      throw new Error("no journal");
    });
    broken.start("a", Promise.reject(new Error("x")));
    const failure = await broken.settle().then(
      () => null,
      (error: AggregateError) => error.errors.map(String),
    );
    expect(failure).toEqual(["Error: x", "Error: no journal"]);
    await broken.settle();
  });
});

describe("stop signals", () => {
  it("resolve one promise, and the second goes the way it went before", async () => {
    const source = new EventEmitter();
    const before: string[] = [];
    source.once("SIGINT", () => void before.push("once"));
    source.on("SIGINT", () => void before.push("on"));
    const signal = listenForStop(source);
    expect(signal.received()).toBeNull();
    source.emit("SIGINT");
    expect(await signal.stopped).toBe("SIGINT");
    expect(signal.received()).toBe("SIGINT");
    expect(before).toEqual([]);
    source.emit("SIGINT");
    source.emit("SIGINT");
    expect(before).toEqual(["once", "on", "on"]);
    expect(source.listenerCount("SIGTERM")).toBe(0);
  });

  it("are given back by release, once", () => {
    const source = new EventEmitter();
    const own = () => undefined;
    source.on("SIGTERM", own);
    const signal = listenForStop(source);
    signal.release();
    signal.release();
    expect(source.listeners("SIGTERM")).toEqual([own]);
    source.emit("SIGTERM");
    expect(signal.received()).toBeNull();
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s of the system ends a process cleanly",
    async (name) => {
      const tasks = resolve(import.meta.dirname, "../../../src/adapters/system/tasks.ts");
      const child = spawn(
        process.execPath,
        [
          "--input-type=module",
          "-e",
          `import { createTasks, listenForStop } from ${JSON.stringify(tasks)};
         process.once("SIGINT", () => process.exit(130));
         const tasks = createTasks(() => process.exit(9));
         const signal = listenForStop(process);
         tasks.start("late", signal.stopped.then(() => new Promise((done) => setTimeout(done, 10))));
         const alive = setInterval(() => undefined, 1000);
         process.stdout.write("ready\\n");
         const which = await signal.stopped;
         clearInterval(alive);
         await tasks.settle();
         process.stdout.write("stopped by " + which + "\\n");`,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      let said = "";
      const ended = new Promise((done) => void child.once("close", done));
      child.stdout.on("data", (text: Buffer) => {
        if (said === "") child.kill(name);
        said += String(text);
      });
      expect(await ended).toBe(0);
      expect(said).toBe(`ready\nstopped by ${name}\n`);
    },
  );
});
