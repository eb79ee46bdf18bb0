/**
 * The HTTP door: who may enter, how often, and what every answer carries. Enters: requests on the
 * loopback address; leaves: JSON, X-Request-ID, X-RateLimit headers, refusals in the broker's words.
 * What a route does is a function from a request to an answer; faults of the script strike here,
 * before it or after it.
 *
 * Source: Alpaca, Trading API v2 (authentication, errors, rate limit).
 */
import { timingSafeEqual } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { VenueCall } from "../../venue/faults.ts";
import { admit, type RateLimit } from "./rate-limit.ts";
import { bodyOf, malformed, notFound, Refused } from "./refusal.ts";
import type { Answer, Query } from "./request.ts";

export type Credentials = { readonly keyId: string; readonly secret: string };

export type VenueRequest = {
  readonly query: Query;
  readonly params: { readonly [name: string]: string };
  readonly body: unknown;
};

export type Route = {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  /** What it is in the words of a fault script; null: the control door, where nothing strikes. */
  readonly call: VenueCall | null;
  readonly handle: (request: VenueRequest) => Answer | Promise<Answer>;
};

/** What goes wrong with one request, and when. */
export type CallFault =
  | { readonly kind: "none" }
  | { readonly kind: "refuse"; readonly refusal: Refused; readonly handled: boolean }
  /** The connection is cut: after the request was carried out, or without. */
  | { readonly kind: "cut"; readonly handled: boolean }
  /** No answer for so long, then the connection is cut. */
  | { readonly kind: "silence"; readonly handled: boolean; readonly wallMs: number };

export type DoorOptions = {
  readonly credentials: Credentials;
  readonly limit: RateLimit | null;
  readonly wallMs: () => number;
  readonly routes: readonly Route[];
  /** Brings the venue's time up to now. */
  readonly keepUp: () => void;
  /** Asked once for each admitted request, before it is carried out. */
  readonly faultOf: (call: VenueCall, request: VenueRequest) => CallFault;
};

const MOST_BODY_BYTES = 1_048_576;

export function createApp(options: DoorOptions): FastifyInstance {
  let requests = 0;
  const app = Fastify({
    logger: false,
    bodyLimit: MOST_BODY_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    genReqId: () => (++requests).toString(16).padStart(32, "0"),
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("X-Request-ID", request.id);
    done(admission(options, request, reply) ?? undefined);
  });
  app.setErrorHandler((error, _request, reply) => refuse(reply, refusalFor(error)));
  app.setNotFoundHandler((request, reply) =>
    refuse(reply, notFound(`endpoint not found: ${request.method} ${pathOf(request.url)}`)),
  );
  for (const route of options.routes) {
    app.route({
      method: route.method,
      url: route.url,
      handler: (request, reply) => serve(options, route, request, reply),
    });
  }
  return app;
}

/** Null where the request may enter. */
function admission(
  { credentials, limit, wallMs }: DoorOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Refused | null {
  const keyId = request.headers["apca-api-key-id"];
  const secret = request.headers["apca-api-secret-key"];
  if (!isAuthorized(credentials, keyId, secret)) return unauthorized(credentials, keyId);
  if (limit === null || request.url.startsWith("/assay/")) return null;
  const { admitted, remaining, resetSeconds } = admit(limit, wallMs());
  reply.header("X-RateLimit-Limit", limit.perMinute);
  reply.header("X-RateLimit-Remaining", remaining);
  reply.header("X-RateLimit-Reset", resetSeconds);
  return admitted ? null : rateLimited();
}

export function isAuthorized(wanted: Credentials, keyId: unknown, secret: unknown): boolean {
  return same(wanted.keyId, keyId) && same(wanted.secret, secret);
}

function same(wanted: string, given: unknown): boolean {
  if (typeof given !== "string") return false;
  const [a, b] = [Buffer.from(wanted), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Keys of live accounts begin with AK, those of paper accounts with PK: the most common mistake. */
function unauthorized({ keyId }: Credentials, given: unknown): Refused {
  const isLive = typeof given === "string" && given.startsWith("AK") && !keyId.startsWith("AK");
  const advice = isLive ? ": a live account's key on a paper account" : "";
  return new Refused(401, 40110000, `request is not authorized${advice}`);
}

export function rateLimited(): Refused {
  return new Refused(429, 42910000, "rate limit exceeded");
}

async function serve(
  { faultOf, keepUp }: DoorOptions,
  { call, handle }: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const asked: VenueRequest = {
    query: request.query as Query,
    params: request.params as { readonly [name: string]: string },
    body: request.body,
  };
  keepUp();
  const fault: CallFault = call === null ? { kind: "none" } : faultOf(call, asked);
  if (fault.kind === "none") return send(reply, await handle(asked));
  if (fault.handled) await carriedOut(handle, asked);
  if (fault.kind === "refuse") return refuse(reply, fault.refusal);
  reply.hijack();
  const cut = () => void request.raw.socket.destroy();
  if (fault.kind === "cut") cut();
  else setTimeout(cut, fault.wallMs).unref();
  return undefined;
}

/** Its answer is lost, a refusal as well. */
async function carriedOut(handle: Route["handle"], asked: VenueRequest): Promise<void> {
  try {
    await handle(asked);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function send(reply: FastifyReply, { status, body }: Answer): unknown {
  reply.code(status);
  return body === null ? reply.send() : reply.send(body);
}

function refuse(reply: FastifyReply, refused: Refused): unknown {
  return reply.code(refused.http).send(bodyOf(refused));
}

function refusalFor(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const { statusCode, message } = error as { readonly statusCode?: unknown; message?: unknown };
  if (typeof statusCode === "number" && statusCode < 500) {
    return malformed(`request body format is invalid: ${String(message)}`);
  }
  return new Refused(500, 50010000, `internal server error: ${String(message)}`);
}

function pathOf(url: string): string {
  const cut = url.indexOf("?");
  return cut < 0 ? url : url.slice(0, cut);
}
