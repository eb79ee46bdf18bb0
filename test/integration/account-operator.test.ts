/**
 * What a named person does to a trading account, by the words of the command line: each call a new start
 * on a real venue. A pause holds until a resume with a fresh PASS, reaches an account that another process
 * holds, and lets nothing leave but what a person closes; a forced resume is written down and told; people
 * hear of it by web hook and by mail (spec execution, 5 and 6).
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atVenue, type Bench, callAssay, openBench } from "../support/account-bench.ts";
import { type MailServer, startMailServer } from "../unit/alerts/servers.ts";

const PAUSED = 9;
const START = "2019-03-04";
let bench: Bench;
let mail: MailServer;

beforeAll(async () => {
  mail = await startMailServer();
  bench = await openBench({
    start: START,
    environment: {
      ASSAY_ALERT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      ASSAY_ALERT_FROM: "assay@example.org",
      ASSAY_ALERT_TO: "ann@example.org",
    },
  });
}, 60_000);

afterAll(async () => {
  await bench.close();
  await mail.close();
});

const status = () => bench.words("status", bench.mandate);
const heldAtVenue = () =>
  bench.venue.exchange.state.positions.filter(({ qtyNano }) => qtyNano !== 0n).length;

describe("before the first day", () => {
  it("says what is missing, to each command that needs an account", async () => {
    const said = await status();
    expect([said.code, said.err]).toEqual([4, expect.stringContaining("nothing was traded there")]);
    for (const command of ["pause", "resume", "flatten"]) {
      const { code, err } = await bench.assay(command, ...bench.by);
      expect([code, err]).toEqual([PAUSED, expect.stringContaining("has not been traded yet")]);
      expect(err).toContain("assay trade opens it");
    }
  });

  it("says that a venue does not answer, to a trial as well", { timeout: 30_000 }, async () => {
    const trial = ["trial", "start", bench.mandate, "--days", "5", "--operator", "ann"];
    const { code, err } = await bench.words(...trial, "--venue", "http://127.0.0.1:1");
    expect([code, err]).toEqual([PAUSED, expect.stringContaining("no answer from 127.0.0.1:1")]);
  });

  it("asks for a name and a reason", async () => {
    for (const command of ["pause", "resume", "adopt", "flatten"]) {
      const { code, err } = await bench.assay(command, "--operator", "ann");
      expect([code, err]).toEqual([2, expect.stringContaining("--reason")]);
    }
  });
});

describe("a pause", () => {
  it("closes trading until somebody resumes it", { timeout: 30_000 }, async () => {
    expect((await bench.trade()).day.status).toBe("TRADED");
    const paused = await bench.assay("pause", "--operator", "ann", "--reason", "on holiday");
    expect([paused.code, paused.out]).toEqual([0, expect.stringContaining("paused by ann")]);
    const sent = bench.sent();
    const { code, day } = await bench.trade();
    expect([code, day.status, day.trades.placed]).toEqual([PAUSED, "PAUSED", 0]);
    expect(day.signals.terminals).toEqual({ REJECTED_BY_PAUSE: day.signals.raw });
    expect(day.health.paused).toContain("on holiday");
    expect(bench.sent()).toBe(sent);
    const told = await status();
    expect([told.code, told.out]).toEqual([PAUSED, expect.stringContaining("PAUSED since")]);
    expect(told.out).toContain("operator: on holiday");
    const resumed = await bench.assay("resume", ...bench.by);
    expect([resumed.code, resumed.out]).toEqual([0, "resumed by ann after a fresh PASS\n"]);
    expect((await status()).code).toBe(0);
  });

  it("reaches an account that a daemon holds, once", { timeout: 30_000 }, async () => {
    const daemon = bench.assay("trade", "--daemon", "--until", "2019-03-11");
    const asked = await bench.assay("pause", "--operator", "bob", "--reason", "too hot");
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining("the pause is asked for")]);
    expect(asked.out).toMatch(/another assay trade --mode paper \(pid \d+, since/);
    const second = await bench.assay("trade");
    expect([second.code, second.err]).toEqual([PAUSED, expect.stringContaining("holds")]);
    const ended = await daemon;
    expect([ended.code, ended.out]).toEqual([PAUSED, expect.stringContaining("too hot")]);
    const bobs = bench.entries("paused").filter(({ operator }) => operator === "bob");
    expect(bobs).toHaveLength(1);
    expect(bench.files("requests")).toEqual([]);
    expect((await bench.assay("resume", ...bench.by)).code).toBe(0);
  });
});

describe("flatten", () => {
  it("closes everything while paused, and the books follow", { timeout: 30_000 }, async () => {
    await bench.assay("pause", ...bench.by);
    expect(heldAtVenue()).toBeGreaterThan(0);
    const flat = await bench.assay("flatten", ...bench.by);
    expect([flat.code, flat.out]).toEqual([0, expect.stringContaining("2 orders at the venue")]);
    const twice = await bench.assay("flatten", ...bench.by);
    expect([twice.code, twice.err]).toEqual([PAUSED, expect.stringContaining("already")]);
    expect((await status()).out.match(/order at work +sell/g)).toHaveLength(2);
    const { day } = await bench.trade();
    expect(heldAtVenue()).toBe(0);
    expect([day.status, day.positions, day.trades.fills.length]).toEqual(["PAUSED", [], 2]);
    expect(day.health.reconciliation.map(({ result }) => result)).toEqual(["PASS", "PASS"]);
    expect(day.risk.cash).toBe(day.risk.nav);
    const none = await bench.assay("flatten", ...bench.by);
    expect([none.code, none.err]).toEqual([PAUSED, expect.stringContaining("the account is flat")]);
    expect((await bench.assay("resume", ...bench.by)).code).toBe(0);
  });
});

it("flattens at a venue that takes no order for an auction so early", {
  timeout: 30_000,
}, async () => {
  const strict = await openBench({ start: START, model: "alpaca" });
  await strict.trade();
  const flat = await strict.assay("flatten", ...strict.by);
  expect([flat.code, flat.out]).toEqual([0, expect.stringContaining("2 orders at the venue")]);
  expect(strict.venue.exchange.state.orders.slice(-2).map((one) => one.timeInForce)).toEqual([
    "day",
    "day",
  ]);
  const { day } = await strict.trade();
  const flattened = day.trades.orders.filter(({ purpose }) => purpose === "flatten");
  expect(flattened.map(({ state }) => state)).toEqual(["filled", "filled"]);
  await strict.close();
});

it("names what is wrong with keys that the venue does not know", async () => {
  const wrong = { ...bench.environment, ASSAY_ALPACA_PAPER_SECRET: "another-secret" };
  const { code, err } = await callAssay(
    ["trade", bench.mandate, "--venue", bench.venue.url],
    wrong,
  );
  expect([code, err]).toEqual([PAUSED, expect.stringMatching(/refused the keys/)]);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
  expect(err).not.toContain("another-secret");
});

describe("resume", () => {
  it("refuses without a PASS, opens by force, and says so", { timeout: 30_000 }, async () => {
    await bench.plant({ acts: [{ act: "adjust_cash", amount: "-5", silent: true }] });
    expect((await bench.trade()).day.status).toBe("PAUSED");
    const refused = await bench.assay("resume", ...bench.by);
    expect([refused.code, refused.err]).toEqual([PAUSED, expect.stringContaining("not resumed")]);
    expect(refused.err).toMatch(/CASH +USD.*\n.*5 apart/);
    expect((await status()).code).toBe(PAUSED);
    const forced = await bench.assay("resume", ...bench.by, "--force");
    expect([forced.code, forced.out]).toEqual([0, expect.stringContaining("WITHOUT a PASS")]);
    expect(bench.entries("resumed").at(-1)).toMatchObject({ forced: true, operator: "ann" });
    const alert = bench.alerts().find(({ subject }) => subject.includes("WITHOUT a PASS"));
    expect([alert?.level, alert?.body]).toEqual(["critical", expect.stringContaining("CASH")]);
    expect((await bench.trade()).day.status).toBe("PAUSED");
  });

  it("passes after adopt, and trading goes on", { timeout: 30_000 }, async () => {
    const adopted = await bench.assay("adopt", ...bench.by);
    expect(adopted.out).toBe(
      "ann adopted no positions and -5.00 USD of cash; assay resume compares afresh\n",
    );
    expect((await bench.assay("resume", ...bench.by)).code).toBe(0);
    expect((await bench.trade()).day.status).toBe("TRADED");
  });
});

it("adopts what is left of a fill nobody asked for", { timeout: 30_000 }, async () => {
  const unasked = { act: "fill_unasked", symbol: "BBB", qty: "7", price: "50" };
  await bench.plant({ acts: [unasked] });
  const { day } = await bench.trade();
  const codes = day.health.reconciliation[0].breaks.map(({ code }) => code);
  expect(codes.toSorted()).toEqual(["CASH", "MISSED_FILL", "MISSING_POSITION"]);
  expect((await bench.assay("adopt", ...bench.by)).out).toContain("1 position and -350.00 USD");
  expect((await bench.assay("resume", ...bench.by)).code).toBe(0);
  expect((await bench.trade()).day.health.reconciliation.map(({ result }) => result)).toEqual([
    "PASS",
    "PASS",
  ]);
});

it("adopts positions and no orders", { timeout: 30_000 }, async () => {
  await bench.plant({ acts: [{ act: "place_phantom", symbol: "BBB", qty: "3", price: "1" }] });
  const { code, err } = await bench.assay("adopt", ...bench.by);
  expect([code, err]).toEqual([PAUSED, expect.stringContaining("1 order at work at the venue")]);
  await atVenue(bench.venue, "DELETE", "/v2/orders");
  expect((await bench.assay("resume", ...bench.by)).code).toBe(0);
});

it("verifies and replays, day for day, whatever was done to it", { timeout: 60_000 }, async () => {
  const verified = await bench.words(
    ...["verify", "--account", "paper", "--mandate", bench.mandate, "--replay"],
  );
  expect([verified.code, verified.err]).toEqual([0, ""]);
  expect(verified.out).toMatch(/12 days executed again, \d+ entries: identical/);
});

it("told people of each pause by mail as by web hook", () => {
  const posted = bench.alerts().map(({ subject }) => subject);
  const mailed = mail.mails.map(({ raw }) => /^Subject: (.*(?:\r\n .*)*)/m.exec(raw)?.[1]);
  expect(mailed).toHaveLength(posted.length);
  expect(posted.filter((subject) => subject.includes("paused")).length).toBeGreaterThan(4);
  expect(mail.mails.map(({ to }) => to)).toEqual(posted.map(() => ["ann@example.org"]));
});
