/**
 * Alerts posted as JSON. The body has `text` for chat services and the parts for programs. With a
 * secret, the header assay-signature is "sha256=" and the HMAC-SHA256 over "<assay-timestamp>.<body>"
 * in hex, so that a receiver knows who sent it and when. Any answer but 2xx, none within `timeoutMs`,
 * or a redirection is a failure. Errors name the host only: the path of a webhook opens it.
 */
import { createHmac } from "node:crypto";
import { Fault } from "../../domain/fault.ts";
import type { Alert, AlertChannel } from "../../ports/alerts.ts";
import { blotOut, placeOfUrl, type Secret, secretsOfUrl } from "../system/secret.ts";
import { alertId } from "./alerts.ts";

export type WebhookSettings = {
  /** http:// or https:// */
  readonly url: Secret;
  /** Null: not signed. */
  readonly secret: Secret | null;
};

const TIMEOUT_MS = 10_000;

export function createWebhookChannel(
  { url, secret }: WebhookSettings,
  timeoutMs = TIMEOUT_MS,
): AlertChannel {
  const address = addressOf(url);
  const place = placeOfUrl(url);
  const secrets = [...secretsOfUrl(url), ...(secret === null ? [] : [secret])];
  return {
    name: "webhook",
    async send(alert, raisedMs) {
      const body = bodyOf(alert, raisedMs);
      const response = await post(address, {
        method: "POST",
        body,
        headers: headersOf({ alert, raisedMs, body, secret }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((error: unknown) => {
        // Without the cause: it holds the whole address.
        throw new Error(`webhook at ${place}: ${blotOut(reasonOf(error, timeoutMs), secrets)}`);
      });
      if (response < 200 || response > 299) {
        throw new Error(`webhook at ${place} answered ${response}`);
      }
    },
  };
}

/** The status of the answer; its body is not wanted, and not waited for. */
async function post(address: string, request: RequestInit): Promise<number> {
  const response = await fetch(address, request);
  await response.body?.cancel();
  return response.status;
}

function addressOf(url: Secret): string {
  const parsed = URL.parse(url.reveal());
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) {
    // fetch takes no address with user and password.
    if (parsed.username === "" && parsed.password === "") return parsed.href;
    throw new Fault(
      "usage",
      "alert_webhook_url holds a user or password; use alert_webhook_secret, or an address whose path is the key",
    );
  }
  throw new Fault(
    "usage",
    "alert_webhook_url is not an address to post to; expected https://host/path",
  );
}

function bodyOf(alert: Alert, raisedMs: number): string {
  const { level, subject, body, key } = alert;
  return JSON.stringify({
    text: `[assay ${level}] ${subject}\n${body}`,
    source: "assay",
    alert_id: alertId(alert, raisedMs),
    raised_at: new Date(raisedMs).toISOString(),
    level,
    subject,
    body,
    key,
  });
}

function headersOf(request: {
  readonly alert: Alert;
  readonly raisedMs: number;
  readonly body: string;
  readonly secret: Secret | null;
}): Record<string, string> {
  const { alert, raisedMs, body, secret } = request;
  const timestamp = String(Math.floor(raisedMs / 1000));
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "assay-alert-id": alertId(alert, raisedMs),
    "assay-timestamp": timestamp,
  };
  if (secret === null) return headers;
  const signature = createHmac("sha256", secret.reveal()).update(`${timestamp}.${body}`);
  return { ...headers, "assay-signature": `sha256=${signature.digest("hex")}` };
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer after ${timeoutMs} ms`;
  // fetch says "fetch failed", and its cause why.
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return cause === "" ? error.message : `${error.message} (${cause})`;
}
