/**
 * Wires a trading account: its folder and lock, journal, files, broker, clock, alerts, market. The folder is
 * <home>/accounts/<mode>; whoever opens it holds it alone until it is closed.
 */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAlerts } from "../../adapters/alerts/alerts.ts";
import { alertSettings } from "../../adapters/alerts/alert-settings.ts";
import { openAlertStore } from "../../adapters/alerts/alert-store.ts";
import { createAlpacaBroker } from "../../adapters/brokers/alpaca/broker.ts";
import { openTapeFile, type TapeFile } from "../../adapters/brokers/alpaca/tape-file.ts";
import { createAccountFiles, createBlobStore } from "../../adapters/storage/account-files.ts";
import { openJournalStore } from "../../adapters/storage/journal-store.ts";
import { askForPause, waitingRequests } from "../../adapters/storage/operator-requests.ts";
import { createWallClock } from "../../adapters/system/clocks.ts";
import { startHeartbeat } from "../../adapters/telemetry/heartbeat.ts";
import { takeInstanceLock } from "../../adapters/system/instance-lock.ts";
import { openSecrets, type Secrets } from "../../adapters/system/secrets.ts";
import { createVenueClock } from "../../adapters/system/venue-clock.ts";
import { type Result, settled, valueOf } from "../../base/result.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";
import type { TradingPorts, TradingTerms } from "../../engine/trading/ports.ts";
import type { Broker } from "../../ports/broker.ts";
import type { Clock } from "../../ports/clock.ts";
import { type LoadedMandate, loadStrategies } from "./compose.ts";
import { codeHashOf, JOURNAL_RULES, sha256 } from "./compose-records.ts";
import { openDryRun } from "./compose-dry-run.ts";
import { openTables } from "./compose-tables.ts";
import { refuseMadeUp, tradeMarket } from "./trade-market.ts";
import { ALERTS_FILE, accountFolder } from "./account-folder.ts";

export { askForPause };

export type TradeOptions = {
  readonly loaded: LoadedMandate;
  readonly mode: TradingMode;
  /** A venue on this machine, in the place of the broker's own hosts. */
  readonly venueUrl: string | null;
  readonly requestsPerMinute: number | "unlimited" | null;
  readonly environment: NodeJS.ProcessEnv;
  /** The session that is to be traded; null: the one at hand. */
  readonly date: string | null;
};

export type Trading = {
  readonly ports: TradingPorts;
  readonly terms: TradingTerms;
  readonly folder: string;
  readonly findings: readonly string[];
  readonly close: () => Promise<void>;
};

/** How long a stream may lag behind the answer to a question, before what it should have told was missed. */
const REQUESTS_EVERY_MS = 2000;
const PATIENCE_LOOKS = 40;
const PATIENCE_MS = 25;
const REQUEST_TIMEOUT_MS = 10_000;
/** In the account's folder: what was asked of the venue and what it said, day by day. */
const WIRE_FOLDER = "wire";

export async function openTrading(options: TradeOptions): Promise<Trading> {
  const { mode } = options;
  const loaded = atVenue(options);
  const folder = accountFolder(loaded.home, mode);
  refuseMadeUp(loaded.mandate.data.kind, { mode, isLocal: options.venueUrl !== null });
  const secrets = openSecrets(loaded.home, options.environment);
  const alerts = alertSettings(secrets);
  const uses = await loadStrategies(loaded);
  // Keys and addresses that cannot do leave no folder behind.
  const remote = mode === "dry_run" ? null : await openRemote(options, secrets, folder);
  const what = `assay trade --mode ${mode.replace("_", "-")}`;
  const lock = takeInstanceLock(folder, { what, pid: process.pid, sinceMs: Date.now() });
  const closers: Closer[] = [() => lock.release()];
  const close = () => closeAll(closers);
  try {
    const heartbeat = startHeartbeat(folder, { what, pid: process.pid, nowMs: () => Date.now() });
    closers.push(() => heartbeat.stop());
    const journal = openJournalStore(folder, JOURNAL_RULES);
    closers.push(() => journal.close());
    const store = openAlertStore(join(folder, ALERTS_FILE));
    closers.push(() => store.close());
    const { broker, clock, wire } = remote ?? {
      ...(await openDryRun(loaded, folder, options.date)),
      wire: null,
    };
    closers.push(() => broker.close());
    // Last of all: what it has to complain of must keep nothing else open.
    closers.unshift(() => wire?.close());
    const watch = stopwatch();
    const ports: TradingPorts = {
      broker,
      clock: watch.outside(clock),
      journal,
      states: createBlobStore(folder, sha256),
      files: createAccountFiles(folder, sha256),
      alerts: createAlerts({ ...alerts, store }),
      market: tradeMarket({
        loaded,
        uses,
        mode,
        isLocal: options.venueUrl !== null,
        dataStamp: (until) => dataStamp(loaded, until),
        nowMs: () => Date.now(),
      }),
      sha256,
      requests: {
        waiting: async () => waitingRequests(folder),
        // A local venue's time passes as fast as it is asked to: it is looked at between its steps.
        everyMs: options.venueUrl === null ? REQUESTS_EVERY_MS : Number.POSITIVE_INFINITY,
      },
      patience: { looks: PATIENCE_LOOKS, wait: () => sleep(PATIENCE_MS) },
      workSeconds: watch.seconds,
    };
    return {
      ports,
      terms: termsOf(options, codeHashOf(uses)),
      folder,
      findings: journal.findings,
      close,
    };
  } catch (error) {
    // What stopped it says more than what could not be closed after it.
    await settled(close());
    throw error;
  }
}

type Closer = () => Promise<void> | void;

/** The newest first. One that fails must not keep the others open, the lock least of all. */
async function closeAll(closers: Closer[]): Promise<void> {
  const ends: Result<void, unknown>[] = [];
  for (const end of closers.splice(0).reverse()) ends.push(await settled((async () => end())()));
  for (const ended of ends) valueOf(ended);
}

function termsOf({ loaded, mode }: TradeOptions, codeHash: string): TradingTerms {
  const { mandate, resolved } = loaded;
  return {
    mode,
    name: mandate.name,
    mandateHash: resolved.hash,
    seed: mandate.seed,
    codeHash,
    lotMethod: mandate.account.lot_method,
    currency: mandate.account.currency,
    currencyDigits: mandate.account.currency_digits,
  };
}

/** Bars that the mandate asks Alpaca for come from the venue that stands in for it. */
function atVenue({ loaded, venueUrl, environment }: TradeOptions): LoadedMandate {
  if (venueUrl === null) return loaded;
  const { directory, home } = loaded;
  return { ...loaded, tables: openTables({ directory, home, environment, venueUrl }) };
}

/** Nothing is asked of it yet, and nothing written. */
async function openRemote(
  { mode, venueUrl, requestsPerMinute }: TradeOptions,
  secrets: Secrets,
  folder: string,
): Promise<{ readonly broker: Broker; readonly clock: Clock; readonly wire: TapeFile }> {
  const pair =
    mode === "live"
      ? secrets.readPair("alpaca_live_key_id", "alpaca_live_secret")
      : secrets.readPair("alpaca_paper_key_id", "alpaca_paper_secret");
  const keyId = pair.keyId.value.reveal();
  const secret = pair.secret.value.reveal();
  const wire = openTapeFile(join(folder, WIRE_FOLDER), Date.now);
  const broker = await createAlpacaBroker({
    keyId,
    secret,
    environment: mode === "live" ? "live" : "paper",
    ...(venueUrl === null ? {} : { venueUrl }),
    ...(requestsPerMinute === null ? {} : { requestsPerMinute }),
    tape: wire.tape,
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  const clock =
    venueUrl === null
      ? createWallClock()
      : createVenueClock({
          url: venueUrl,
          keyId: pair.keyId.value,
          secret: pair.secret.value,
        });
  return { broker, clock, wire };
}

/** Waiting is not work: what passes inside the clock's waits is not counted. */
function stopwatch(): {
  readonly outside: (clock: Clock) => Clock;
  readonly seconds: () => number;
} {
  let startedMs = performance.now();
  return {
    outside: (clock) => ({
      nowMs: () => clock.nowMs(),
      async waitUntil(ms, wake) {
        const from = performance.now();
        const how = await clock.waitUntil(ms, wake);
        startedMs += performance.now() - from;
        return how;
      },
    }),
    seconds: () => {
      const worked = (performance.now() - startedMs) / 1000;
      startedMs = performance.now();
      return Math.round(worked * 1000) / 1000;
    },
  };
}

/** Every file that the data section names, with its size and when it was written. */
function dataStamp({ resolved, directory }: LoadedMandate, until: string): string {
  const files: string[] = [];
  const asked: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, held] of Object.entries(value)) {
      if (key === "file" && typeof held === "string") files.push(held);
      else if (key === "provider" && held !== "files") asked.push(`${String(held)} until ${until}`);
      else collect(held);
    }
  };
  collect(resolved.values["data"]);
  const stamps = files.map((file) => {
    const stat = statSync(resolve(directory, file), { throwIfNoEntry: false });
    return stat === undefined ? `${file} missing` : `${file} ${stat.size} ${stat.mtimeMs}`;
  });
  return [...stamps, ...asked].join("\n");
}
