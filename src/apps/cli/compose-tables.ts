/**
 * Where a mandate's data comes from: files beside it, and Alpaca's market data for sources that ask for it.
 * Keys are looked for when the first such source is read, never before; either account's keys open market
 * data, so those of the paper account are taken where there are any.
 */
import { createAlpacaTables } from "../../adapters/providers/alpaca-tables.ts";
import { createFileTables } from "../../adapters/providers/files.ts";
import { openSecrets } from "../../adapters/system/secrets.ts";
import type { TableSource } from "../../ports/table-source.ts";

/** Bars of many years take longer than an order. */
const TIMEOUT_MS = 60_000;

export function openTables(place: {
  readonly directory: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A venue on this machine instead of Alpaca. */
  readonly venueUrl?: string;
}): TableSource {
  const { directory, home, environment, venueUrl } = place;
  const files = createFileTables(directory);
  const alpaca = createAlpacaTables(() => ({
    ...dataKeys(home, environment),
    ...(venueUrl === undefined ? {} : { venueUrl, requestsPerMinute: "unlimited" }),
    // What was received is named by its hash in the pack's provenance.
    tape: () => undefined,
    timeoutMs: TIMEOUT_MS,
  }));
  return (request) => ("provider" in request ? alpaca(request) : files(request));
}

function dataKeys(home: string, environment: NodeJS.ProcessEnv) {
  const secrets = openSecrets(home, environment);
  const hasLive = secrets.find("alpaca_live_key_id") !== null;
  const wantsLive = hasLive && secrets.find("alpaca_paper_key_id") === null;
  const pair = wantsLive
    ? secrets.readPair("alpaca_live_key_id", "alpaca_live_secret")
    : secrets.readPair("alpaca_paper_key_id", "alpaca_paper_secret");
  return {
    keyId: pair.keyId.value.reveal(),
    secret: pair.secret.value.reveal(),
    environment: wantsLive ? ("live" as const) : ("paper" as const),
  };
}
