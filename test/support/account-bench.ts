/**
 * A trading account as its owner works with it: the real venue server on this machine, and the command
 * line called with words, each call a new start on what the last one left on disk. What the venue has been
 * sent is counted at the venue; what people are told arrives at a web server of this process.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";
import { readAccountJournal } from "../../src/apps/cli/compose-account.ts";
import { loadMandate, packFor, requireBacktestPack } from "../../src/apps/cli/compose.ts";
import { type RunningVenue, startVenue } from "../../src/apps/venue-server/start-venue.ts";
import { type VenueModel, venueTerms } from "../../src/apps/venue-server/venue-terms.ts";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import type { AccountPayload } from "../../src/domain/trading-entry.ts";
import { startWebServer } from "../unit/alerts/servers.ts";
import { KEYS, writeRandomMandate } from "./rehearsal.ts";

export type Said = { readonly code: number; readonly out: string; readonly err: string };

export type PostedAlert = {
  readonly level: string;
  readonly subject: string;
  readonly body: string;
};

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

export type Bench = {
  readonly mandate: string;
  /** The account's folder. */
  readonly folder: string;
  readonly venue: RunningVenue;
  readonly environment: NodeJS.ProcessEnv;
  /** What the webhook received so far. */
  readonly alerts: () => readonly PostedAlert[];
  /** The command line with these words, "--mode paper --venue URL" behind them. */
  readonly assay: (...words: readonly string[]) => Promise<Said>;
  /** Exactly these words. */
  readonly words: (...words: readonly string[]) => Promise<Said>;
  /** `assay trade`: the session at hand, and its document. */
  readonly trade: () => Promise<Said & { readonly day: DailyDocument }>;
  readonly by: readonly string[];
  readonly plant: (body: unknown) => Promise<void>;
  readonly entries: <K extends AccountPayload["kind"]>(kind: K) => readonly Of<K>[];
  readonly files: (folder: string) => readonly string[];
  /** Orders that have ever reached the venue. */
  readonly sent: () => number;
  readonly close: () => Promise<void>;
};

export type BenchOptions = {
  readonly start: string;
  readonly seed?: number;
  readonly mandate?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly more?: string;
  readonly model?: VenueModel;
};

export async function openBench(options: BenchOptions): Promise<Bench> {
  const home = mkdtempSync(join(tmpdir(), "assay-bench-"));
  const mandate =
    options.mandate ?? writeRandomMandate(home, options.seed ?? 11, { more: options.more ?? "" });
  const hook = await startWebServer();
  const environment: NodeJS.ProcessEnv = {
    ASSAY_HOME: join(home, ".assay"),
    ASSAY_ALPACA_PAPER_KEY_ID: KEYS.keyId,
    ASSAY_ALPACA_PAPER_SECRET: KEYS.secret,
    ASSAY_ALERT_WEBHOOK_URL: hook.url,
    NO_COLOR: "1",
    ...options.environment,
  };
  const venue = await venueOf(mandate, options, environment);
  const folder = join(environment["ASSAY_HOME"] as string, "accounts/paper");
  const words = (...argv: readonly string[]) => callAssay(argv, environment);
  const at = ["--mode", "paper", "--venue", venue.url, "--requests-per-minute", "unlimited"];
  const assay = (command: string, ...more: readonly string[]) =>
    words(command, mandate, ...at, ...more);
  return {
    mandate,
    folder,
    venue,
    environment,
    alerts: () => hook.posted.map(({ body }) => JSON.parse(body) as PostedAlert),
    words,
    assay: assay as Bench["assay"],
    async trade() {
      const said = await assay("trade", "--json");
      const document = JSON.parse(said.out) as { readonly last?: DailyDocument };
      if (document.last === undefined || document.last === null) throw new Error(said.out);
      return { ...said, day: document.last };
    },
    by: ["--operator", "ann", "--reason", "a test"],
    plant: (body) => atVenue(venue, "POST", "/assay/v1/faults", body),
    entries: (kind) =>
      readAccountJournal(folder).entries.flatMap(({ payload }) =>
        payload.kind === kind ? [payload as never] : [],
      ),
    files: (name) => readdirSync(join(folder, name)).sort(),
    sent: () => venue.exchange.state.orders.length,
    async close() {
      await venue.close();
      await hook.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A request of the venue's own, past whatever is tested. Throws where it is refused. */
export async function atVenue(
  { url }: Pick<RunningVenue, "url">,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      "apca-api-key-id": KEYS.keyId,
      "apca-api-secret-key": KEYS.secret,
    },
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
}

export function readText(bench: Pick<Bench, "folder">, name: string): string {
  return readFileSync(join(bench.folder, name), "utf8");
}

export async function callAssay(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Said> {
  let out = "";
  let err = "";
  const code = await runCommandLine(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment,
  });
  return { code, out, err };
}

async function venueOf(
  mandate: string,
  { start, model = "backtest" }: BenchOptions,
  environment: NodeJS.ProcessEnv,
): Promise<RunningVenue> {
  const loaded = loadMandate(mandate, [], environment);
  const found = await packFor({ loaded, progress: () => undefined, nowMs: 0 });
  const pack = requireBacktestPack(found.pack);
  const asked = { model, start, cash: null, seed: null };
  return startVenue({ credentials: KEYS, terms: venueTerms(loaded.mandate, pack, asked) });
}
