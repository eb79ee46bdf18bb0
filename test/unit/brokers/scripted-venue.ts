/**
 * A venue that answers by script: real sockets on 127.0.0.1, no mind of its own. What the adapter asks is
 * kept; each answer is what the test says, a dropped socket included. `assay venue` is the one with a mind.
 */
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { approve, inTerms } from "../../../src/execution/gates/approval.ts";
import type { Approved, Order } from "../../../src/domain/order.ts";
import type { BrokerOrder } from "../../../src/domain/venue-report.ts";
import { createAlpacaBroker } from "../../../src/adapters/brokers/alpaca/broker.ts";
import type { AlpacaOptions } from "../../../src/adapters/brokers/alpaca/client.ts";
import type { TapeRecord } from "../../../src/adapters/brokers/alpaca/tape.ts";

export const KEY_ID = "PKTESTKEYID00000001";
export const SECRET = 's3cret/with+odd"characters';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
};

/** `drop` cuts the socket without an answer; `hang` never answers. */
export type Scripted =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: { [name: string]: string };
    }
  | "drop"
  | "hang";

export type ScriptedVenue = Awaited<ReturnType<typeof startScripted>>;

export async function startScripted(answer: (asked: Asked) => Scripted) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://venue");
      const { method = "GET", headers } = request;
      const one = { method, path: url.pathname, query: url.searchParams, body, headers };
      asked.push(one);
      send(response, answer(one));
    });
  });
  const sockets = new WebSocketServer({ server, path: "/stream" });
  const venue = {
    asked,
    url: "",
    sockets,
    /** What a client says after connecting, and what it is told. */
    onFrame: (socket: WebSocket, frame: { readonly action?: string }) => greet(socket, frame),
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  sockets.on("connection", (socket) => {
    socket.on("message", (data: Buffer) => {
      venue.onFrame(socket, JSON.parse(data.toString("utf8")) as { action?: string });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  venue.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return venue;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, answer: Scripted): void {
  if (answer === "hang") return;
  if (answer === "drop") {
    response.socket?.destroy();
    return;
  }
  const { status, body, headers } = answer;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "X-Request-ID": "request-1", ...headers });
  response.end(body === undefined ? undefined : text);
}

export function frame(socket: WebSocket, value: unknown): void {
  socket.send(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), {
    binary: true,
  });
}

/** As Alpaca greets: keys first, then the streams. */
export function greet(socket: WebSocket, { action }: { readonly action?: string }): void {
  if (action === "authenticate") {
    frame(socket, { stream: "authorization", data: { status: "authorized", action } });
  }
  if (action === "listen") {
    frame(socket, { stream: "listening", data: { streams: ["trade_updates"] } });
  }
}

/** An adapter at this venue, and everything its tape heard. */
export async function adapterAt(url: string, options: Partial<AlpacaOptions> = {}) {
  const heard: TapeRecord[] = [];
  const broker = await createAlpacaBroker({
    keyId: KEY_ID,
    secret: SECRET,
    environment: "paper",
    venueUrl: url,
    tape: (record) => heard.push(record),
    timeoutMs: 20_000,
    ...options,
  });
  return { broker, heard };
}

const INTENT: Order = {
  ordinal: 0,
  instrument: 0,
  session: 0,
  purpose: "open",
  leg: 0,
  generation: 0,
  side: 1,
  type: "on_open",
  lots: 10,
  price: null,
  timeInForce: "day",
  working: false,
  signals: [],
};

export const ORDER: BrokerOrder = {
  clientOrderId: "assay-0001",
  symbol: "SPY",
  side: "buy",
  qty: "10",
  type: "market",
  timeInForce: "opg",
  limitPrice: null,
  stopPrice: null,
};

/** These terms, let pass by the one gate that was asked. */
export function approvedOrder(terms: Partial<BrokerOrder> = {}): Approved<BrokerOrder> {
  const pass = { result: "pass", rule: "gross", observed: 0, limit: 1, unit: "share" } as const;
  const approved = approve(INTENT, [[{ gate: "limits", ...pass }]], ["limits"]);
  if (!approved.ok) throw new Error("the gate refused");
  return inTerms(approved.value, { ...ORDER, ...terms });
}

/** An order object as Alpaca prints one, nulls included. */
export function orderBody(fields: { readonly [key: string]: unknown } = {}) {
  return {
    id: "61e69015-8549-4bfd-b9c3-01e75843f47d",
    client_order_id: ORDER.clientOrderId,
    created_at: "2026-11-20T21:05:00.123456789Z",
    updated_at: "2026-11-20T21:05:00.123456789Z",
    submitted_at: "2026-11-20T21:05:00.123456789Z",
    filled_at: null,
    expired_at: null,
    canceled_at: null,
    failed_at: null,
    asset_class: "us_equity",
    symbol: ORDER.symbol,
    notional: null,
    qty: ORDER.qty,
    filled_qty: "0",
    filled_avg_price: null,
    order_class: "",
    order_type: "market",
    type: "market",
    side: ORDER.side,
    time_in_force: "opg",
    limit_price: null,
    stop_price: null,
    status: "accepted",
    legs: null,
    ...fields,
  };
}
