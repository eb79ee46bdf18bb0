/**
 * Alerts that reach people once: kept on disk first, then sent on every channel. The same content
 * within 24 hours goes out once for each channel. What a channel could not deliver is tried again 1, 5
 * and 30 minutes after its failures, then it is dead and counted. A try that a killed process did not
 * see the end of is made again: an alert may come twice, with one id, and is never lost.
 */
import { canonicalJson } from "../../base/canonical-json.ts";
import { invariant } from "../../base/assert.ts";
import { settled, valueOf } from "../../base/result.ts";
import type { Alert, AlertChannel, Alerts } from "../../ports/alerts.ts";
import { sha256 } from "../system/hash.ts";
import { blotOut, type Secret } from "../system/secret.ts";
import type { AlertStore, StoredAlert } from "./alert-store.ts";

const MINUTE_MS = 60_000;
/** After the first, second and third failure. */
export const RETRY_AFTER_MS = [1 * MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS] as const;
export const DEDUPE_MS = 24 * 60 * MINUTE_MS;

export type AlertOptions = {
  readonly channels: readonly AlertChannel[];
  readonly store: AlertStore;
  /** Blotted out of what is sent and of what is kept about failures. */
  readonly secrets?: readonly Secret[];
};

export function createAlerts({ channels, store, secrets = [] }: AlertOptions): Alerts {
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  invariant(byName.size === channels.length, 8, "two alert channels have one name");
  const reasonOf = (error: unknown): string =>
    blotOut(error instanceof Error ? error.message : String(error), secrets);

  /** False: it failed now. The row is claimed before anything is sent. */
  async function attempt(
    stored: StoredAlert,
    channel: AlertChannel,
    nowMs: number,
  ): Promise<boolean> {
    const pauseMs = RETRY_AFTER_MS[stored.failures];
    // Claimed for the longest that a try without an end could matter: killed, it is due again then.
    if (!store.claim(stored, nowMs + (pauseMs ?? MINUTE_MS))) return true;
    const sent = await settled(channel.send(stored.alert, stored.raisedMs));
    if (sent.ok) {
      store.delivered(stored.id);
      return true;
    }
    const reason = reasonOf(sent.error);
    if (pauseMs === undefined) store.died(stored.id, reason);
    else store.failed(stored.id, { nextMs: nowMs + pauseMs, reason });
    return false;
  }

  async function raiseOn(channel: AlertChannel, alert: Alert, nowMs: number): Promise<void> {
    const content = contentOf(alert);
    const fresh = { channel: channel.name, content, alert, raisedMs: nowMs };
    const keep = async (): Promise<number | null> =>
      store.add({ ...fresh, nextMs: nowMs }, { nowMs, windowMs: DEDUPE_MS });
    const kept = await settled(keep());
    if (!kept.ok) {
      // A full disk is what people must hear of: it is sent without being kept, and said here.
      await settled(channel.send(alert, nowMs));
      throw kept.error;
    }
    if (kept.value === null) return;
    await attempt({ ...fresh, id: kept.value, failures: 0 }, channel, nowMs);
  }

  /** One after another; after a failure the rest of this channel waits for the next time. */
  async function retryOn(
    channel: AlertChannel,
    due: readonly StoredAlert[],
    nowMs: number,
  ): Promise<void> {
    for (const stored of due) {
      if (!(await attempt(stored, channel, nowMs))) return;
    }
  }

  return {
    async raise(alert, nowMs) {
      const clean = blottedAlert(alert, secrets);
      const ends = await Promise.all(
        channels.map((channel) => settled(raiseOn(channel, clean, nowMs))),
      );
      for (const end of ends) valueOf(end);
    },
    async retry(nowMs) {
      const due = store.due(nowMs, RETRY_AFTER_MS[RETRY_AFTER_MS.length - 1]);
      for (const stored of due) {
        if (byName.has(stored.channel)) continue;
        store.died(stored.id, `channel ${stored.channel} is not configured any more`);
      }
      const ends = await Promise.all(
        channels.map((channel) => {
          const own = due.filter((stored) => stored.channel === channel.name);
          return settled(retryOn(channel, own, nowMs));
        }),
      );
      for (const end of ends) valueOf(end);
      store.prune({ nowMs, windowMs: DEDUPE_MS });
      return store.counts();
    },
  };
}

/** What makes two alerts the same one. */
export function contentOf({ level, subject, body, key }: Alert): string {
  return sha256(canonicalJson([level, key, subject, body]));
}

/** The same for each try, so that a receiver knows an alert that comes a second time. */
export function alertId(alert: Alert, raisedMs: number): string {
  return sha256(`${contentOf(alert)} ${raisedMs}`).slice(0, 32);
}

/** Texts may hold what a venue said: half a character of it must not stop an alert. */
function blottedAlert(alert: Alert, secrets: readonly Secret[]): Alert {
  const clean = (text: string): string => blotOut(text, secrets).toWellFormed();
  return {
    level: alert.level,
    subject: clean(alert.subject).replaceAll(/\s+/g, " ").trim(),
    body: clean(alert.body),
    key: clean(alert.key),
  };
}
