/**
 * `assay venue`: a broker on this machine that replays the mandate's pack, until it is stopped. What
 * it says when it listens is its address and the credentials that open it: those of a rehearsal,
 * which open nothing else.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Json } from "../../base/canonical-json.ts";
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import type { Progress } from "../../domain/progress.ts";
import { Fault } from "../../domain/fault.ts";
import { newYorkClock } from "../../market/calendars/new-york-time.ts";
import { NO_FAULTS, type FaultScript } from "../../venue/faults.ts";
import type { Credentials } from "../venue-server/app.ts";
import { parseFaultScript } from "../venue-server/fault-script.ts";
import { parseSpeed, type Speed } from "../venue-server/pace.ts";
import { parseInstant, printInstant } from "../venue-server/request.ts";
import { type RunningVenue, startVenue } from "../venue-server/start-venue.ts";
import { type VenueModel, venueTerms } from "../venue-server/venue-terms.ts";
import { type LoadedMandate, packFor, requireBacktestPack } from "./compose.ts";

/** As they are written on the command line; null where they are not. */
export type VenueFlags = {
  readonly start: string | null;
  readonly port: string | null;
  readonly speed: string;
  readonly cash: string | null;
  readonly model: VenueModel;
  readonly faults: string | null;
  readonly seed: string | null;
  readonly requestsPerMinute: string;
  readonly keyId: string | null;
  readonly secret: string | null;
  readonly state: string | null;
};

export type OpenedVenue = {
  readonly venue: RunningVenue;
  readonly document: Json;
  readonly lines: readonly string[];
  /** Settles when somebody asked the venue to stop through its control door. */
  readonly stopped: Promise<void>;
};

const MOST_PORT = 65_535;

export async function openVenue(options: {
  readonly loaded: LoadedMandate;
  readonly flags: VenueFlags;
  readonly progress: Progress;
  readonly nowMs: number;
}): Promise<OpenedVenue> {
  const { loaded, flags, progress, nowMs } = options;
  const { mandate } = loaded;
  const speed = speedOf(flags.speed);
  const start = startOf(flags.start);
  const port =
    flags.port === null ? 0 : wholeFrom("port", flags.port, { least: 0, most: MOST_PORT });
  const requestsPerMinute = limitOf(flags.requestsPerMinute);
  const seed =
    flags.seed === null
      ? null
      : wholeFrom("seed", flags.seed, { least: 0, most: Number.MAX_SAFE_INTEGER });
  const cash = flags.cash === null ? null : cashFrom(flags.cash);
  const credentials = credentialsOf(flags);
  const digits = mandate.account.currency_digits;
  const faults = faultsFrom(flags.faults, { digits, seed: seed ?? mandate.seed });
  const pack = requireBacktestPack((await packFor({ loaded, progress, nowMs })).pack);
  const { model } = flags;
  const terms = venueTerms(mandate, pack, { model, start: start.date, cash, seed });
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const venue = await startVenue({
    terms,
    credentials,
    speed,
    ...(start.instantMs === null ? {} : { startMs: start.instantMs }),
    requestsPerMinute,
    faults,
    port,
    onShutdown: () => stop(),
    ...(flags.state === null
      ? {}
      : {
          state: {
            path: flags.state,
            title: {
              format_version: 1,
              account: terms.accountId,
              pack_id: pack.id,
              model,
              first_date: terms.firstDate,
              cash_minor: terms.initialCashMinor,
              costs: terms.costs as unknown as Json,
              faults: faults as unknown as Json,
            },
          },
        }),
  });
  const opened = { venue, credentials, packId: pack.id, model, speed };
  return { venue, stopped, document: documentOf(opened), lines: linesOf(opened) };
}

type Opened = {
  readonly venue: RunningVenue;
  readonly credentials: Credentials;
  readonly packId: string;
  readonly model: VenueModel;
  readonly speed: Speed;
};

function documentOf({ venue, credentials, packId, model, speed }: Opened): Json {
  const { options } = venue.exchange;
  return {
    url: venue.url,
    stream_url: venue.streamUrl,
    key_id: credentials.keyId,
    secret: credentials.secret,
    account: options.accountId,
    pack_id: packId,
    model,
    speed: speed.kind === "step" ? "step" : speed.factor,
    first_date: options.firstDate,
    last_date: options.sessions[options.sessions.length - 1].date,
    now: printInstant(venue.nowMs()),
  };
}

function linesOf({ venue, credentials, model, speed }: Opened): readonly string[] {
  const { options } = venue.exchange;
  const last = options.sessions[options.sessions.length - 1].date;
  const pace =
    speed.kind === "step" ? "stands until it is stepped" : `runs ${speed.factor} times the wall's`;
  return [
    `venue listens on ${venue.url}: ${options.series.length} symbols, ${options.firstDate} to ${last}, model ${model}, its time ${pace}`,
    `export ASSAY_ALPACA_PAPER_KEY_ID=${credentials.keyId}`,
    `export ASSAY_ALPACA_PAPER_SECRET=${credentials.secret}`,
  ];
}

function speedOf(text: string): Speed {
  const speed = parseSpeed(text);
  if (speed !== null) return speed;
  throw new Fault(
    "usage",
    `--speed ${text}: expected step, or how many times the wall's clock it runs, such as 1 or 3600`,
  );
}

type Start = { readonly date: string | null; readonly instantMs: number | null };

/** A date, or an instant: sessions are traded from its date in New York, and time stands there. */
function startOf(text: string | null): Start {
  if (text === null || parseIsoDate(text) !== null) return { date: text, instantMs: null };
  const instantMs = parseInstant(text);
  if (instantMs !== null) return { date: formatDate(newYorkClock(instantMs).dateMs), instantMs };
  throw new Fault(
    "usage",
    `--start ${text}: expected a date, YYYY-MM-DD, or an instant such as 2024-01-02T14:00:00Z`,
  );
}

function limitOf(text: string): number | null {
  if (text === "unlimited") return null;
  return wholeFrom("requests-per-minute", text, { least: 1, most: 1_000_000 });
}

function wholeFrom(
  name: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Fault("usage", `--${name} ${text}: expected a whole number from ${least} to ${most}`);
}

function cashFrom(text: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new Fault("usage", `--cash ${text}: expected an amount above zero, such as 100000`);
}

/** Both or neither; made up where there are none. */
function credentialsOf({ keyId, secret }: VenueFlags): Credentials {
  if (keyId !== null && secret !== null) return { keyId, secret };
  if (keyId !== null || secret !== null) {
    throw new Fault("usage", "--key-id and --secret belong together; give both, or neither");
  }
  return {
    keyId: `PK${randomBytes(9).toString("hex").toUpperCase()}`,
    secret: randomBytes(20).toString("hex"),
  };
}

function faultsFrom(
  path: string | null,
  terms: { readonly digits: number; readonly seed: number },
): FaultScript {
  if (path === null) return NO_FAULTS;
  return parseFaultScript(textOf(path), basename(path), terms);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Fault("usage", `--faults ${path} cannot be read (${code})`, { where: path, cause });
  }
}
