/**
 * Alerts as e-mail. Enters: the server's address with user and password, sender and one receiver: one
 * who is refused must not bring the others the same mail again and again. A try ends after
 * `timeoutMs`. A repeat carries the same Message-ID and date. Passwords go over TLS only, except to
 * this machine. Errors name the server and never the credentials.
 */
import { createTransport } from "nodemailer";
import { Fault } from "../../domain/fault.ts";
import type { Alert, AlertChannel } from "../../ports/alerts.ts";
import { blotOut, credentialsOf, placeOfUrl, type Secret, secretsOfUrl } from "../system/secret.ts";
import { alertId } from "./alerts.ts";

export type SmtpSettings = {
  /** smtp://user:password@host:port with STARTTLS, or smtps://. */
  readonly url: Secret;
  readonly from: string;
  readonly to: string;
};

const TIMEOUT_MS = 10_000;
const LOOPBACK: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

export function createSmtpChannel(settings: SmtpSettings, timeoutMs = TIMEOUT_MS): AlertChannel {
  const { from, to } = settings;
  const transport = createTransport(transportOptions(settings.url, timeoutMs));
  const secrets = secretsOfUrl(settings.url);
  return {
    name: `smtp:${to}`,
    async send(alert, raisedMs) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        await transport.sendMail({
          from,
          to,
          subject: subjectOf(alert),
          text: `${alert.body}\n`,
          date: new Date(raisedMs),
          messageId: `<${alertId(alert, raisedMs)}@assay.invalid>`,
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        });
      } catch (error) {
        const why = signal.aborted ? `no end after ${timeoutMs} ms` : wordsOf(error);
        // Without the cause: a server's answer may repeat what it was told.
        throw new Error(`mail server ${placeOfUrl(settings.url)}: ${blotOut(why, secrets)}`);
      }
    },
  };
}

function subjectOf({ level, subject }: Alert): string {
  return `[assay ${level}] ${subject}`;
}

function transportOptions(url: Secret, timeoutMs: number) {
  const parsed = URL.parse(url.reveal());
  if (parsed === null || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === "") {
    throw new Fault(
      "usage",
      "alert_smtp_url is not the address of a mail server; expected smtps://user:password@host:port, or smtp:// with STARTTLS",
    );
  }
  const secure = parsed.protocol === "smtps:";
  const { user, password } = credentialsOf(parsed);
  const hasLogin = user !== "";
  return {
    host: parsed.hostname.replaceAll(/^\[|\]$/g, ""),
    port: parsed.port === "" ? (secure ? 465 : 587) : Number(parsed.port),
    secure,
    requireTLS: hasLogin && !secure && !LOOPBACK.includes(parsed.hostname),
    ...(hasLogin ? { auth: { user, pass: password } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 0,
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
