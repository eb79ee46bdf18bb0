/**
 * A local venue that listens: the pure exchange behind HTTP and a WebSocket on 127.0.0.1, speaking
 * Alpaca's Trading API v2, Market Data v2 daily bars and trade_updates. Enters: the exchange's terms,
 * credentials, how time runs, what goes wrong; leaves: the addresses, and what stops it.
 */
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { ExchangeOptions } from "../../venue/exchange/terms.ts";
import { createExchange } from "../../venue/exchange/exchange.ts";
import type { Exchange } from "../../venue/exchange/state.ts";
import { type FaultScript, NO_FAULTS } from "../../venue/faults.ts";
import { openActLog } from "./act-log.ts";
import { carryOutAgain, keepUp, stepTo } from "./acts.ts";
import { createApp, type Credentials, isAuthorized, type VenueRequest } from "./app.ts";
import { calendarOf } from "./calendar.ts";
import { controlRoutes } from "./control-routes.ts";
import { callFault } from "./call-faults.ts";
import { createFaultDesk } from "../../venue/fault-desk.ts";
import { createFrameDoor } from "./frames.ts";
import { accountRoutes, marketRoutes } from "./market-routes.ts";
import { marketOf } from "./market.ts";
import type { Pace, Speed } from "./pace.ts";
import { createRateLimit } from "./rate-limit.ts";
import { createTradeStream } from "./trade-stream.ts";
import { orderChangeRoutes, orderRoutes, positionRoutes } from "./trading-routes.ts";
import { lastInstantOf, nowMs, type Venue } from "./venue.ts";
import { moveTo } from "./walk.ts";

export type VenueOptions = {
  /** Sessions are taken from the series' dates: leave them out. */
  readonly terms: Omit<ExchangeOptions, "sessions">;
  readonly credentials: Credentials;
  /** Default: time stands until somebody steps it. */
  readonly speed?: Speed;
  /** Where time stands at first; default: midnight (UTC) of the first session's date. */
  readonly startMs?: number;
  /** Requests a minute; default: without limit. */
  readonly requestsPerMinute?: number | null;
  readonly faults?: FaultScript;
  /** 0, the default: any that is free. */
  readonly port?: number;
  /** Keeps what happens in a file, so that a killed venue can go on where it was. */
  readonly state?: { readonly path: string; readonly title: Json };
  /** Called when somebody asks the venue to stop; default: it stops itself. */
  readonly onShutdown?: () => void;
  readonly wallMs?: () => number;
};

export type RunningVenue = {
  /** "http://127.0.0.1:41234": trading, market data and control alike. */
  readonly url: string;
  readonly dataUrl: string;
  /** "ws://127.0.0.1:41234/stream" */
  readonly streamUrl: string;
  readonly exchange: Exchange;
  /** The venue's own time. */
  readonly nowMs: () => number;
  /** Steps the clock as the control door does, and waits until the stream's clients have read. */
  readonly advanceTo: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const HOST = "127.0.0.1";
/** How often time that runs by itself is looked at, for the stream's sake. */
const TICK_MS = 20;

export async function startVenue(options: VenueOptions): Promise<RunningVenue> {
  const { credentials, requestsPerMinute = null } = options;
  const venue = venueOf(options);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= stop();
    return closing;
  };
  const routes = [
    ...orderRoutes(venue),
    ...orderChangeRoutes(venue),
    ...positionRoutes(venue),
    ...accountRoutes(venue),
    ...marketRoutes(venue),
    ...controlRoutes(venue, options.onShutdown ?? (() => void close())),
  ];
  const app = createApp({
    credentials,
    limit: requestsPerMinute === null ? null : createRateLimit(requestsPerMinute),
    wallMs: venue.wallMs,
    routes,
    keepUp: () => keepUp(venue),
    faultOf: (call, request) => callFault(venue, call, symbolOf(request)),
  });
  app.server.on("upgrade", (request, socket, head) => {
    if (request.url === "/stream") venue.stream.upgrade(request, socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
  });
  const ticking = venue.pace.speed.kind === "step" ? null : setInterval(keepUp, TICK_MS, venue);
  const stop = async (): Promise<void> => {
    if (ticking !== null) clearInterval(ticking);
    venue.stream.close();
    await app.close();
    venue.log?.close();
  };
  await listen(app, options.port ?? 0);
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${HOST}:${port}`;
  return {
    url,
    dataUrl: url,
    streamUrl: `ws://${HOST}:${port}/stream`,
    exchange: venue.exchange,
    nowMs: () => nowMs(venue),
    advanceTo: (ms) => {
      stepTo(venue, ms);
      return venue.stream.settled();
    },
    close,
  };
}

async function listen(app: FastifyInstance, port: number): Promise<void> {
  try {
    await app.listen({ host: HOST, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const advice = code === "EADDRINUSE" ? "another program listens there; name another" : "";
    throw new Fault("usage", `the venue cannot listen on ${HOST}:${port} (${code}) ${advice}`, {
      cause,
    });
  }
}

function venueOf(options: VenueOptions): Venue {
  const { terms, credentials, wallMs = Date.now } = options;
  const market = marketOf(terms.series, terms.actions);
  const exchange = createExchange({ ...terms, sessions: market.sessions });
  const stream = createTradeStream((keyId, secret) => isAuthorized(credentials, keyId, secret));
  const desk = createFaultDesk(options.faults ?? NO_FAULTS);
  const log =
    options.state === undefined ? null : openActLog(options.state.path, options.state.title);
  const fresh: Omit<Venue, "pace"> = {
    exchange,
    market,
    calendar: calendarOf(market.sessions),
    stream,
    frames: createFrameDoor(stream, desk),
    desk,
    delays: { skewMs: 0 },
    log: null,
    wallMs,
  };
  const pace: Pace = {
    speed: options.speed ?? { kind: "step" },
    venueStartMs: 0,
    wallStartMs: wallMs(),
    lastMs: lastInstantOf(market),
  };
  if (log !== null)
    carryOutAgain({ ...fresh, pace: { ...pace, speed: { kind: "step" } } }, log.entries);
  const startMs = options.startMs ?? exchange.state.nowMs;
  if (startMs > exchange.state.nowMs) moveTo({ ...fresh, pace }, startMs);
  // Time goes on from where it stood.
  return { ...fresh, pace: { ...pace, venueStartMs: exchange.state.nowMs }, log };
}

/** What an order is for, where the request names it: faults may be narrowed to a symbol. */
function symbolOf({ body, params }: VenueRequest): string | null {
  const symbol = (body as { readonly symbol?: unknown } | null | undefined)?.symbol;
  return typeof symbol === "string" ? symbol : (params["symbol"] ?? null);
}
