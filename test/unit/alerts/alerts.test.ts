/** Raised once, sent once for each channel, kept until delivered: by hand, by property, and through a kill. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type AlertStore, openAlertStore } from "../../../src/adapters/alerts/alert-store.ts";
import { createAlerts, DEDUPE_MS } from "../../../src/adapters/alerts/alerts.ts";
import { createWebhookChannel } from "../../../src/adapters/alerts/webhook-channel.ts";
import { createSmtpChannel } from "../../../src/adapters/alerts/smtp-channel.ts";
import { Secret } from "../../../src/adapters/system/secret.ts";
import type { Alert, AlertChannel } from "../../../src/ports/alerts.ts";
import { startMailServer, startWebServer } from "./servers.ts";

const root = mkdtempSync(join(tmpdir(), "assay-alerts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const START = Date.UTC(2026, 0, 5, 14, 30);
const MINUTE = 60_000;
const alert = (subject: string, more: Partial<Alert> = {}): Alert => ({
  level: "warning",
  subject,
  body: "what happened",
  key: subject,
  ...more,
});

let files = 0;
const freshPath = () => join(root, `${files++}`, "alerts.sqlite");
function openStore(path = ":memory:"): AlertStore {
  const store = openAlertStore(path);
  onTestFinished(() => store.close());
  return store;
}

type Planned = AlertChannel & { up: boolean; readonly sent: [string, number][]; tries: number };
function channel(name = "plan"): Planned {
  const planned: Planned = {
    name,
    up: true,
    sent: [],
    tries: 0,
    async send({ subject }, raisedMs) {
      planned.tries++;
      if (!planned.up) throw new Error(`${name} is down`);
      planned.sent.push([subject, raisedMs]);
    },
  };
  return planned;
}

describe("an alert", () => {
  it("goes out once within 24 hours on each channel, and again after them", async () => {
    const [a, b] = [channel("a"), channel("b")];
    const alerts = createAlerts({ channels: [a, b], store: openStore() });
    for (const ms of [START, START + 1, START + DEDUPE_MS - 1]) await alerts.raise(alert("x"), ms);
    expect([a.sent, b.sent]).toEqual(Array(2).fill([["x", START]]));
    await alerts.raise(alert("x"), START + DEDUPE_MS);
    expect(a.sent).toEqual([
      ["x", START],
      ["x", START + DEDUPE_MS],
    ]);
  });

  it.each<Partial<Alert>>([
    { key: "another" },
    { body: "another" },
    { level: "critical" },
    { subject: "another" },
  ])("is another one with %o", async (more) => {
    const a = channel();
    const alerts = createAlerts({ channels: [a], store: openStore() });
    await alerts.raise(alert("x"), START);
    await alerts.raise(alert("x", more), START);
    expect(a.sent).toHaveLength(2);
  });

  it("raised twice at once goes out once", async () => {
    const a = channel();
    const alerts = createAlerts({ channels: [a], store: openStore() });
    await Promise.all([alerts.raise(alert("x"), START), alerts.raise(alert("x"), START)]);
    expect(a.sent).toHaveLength(1);
  });

  it("is tried again 1, 5 and 30 minutes after its failures, then dead and counted", async () => {
    const a = channel();
    a.up = false;
    const store = openStore();
    const alerts = createAlerts({ channels: [a], store });
    await alerts.raise(alert("x"), START);
    const tries: [number, number][] = [];
    for (let minute = 0; minute <= 40; minute += 0.5) {
      const before = a.tries;
      await alerts.retry(START + minute * MINUTE);
      if (a.tries > before) tries.push([minute, a.tries]);
    }
    expect(tries).toEqual([
      [1, 2],
      [6, 3],
      [36, 4],
    ]);
    expect(await alerts.retry(START + 400 * MINUTE)).toEqual({ waiting: 0, dead: 1 });
    expect(store.dead()).toMatchObject([{ alert: { failures: 4 }, reason: "plan is down" }]);
    // Nobody has heard of it: raised again, it is no duplicate.
    a.up = true;
    await alerts.raise(alert("x"), START + 50 * MINUTE);
    expect(a.sent).toEqual([["x", START + 50 * MINUTE]]);
  });

  it("waits for the channel that is down alone, with the instant it was raised at", async () => {
    const [a, b] = [channel("a"), channel("b")];
    b.up = false;
    const alerts = createAlerts({ channels: [a, b], store: openStore() });
    await alerts.raise(alert("x"), START);
    await alerts.raise(alert("x"), START + 10);
    expect(await alerts.retry(START + 20)).toEqual({ waiting: 1, dead: 0 });
    b.up = true;
    expect(await alerts.retry(START + MINUTE)).toEqual({ waiting: 0, dead: 0 });
    expect([a.sent, b.sent]).toEqual(Array(2).fill([["x", START]]));
  });

  it("is not held by a clock that is set back", async () => {
    const a = channel();
    a.up = false;
    const alerts = createAlerts({ channels: [a], store: openStore() });
    await alerts.raise(alert("x"), START);
    a.up = true;
    const earlier = START - 90 * MINUTE;
    expect(await alerts.retry(earlier)).toEqual({ waiting: 0, dead: 0 });
    await alerts.raise(alert("x"), earlier);
    expect(a.sent).toHaveLength(1);
  });

  it("for a channel that is gone is dead, not waiting for ever", async () => {
    const path = freshPath();
    const gone = channel("gone");
    gone.up = false;
    const store = openStore(path);
    await createAlerts({ channels: [gone], store }).raise(alert("x"), START);
    const later = createAlerts({ channels: [], store });
    expect(await later.retry(START + MINUTE)).toEqual({ waiting: 0, dead: 1 });
    expect(store.dead()[0].reason).toBe("channel gone is not configured any more");
  });

  it("holds no secret, and neither does what is kept of a failure", async () => {
    const secret = new Secret("HIDDEN-1");
    const told: Alert[] = [];
    const teller: AlertChannel = {
      name: "teller",
      async send(each) {
        told.push(each);
        throw new Error("HIDDEN-1 is wrong");
      },
    };
    const store = openStore();
    const alerts = createAlerts({ channels: [teller], store, secrets: [secret] });
    const leaky = alert("HIDDEN-1\n\ud800 in a line", { body: "so HIDDEN-1", key: "HIDDEN-1" });
    await alerts.raise(leaky, START);
    expect(told).toEqual([
      {
        level: "warning",
        subject: "[secret] \ufffd in a line",
        body: "so [secret]",
        key: "[secret]",
      },
    ]);
    for (const minute of [1, 6, 36]) await alerts.retry(START + minute * MINUTE);
    expect(store.dead()[0].reason).toBe("[secret] is wrong");
  });

  it("goes out although it cannot be kept, and the failing disk is said", async () => {
    const a = channel();
    const full: AlertStore = {
      ...openStore(),
      add() {
        throw new Error("the disk is full");
      },
    };
    const alerts = createAlerts({ channels: [a], store: full });
    await expect(alerts.raise(alert("x"), START)).rejects.toThrow("the disk is full");
    expect(a.sent).toHaveLength(1);
  });

  it("waits behind one failure of its channel, and not behind others", async () => {
    const a = channel();
    a.up = false;
    const alerts = createAlerts({ channels: [a], store: openStore() });
    for (const subject of ["x", "y", "z"]) await alerts.raise(alert(subject), START);
    expect(a.tries).toBe(3);
    await alerts.retry(START + MINUTE);
    expect(a.tries).toBe(4);
    a.up = true;
    await alerts.retry(START + MINUTE);
    expect(a.sent.map(([subject]) => subject)).toEqual(["y", "z"]);
  });
});

describe("the queue on disk", () => {
  it("survives a new start, and what was delivered stays a duplicate", async () => {
    const path = freshPath();
    const [up, down] = [channel("up"), channel("down")];
    down.up = false;
    const first = openAlertStore(path);
    await createAlerts({ channels: [up, down], store: first }).raise(alert("x"), START);
    first.close();
    down.up = true;
    const alerts = createAlerts({ channels: [up, down], store: openStore(path) });
    await alerts.raise(alert("x"), START + 1);
    expect(await alerts.retry(START + MINUTE)).toEqual({ waiting: 0, dead: 0 });
    expect([up.sent, down.sent]).toEqual(Array(2).fill([["x", START]]));
  });

  it("forgets what was delivered a day ago, and nothing else", async () => {
    const path = freshPath();
    const a = channel();
    const alerts = createAlerts({ channels: [a], store: openStore(path) });
    const rows = new Database(path, { readonly: true });
    onTestFinished(() => void rows.close());
    const kept = () => rows.prepare("SELECT count(*) FROM alerts").pluck().get();
    await alerts.raise(alert("x"), START);
    a.up = false;
    await alerts.raise(alert("y"), START);
    await alerts.retry(START + DEDUPE_MS - 1);
    expect(kept()).toBe(2);
    await alerts.retry(START + DEDUPE_MS);
    expect(kept()).toBe(1);
    for (let minute = 1; minute < 40; minute++)
      await alerts.retry(START + DEDUPE_MS + minute * MINUTE);
    expect(await alerts.retry(START + 9 * DEDUPE_MS)).toEqual({ waiting: 0, dead: 1 });
  });

  it("that is damaged is refused by its own name, not by the account's", () => {
    const path = freshPath();
    openAlertStore(path).close();
    writeFileSync(path, "half a file, and not one of SQLite's".repeat(40));
    expect(() => openAlertStore(path)).toThrow(
      /alerts\.sqlite is damaged.*move this one file away/,
    );
  });

  it("loses nothing where the process is killed while it sends", async () => {
    const path = freshPath();
    const server = await startWebServer();
    onTestFinished(server.close);
    server.answer = "never";
    const here = (file: string) =>
      JSON.stringify(resolve(import.meta.dirname, "../../../src/adapters", file));
    const child = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { openAlertStore } from ${here("alerts/alert-store.ts")};
         import { createAlerts } from ${here("alerts/alerts.ts")};
         import { createWebhookChannel } from ${here("alerts/webhook-channel.ts")};
         import { Secret } from ${here("system/secret.ts")};
         const url = new Secret(${JSON.stringify(server.url)});
         const channels = [createWebhookChannel({ url, secret: null })];
         const alerts = createAlerts({ channels, store: openAlertStore(${JSON.stringify(path)}) });
         await alerts.raise(${JSON.stringify(alert("x"))}, ${START});`,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const ended = new Promise((done) => void child.once("exit", done));
    while (server.posted.length === 0 && child.exitCode === null) await sleep(5);
    child.kill("SIGKILL");
    await ended;
    server.answer = 200;
    const channels = [createWebhookChannel({ url: new Secret(server.url), secret: null })];
    const alerts = createAlerts({ channels, store: openStore(path) });
    expect(await alerts.retry(START + MINUTE - 1)).toEqual({ waiting: 1, dead: 0 });
    expect(await alerts.retry(START + MINUTE)).toEqual({ waiting: 0, dead: 0 });
    const ids = server.posted.map(({ body }) => JSON.parse(body).alert_id);
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(ids[0]);
  });
});

describe("with real servers", () => {
  it("down, queued, tried again, delivered: mail and webhook", async () => {
    const closed = await startMailServer();
    await closed.close();
    const web = await startWebServer();
    onTestFinished(web.close);
    const url = new Secret(`smtp://127.0.0.1:${closed.port}`);
    const channels = [
      createSmtpChannel({ url, from: "assay@example.org", to: "ann@example.org" }),
      createWebhookChannel({ url: new Secret(web.url), secret: null }),
    ];
    const alerts = createAlerts({ channels, store: openStore(freshPath()) });
    web.answer = 503;
    await alerts.raise(alert("x"), START);
    expect(await alerts.retry(START + 1)).toEqual({ waiting: 2, dead: 0 });
    const mail = await startMailServer({ port: closed.port });
    onTestFinished(mail.close);
    web.answer = 204;
    expect(await alerts.retry(START + MINUTE)).toEqual({ waiting: 0, dead: 0 });
    await alerts.raise(alert("x"), START + 2 * MINUTE);
    expect(mail.mails).toHaveLength(1);
    expect(web.posted).toHaveLength(2);
  });
});

/** What the queue must have done, by a list and nothing clever. */
class NaiveQueue {
  sent: [string, number][] = [];
  readonly #rows: {
    subject: string;
    raised: number;
    tries: number;
    next: number;
    state: string;
  }[] = [];
  raise(subject: string, now: number, up: boolean): void {
    const isSame = this.#rows.some(
      (row) => row.subject === subject && row.state !== "dead" && now - row.raised < DEDUPE_MS,
    );
    if (isSame) return;
    const row = { subject, raised: now, tries: 0, next: now, state: "waiting" };
    this.#rows.push(row);
    this.#try(row, now, up);
  }
  retry(now: number, up: boolean): { waiting: number; dead: number } {
    const due = this.#rows.filter((row) => row.state === "waiting" && row.next <= now);
    due.sort((a, b) => a.next - b.next);
    for (const row of due) {
      this.#try(row, now, up);
      if (!up) break;
    }
    const count = (state: string) => this.#rows.filter((row) => row.state === state).length;
    return { waiting: count("waiting"), dead: count("dead") };
  }
  #try(
    row: { subject: string; raised: number; tries: number; next: number; state: string },
    now: number,
    up: boolean,
  ) {
    row.tries++;
    if (up) {
      row.state = "delivered";
      this.sent.push([row.subject, row.raised]);
    } else if (row.tries === 4) row.state = "dead";
    else row.next = now + [1, 5, 30][row.tries - 1] * MINUTE;
  }
}

it("does what a plain list does, whatever is raised and whenever the channel is down", async () => {
  const step = fc.record({
    minutes: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom(30, 31, 700)),
    up: fc.boolean(),
    raise: fc.option(fc.constantFrom("x", "y", "z")),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const store = openAlertStore(":memory:");
      const a = channel();
      const alerts = createAlerts({ channels: [a], store });
      const naive = new NaiveQueue();
      let now = START;
      for (const { minutes, up, raise } of steps) {
        now += minutes * MINUTE;
        a.up = up;
        if (raise !== null) {
          await alerts.raise(alert(raise), now);
          naive.raise(raise, now, up);
        }
        expect(await alerts.retry(now)).toEqual(naive.retry(now, up));
        expect(a.sent).toEqual(naive.sent);
      }
      store.close();
    }),
    { numRuns: 60 },
  );
});
