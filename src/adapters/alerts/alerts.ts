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
  const names = new Set(channels.map(({ name }) => name));
  invariant(names.size === channels.length, 8, "two alert channels have one name");
  return {
    async raise(alert, nowMs) {
      const clean = blottedAlert(alert, secrets);
      await onEach(channels, (channel) => raiseOn({ channel, store, secrets, nowMs }, clean));
    },
    async retry(nowMs) {
      const due = store.due(nowMs, RETRY_AFTER_MS[RETRY_AFTER_MS.length - 1]);
      for (const stored of due) {
        if (names.has(stored.channel)) continue;
        store.died(stored.id, `channel ${stored.channel} is not configured any more`);
      }
      await onEach(channels, (channel) => {
        const own = due.filter((stored) => stored.channel === channel.name);
        return retryOn({ channel, store, secrets, nowMs }, own);
      });
      store.prune({ nowMs, windowMs: DEDUPE_MS });
      return store.counts();
    },
  };
}

/** One channel at one time. */
type Attempt = {
  readonly channel: AlertChannel;
  readonly store: AlertStore;
  readonly secrets: readonly Secret[];
  readonly nowMs: number;
};

/** All at once, and all to their end, whichever of them fails. */
async function onEach(
  channels: readonly AlertChannel[],
  work: (channel: AlertChannel) => Promise<void>,
): Promise<void> {
  const ends = await Promise.all(channels.map((channel) => settled(work(channel))));
  for (const end of ends) valueOf(end);
}

async function raiseOn(at: Attempt, alert: Alert): Promise<void> {
  const { channel, store, nowMs } = at;
  const fresh = { channel: channel.name, content: contentOf(alert), alert, raisedMs: nowMs };
  const keep = async (): Promise<number | null> =>
    store.add({ ...fresh, nextMs: nowMs }, { nowMs, windowMs: DEDUPE_MS });
  const kept = await settled(keep());
  if (!kept.ok) {
    // A full disk is what people must hear of: it is sent without being kept, and said here.
    await settled(channel.send(alert, nowMs));
    throw kept.error;
  }
  if (kept.value !== null) await deliver(at, { ...fresh, id: kept.value, failures: 0 });
}

/** One after another; after a failure the rest of this channel waits for the next time. */
async function retryOn(at: Attempt, due: readonly StoredAlert[]): Promise<void> {
  for (const stored of due) {
    if (!(await deliver(at, stored))) return;
  }
}

/** False: it failed now. The row is claimed before anything is sent. */
async function deliver(at: Attempt, stored: StoredAlert): Promise<boolean> {
  const { channel, store, secrets, nowMs } = at;
  const pauseMs = RETRY_AFTER_MS[stored.failures];
  // Claimed for the longest that a try without an end could matter: killed, it is due again then.
  if (!store.claim(stored, nowMs + (pauseMs ?? MINUTE_MS))) return true;
  const sent = await settled(channel.send(stored.alert, stored.raisedMs));
  if (sent.ok) {
    store.delivered(stored.id);
    return true;
  }
  const reason = blotOut(wordsOf(sent.error), secrets);
  if (pauseMs === undefined) store.died(stored.id, reason);
  else store.failed(stored.id, { nextMs: nowMs + pauseMs, reason });
  return false;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
