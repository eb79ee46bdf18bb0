/**
 * The trade_updates stream: a WebSocket at /stream whose frames are binary and hold JSON. A client
 * authenticates, listens, and is told what happens from then on; nothing is said again after a drop.
 * Enters: events as JSON; leaves: frames. Faults of the stream are `drop` and `silence`.
 *
 * Source: Alpaca, "Websocket streaming"; what version 4 of the official client sends, observed.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, WebSocket, WebSocketServer } from "ws";

export type TradeStream = {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** To every client that listens. */
  readonly send: (update: unknown) => void;
  /** Cuts every connection. */
  readonly drop: () => void;
  /** Whoever is connected now is told nothing more, and what would have been is lost. */
  readonly silence: () => void;
  /** Ends every silence. */
  readonly speak: () => void;
  /** Resolves when every listening client has read all frames so far, and every dropped one knows it. */
  readonly settled: () => Promise<void>;
  readonly listeners: () => number;
  readonly close: () => void;
};

type Client = {
  readonly socket: WebSocket;
  authenticated: boolean;
  listening: boolean;
  silenced: boolean;
  /** Frames handed to its socket, and how many of them it has read for certain. */
  sent: number;
  seen: number;
};

type Frame = {
  readonly action?: unknown;
  readonly data?: { readonly [name: string]: unknown };
  readonly key?: unknown;
  readonly secret?: unknown;
};

const AUTHENTICATE_WITHIN_MS = 10_000;
/** A client that does not answer a ping is not waited for any longer: it may be gone. */
const PONG_WITHIN_MS = 2_000;
const POLICY_VIOLATION = 1008;
const SERVICE_RESTART = 1012;

export function createTradeStream(
  authorized: (keyId: unknown, secret: unknown) => boolean,
): TradeStream {
  const server = new WebSocketServer({ noServer: true, maxPayload: 65_536 });
  const clients = new Set<Client>();
  const leaving = new Set<Promise<void>>();
  const each = (act: (client: Client) => void) => {
    for (const client of clients) if (client.listening && !client.silenced) act(client);
  };
  return {
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (opened) => greet(opened, clients, authorized)),
    send: (update) => {
      const frame = framed({ stream: "trade_updates", data: update });
      each((client) => {
        client.sent++;
        client.socket.send(frame, { binary: true });
      });
    },
    drop: () => {
      for (const { socket } of clients) {
        leaving.add(closed(socket));
        socket.close(SERVICE_RESTART, "service restart");
      }
      clients.clear();
    },
    silence: () => {
      for (const client of clients) client.silenced = true;
    },
    speak: () => {
      for (const client of clients) client.silenced = false;
    },
    settled: async () => {
      const waits: Promise<void>[] = [];
      each((client) => {
        if (client.seen < client.sent) waits.push(answeredPing(client));
      });
      await Promise.all([...waits, ...leaving]);
      leaving.clear();
    },
    listeners: () => [...clients].filter(({ listening }) => listening).length,
    close: () => {
      for (const { socket } of clients) socket.terminate();
      server.close();
    },
  };
}

function greet(
  socket: WebSocket,
  clients: Set<Client>,
  authorized: (keyId: unknown, secret: unknown) => boolean,
): void {
  const client: Client = {
    socket,
    authenticated: false,
    listening: false,
    silenced: false,
    sent: 0,
    seen: 0,
  };
  clients.add(client);
  const deadline = setTimeout(() => {
    if (!client.authenticated) socket.close(POLICY_VIOLATION, "auth timeout");
  }, AUTHENTICATE_WITHIN_MS);
  deadline.unref();
  socket.on("close", () => {
    clearTimeout(deadline);
    clients.delete(client);
  });
  // A connection that breaks is closed; "close" follows and tidies up.
  socket.on("error", () => socket.terminate());
  socket.on("message", (data) => answer(client, readFrame(data), authorized));
}

function answer(
  client: Client,
  frame: Frame | null,
  authorized: (keyId: unknown, secret: unknown) => boolean,
): void {
  const say = (message: unknown) => client.socket.send(framed(message), { binary: true });
  switch (frame?.action) {
    case "authenticate":
    case "auth": {
      const { data } = frame;
      client.authenticated = authorized(
        data?.["key_id"] ?? frame.key,
        data?.["secret_key"] ?? frame.secret,
      );
      const status = client.authenticated ? "authorized" : "unauthorized";
      say({ stream: "authorization", data: { status, action: "authenticate" } });
      if (!client.authenticated) client.socket.close(POLICY_VIOLATION, "unauthorized");
      return;
    }
    case "listen":
      if (!client.authenticated) {
        say({ stream: "authorization", data: { status: "unauthorized", action: "listen" } });
        return;
      }
      client.listening = wantsTrades(frame.data?.["streams"]);
      say({ stream: "listening", data: { streams: client.listening ? ["trade_updates"] : [] } });
      return;
    default:
      say({ action: "error", data: { error_message: "invalid frame" } });
  }
}

function wantsTrades(streams: unknown): boolean {
  return Array.isArray(streams) && streams.includes("trade_updates");
}

function frameText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.from(data as ArrayBuffer).toString();
}

/** Null for what is no JSON object. */
function readFrame(data: RawData): Frame | null {
  try {
    const text = frameText(data);
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Frame) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function framed(message: unknown): Buffer {
  return Buffer.from(JSON.stringify(message));
}

/**
 * Frames and pings arrive in order, and a client answers a ping when it has read it: its pong says
 * that it has read every frame before.
 */
function answeredPing(client: Client): Promise<void> {
  const { socket, sent } = client;
  if (socket.readyState !== WebSocket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      socket.off("pong", done);
      socket.off("close", done);
      client.seen = Math.max(client.seen, sent);
      resolve();
    };
    const timer = setTimeout(done, PONG_WITHIN_MS);
    socket.on("pong", done);
    socket.on("close", done);
    socket.ping();
  });
}

/** The other side has seen it close, or does not answer any more. */
function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.terminate();
      resolve();
    }, PONG_WITHIN_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
