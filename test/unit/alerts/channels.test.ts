/** Mail and webhook against real servers of this machine: what arrives, what fails, what is never shown. */
import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSmtpChannel } from "../../../src/adapters/alerts/smtp-channel.ts";
import { createWebhookChannel } from "../../../src/adapters/alerts/webhook-channel.ts";
import { Secret } from "../../../src/adapters/system/secret.ts";
import type { Alert } from "../../../src/ports/alerts.ts";
import { startMailServer, startWebServer } from "./servers.ts";

const ALERT: Alert = {
  level: "critical",
  subject: "trading is paused",
  body: "QUANTITY: SPY ours 10, theirs 11\nassay resume opens it",
  key: "paused 2026-01-05",
};
const RAISED_MS = Date.UTC(2026, 0, 5, 14, 30, 1);
const PASSWORD = "p@ss w0rd/9";
const LOGIN = `ann%40example.org:${encodeURIComponent(PASSWORD)}`;

async function mailServer(options: Parameters<typeof startMailServer>[0] = {}) {
  const server = await startMailServer(options);
  onTestFinished(server.close);
  return server;
}

async function webServer() {
  const server = await startWebServer();
  onTestFinished(server.close);
  return server;
}

function smtp(address: string, timeoutMs?: number) {
  const url = new Secret(`smtp://${address}`);
  return createSmtpChannel({ url, from: "assay@example.org", to: "ann@example.org" }, timeoutMs);
}

async function failure(work: Promise<void>): Promise<Error> {
  return work.then(
    () => {
      throw new Error("it was delivered");
    },
    (error: Error) => error,
  );
}

describe("mail", () => {
  it("arrives with level, subject, text, date and an id that a repeat has too", async () => {
    const server = await mailServer();
    const channel = smtp(`127.0.0.1:${server.port}`);
    await channel.send(ALERT, RAISED_MS);
    await channel.send(ALERT, RAISED_MS);
    await channel.send(ALERT, RAISED_MS + 1);
    expect(server.mails.map(({ to }) => to)).toEqual(Array(3).fill(["ann@example.org"]));
    const [{ raw }] = server.mails;
    expect(raw).toContain("Subject: [assay critical] trading is paused\r\n");
    expect(raw).toContain("QUANTITY: SPY ours 10, theirs 11\r\nassay resume opens it");
    expect(raw).toContain("Date: Mon, 05 Jan 2026 14:30:01 +0000\r\n");
    const ids = server.mails.map((mail) => /Message-ID: (<.*>)/i.exec(mail.raw)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@assay\.invalid>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("gets no header from a subject, and no file from a text", async () => {
    const server = await mailServer();
    const subject = "a\r\nBcc: eve@example.org\r\n\r\nb";
    await smtp(`127.0.0.1:${server.port}`).send({ ...ALERT, subject }, RAISED_MS);
    expect(server.mails[0].to).toEqual(["ann@example.org"]);
    expect(server.mails[0].raw).not.toMatch(/^Bcc:/m);
  });

  it("logs in with what the address holds, decoded", async () => {
    const server = await mailServer({ login: { user: "ann@example.org", password: PASSWORD } });
    await smtp(`${LOGIN}@127.0.0.1:${server.port}`).send(ALERT, RAISED_MS);
    expect(server.mails).toHaveLength(1);
  });

  it("fails without a word of the password, even where the server repeats it", async () => {
    const server = await mailServer({ login: { user: "ann@example.org", password: "another" } });
    const error = await failure(smtp(`${LOGIN}@127.0.0.1:${server.port}`).send(ALERT, RAISED_MS));
    expect(error.message).toContain(`mail server smtp://127.0.0.1:${server.port}: `);
    expect(error.message).toContain("no: [secret] with [secret]");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(PASSWORD);
  });

  it("fails where the server is down, refuses, or says nothing in time", async () => {
    const closed = await startMailServer();
    await closed.close();
    const down = await failure(smtp(`127.0.0.1:${closed.port}`).send(ALERT, RAISED_MS));
    expect(down.message).toMatch(/^mail server smtp:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    const refusing = await mailServer({ refuse: "mailbox is full" });
    const full = await failure(smtp(`127.0.0.1:${refusing.port}`).send(ALERT, RAISED_MS));
    expect(full.message).toContain("mailbox is full");
    const silent = await webServer();
    const port = new URL(silent.url).port;
    const late = await failure(smtp(`127.0.0.1:${port}`, 60).send(ALERT, RAISED_MS));
    expect(late.message).toMatch(/no end after 60 ms|Greeting never received|timeout/i);
  });

  it("sends no password in clear to another machine", async () => {
    const server = await mailServer({ login: { user: "ann@example.org", password: PASSWORD } });
    // This machine by a name that the channel does not know for one.
    const error = await failure(smtp(`${LOGIN}@127.1:${server.port}`).send(ALERT, RAISED_MS));
    expect(error.message).toMatch(/STARTTLS/);
    expect(server.mails).toHaveLength(0);
  });

  it.each(["http://host", "smtp:", "mail.example.org", "smtp://"])("refuses %s", (address) => {
    const url = new Secret(address);
    expect(() => createSmtpChannel({ url, from: "a@b", to: "c@d" })).toThrow(
      /alert_smtp_url is not the address of a mail server/,
    );
  });
});

describe("a webhook", () => {
  const post = (address: string, secret: string | null = null, timeoutMs = 5000) =>
    createWebhookChannel(
      { url: new Secret(address), secret: secret === null ? null : new Secret(secret) },
      timeoutMs,
    ).send(ALERT, RAISED_MS);

  it("gets the parts, a text for chats, and one id for each try", async () => {
    const server = await webServer();
    await post(server.url);
    await post(server.url);
    const [first, second] = server.posted.map(({ body }) => JSON.parse(body));
    expect(first).toMatchObject({
      source: "assay",
      level: "critical",
      subject: ALERT.subject,
      body: ALERT.body,
      key: ALERT.key,
      raised_at: "2026-01-05T14:30:01.000Z",
      text: `[assay critical] trading is paused\n${ALERT.body}`,
    });
    expect(first.alert_id).toMatch(/^[0-9a-f]{32}$/);
    expect(second.alert_id).toBe(first.alert_id);
    expect(server.posted[0].headers["assay-alert-id"]).toBe(first.alert_id);
    expect(server.posted[0].headers).not.toHaveProperty("assay-signature");
  });

  it("can tell who sent it: the signature covers time and body", async () => {
    const server = await webServer();
    await post(server.url, "shared key");
    const [{ headers, body }] = server.posted;
    expect(headers["assay-timestamp"]).toBe("1767623401");
    const signed = createHmac("sha256", "shared key").update(`1767623401.${body}`).digest("hex");
    expect(headers["assay-signature"]).toBe(`sha256=${signed}`);
    expect(JSON.stringify(headers) + body).not.toContain("shared key");
  });

  it.each([400, 404, 429, 500, 503])("has failed with status %i", async (status) => {
    const server = await webServer();
    server.answer = status;
    const error = await failure(post(server.url));
    expect(error.message).toBe(`webhook at ${new URL(server.url).origin} answered ${status}`);
  });

  it.each([
    ["never", /no answer after 60 ms/],
    ["drop", /fetch failed/],
    [302, /fetch failed.*redirect/],
  ] as const)("has failed: %s", async (answer, message) => {
    const server = await webServer();
    server.answer = answer;
    const error = await failure(post(server.url, "shared key", 60));
    expect(error.message).toMatch(message);
    expect(server.posted).toHaveLength(1);
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).not.toContain("KEY-IN-PATH");
    expect(shown).not.toContain("shared key");
  });

  it.each([
    ["ftp://host/x", /alert_webhook_url is not an address to post to/],
    ["hooks.example.org", /alert_webhook_url is not an address to post to/],
    ["https://ann:SECRET@host/x", /alert_webhook_url holds a user or password/],
  ])("is refused with the address %s", (address, message) => {
    const make = () => createWebhookChannel({ url: new Secret(address), secret: null });
    expect(make).toThrow(message);
    expect(make).not.toThrow(/SECRET/);
  });
});
