/**
 * A small market behind a real venue server, and the official client pointed at it: three symbols over
 * the first weeks of 2024, prices that are easy to tell apart.
 */
import { Alpaca } from "@alpacahq/alpaca-trade-api";
import {
  type RunningVenue,
  startVenue,
  type VenueOptions,
} from "../../src/apps/venue-server/start-venue.ts";
import type { BarSeries } from "../../src/domain/bar.ts";
import { DAY_MS, formatDate, parseIsoDate } from "../../src/base/instant.ts";
import { sessionsOf } from "../../src/market/calendars/calendar.ts";
import { BACKTEST_RULES, type VenueRules } from "../../src/venue/exchange/terms.ts";
import { type Listing, packOf } from "./market-fixture.ts";

export const CREDENTIALS = { keyId: "PKREHEARSAL", secret: "a-secret-of-the-rehearsal" } as const;
export const FIRST_DATE = "2024-01-10";
const FROM = parseIsoDate("2024-01-02") as number;

/** Closes 100, 101, 102 .. on each session; opens half below, ranges one around both. */
export function rising(base: number, actions: Listing["actions"] = []): Listing {
  const dates = [...sessionsOf("XNYS", FROM, FROM + 31 * DAY_MS)];
  const bars = Object.fromEntries(
    dates.map((ms, n) => {
      const close = base + n;
      return [formatDate(ms), [close - 0.5, close + 1, close - 1.5, close] as const];
    }),
  );
  return { bars, actions };
}

/** The same bars with a volume each, as a broker's market data has it. */
export function withVolume(series: readonly BarSeries[]): readonly BarSeries[] {
  return series.map((one) => ({ ...one, volume: one.close.map((_, n) => 1_000 + n) }));
}

export type FixtureOptions = Partial<Omit<VenueOptions, "terms">> & {
  readonly rules?: Partial<VenueRules>;
  readonly listings?: { readonly [symbol: string]: Listing };
  readonly cashMinor?: number;
  readonly volumes?: boolean;
};

export function startFixture(options: FixtureOptions = {}): Promise<RunningVenue> {
  const { rules, listings, cashMinor, volumes, ...over } = options;
  const pack = packOf(listings ?? { AAA: rising(100), BBB: rising(200), CCC: rising(40) });
  return startVenue({
    credentials: CREDENTIALS,
    ...over,
    terms: {
      accountId: "00000000-0000-4000-8000-000000000001",
      currency: "USD",
      currencyDigits: 2,
      initialCashMinor: cashMinor ?? 10_000_000,
      series: volumes === true ? withVolume(pack.series) : pack.series,
      actions: pack.actions,
      firstDate: FIRST_DATE,
      marketPhase: "open",
      rules: { ...BACKTEST_RULES, ...rules },
      costs: {
        slippage: { bps: 0, halfSpread: 0, ticks: 0 },
        fees: pack.series.map(() => ({ bps: 0, perShare: 0, minimumMinor: 0 })),
        debitRate: 0,
        borrowRate: 0,
      },
      seed: 7,
    },
  });
}

/** The client as a user has it, its hosts replaced where it fetches, and nothing else. */
export function clientOf(
  venue: Pick<RunningVenue, "url">,
  over: Partial<ConstructorParameters<typeof Alpaca>[0]> = {},
): Alpaca {
  return new Alpaca({
    ...CREDENTIALS,
    rateLimit: false,
    retry: { retryDelayMs: 1, maxDelayMs: 2 },
    fetchApi: (input, init) => {
      const asked = new URL(String(input));
      return fetch(`${venue.url}${asked.pathname}${asked.search}`, init as RequestInit);
    },
    ...over,
  });
}

/** A request as the wire has it, for what no client would send. */
export async function ask(
  venue: Pick<RunningVenue, "url">,
  method: string,
  path: string,
  body?: unknown,
): Promise<{
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}> {
  const response = await fetch(`${venue.url}${path}`, {
    method,
    headers: {
      "APCA-API-KEY-ID": CREDENTIALS.keyId,
      "APCA-API-SECRET-KEY": CREDENTIALS.secret,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? null : (JSON.parse(text) as unknown),
  };
}

export async function stepTo(venue: RunningVenue, instant: string): Promise<void> {
  const { status, body } = await ask(venue, "POST", "/assay/v1/clock", { advance_to: instant });
  if (status !== 200) throw new Error(`the clock was not stepped: ${JSON.stringify(body)}`);
}
