/**
 * Alpaca's stream of trade updates. The client connects, proves the keys, subscribes, pings, and connects
 * again with a growing delay; the frames are read here, as they came. Enters: JSON in binary frames; leaves:
 * events of the port. The stream has no memory: what happened while it was down is not told again, so each
 * way of losing something (a drop, a frame that cannot be read) is a "disconnected", and a "connected" when
 * it listens again. Refuses to begin with keys that the venue refuses.
 * Sources: documentation of `trade_updates`, the client's sources at 4.0.2.
 */
import type { streaming } from "@alpacahq/alpaca-trade-api";
import { WebSocket } from "ws";
import type { VenueEvent } from "../../../domain/venue-report.ts";
import type { BrokerStream } from "../../../ports/broker.ts";
import {
  type Body,
  UnreadableBody,
  asBody,
  decimalOf,
  optionalText,
  parseBody,
  textOf,
} from "./body.ts";
import type { AlpacaClient } from "./client.ts";
import { reasonOf, refusedBy, unanswered } from "./errors.ts";
import { utcOf } from "./instants.ts";
import { orderOf } from "./orders.ts";

export type StreamListener = (event: VenueEvent) => void;

/** A venue on this machine is back at once or not at all; Alpaca is given room by the client's own delays. */
const LOCAL_DELAYS = { initialReconnectMs: 20, maxReconnectMs: 1_000 };
const FOREVER = -1;
const CLOSE_WAIT_MS = 1_000;
const UPDATES = "trade_updates";

/** Resolves when the venue says that it listens; rejects when it refuses or says nothing in time. */
export function openStream(client: AlpacaClient, listener: StreamListener): Promise<BrokerStream> {
  return new Promise((resolve, reject) => {
    const ear = new Ear(client, listener, (error) => {
      clearTimeout(patience);
      if (error === null) resolve({ close });
      else void close().then(() => reject(error));
    });
    const stream = client.alpaca.trading.stream({
      ...(client.streamUrl === null ? {} : { url: client.streamUrl, ...LOCAL_DELAYS }),
      maxReconnectAttempts: FOREVER,
      wsFactory: (url) => ear.listenAt(url),
    });
    const close = async () => {
      const closed = ear.closing();
      stream.disconnect();
      await closed;
    };
    const patience = setTimeout(() => ear.giveUp(), client.timeoutMs);
    stream.subscribeTradeUpdates();
    stream.connect();
  });
}

/** What is heard on the stream's sockets, one after the other. */
class Ear {
  private readonly client: AlpacaClient;
  private readonly listener: StreamListener;
  /** Told once: null when it listens, or why it never will. */
  private readonly begin: (error: Error | null) => void;
  private hasBegun = false;
  private socket: WebSocket | null = null;
  private isListening = false;
  private isClosing = false;
  /** Why the newest socket failed. */
  private reason = "it was never reached";

  constructor(
    client: AlpacaClient,
    listener: StreamListener,
    begin: (error: Error | null) => void,
  ) {
    this.client = client;
    this.listener = listener;
    this.begin = begin;
  }

  listenAt(url: string): streaming.WebSocketLike {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket = socket;
    this.reason = "it did not say that it listens";
    socket.on("message", (data: Buffer) => this.hear(data.toString("utf8")));
    socket.on("error", (error) => {
      this.reason = this.client.place.redact(reasonOf(error));
    });
    socket.on("close", (code, reason) => this.dropped(code, reason.toString("utf8")));
    return socket as unknown as streaming.WebSocketLike;
  }

  private begun(error: Error | null): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.begin(error);
  }

  giveUp(): void {
    this.begun(unanswered(this.client.place, "stream", this.reason));
  }

  /** Nothing is told from now on; resolves when the socket is gone. */
  closing(): Promise<void> {
    this.isClosing = true;
    const { socket } = this;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const impatience = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS);
      socket.once("close", () => {
        clearTimeout(impatience);
        resolve();
      });
    });
  }

  private dropped(code: number, reason: string): void {
    this.note("closed", reason, code);
    if (reason !== "") this.reason = this.client.place.redact(reason);
    this.fell(`the stream closed (${code}${reason === "" ? "" : `, ${this.reason}`})`);
  }

  private fell(reason: string): void {
    if (!this.isListening) return;
    this.isListening = false;
    this.tell({ kind: "disconnected", reason });
  }

  private hear(text: string): void {
    this.note("received", text, null);
    if (this.isClosing) return;
    try {
      this.read(asBody(parseBody(text), "a frame"));
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      this.missed(`a frame cannot be read: ${error.message}`);
    }
  }

  private read(frame: Body): void {
    switch (frame["stream"]) {
      case "authorization": {
        const status = textOf(asBody(frame["data"], "the answer to the keys"), "status");
        if (status !== "authorized") this.refused(status);
        return;
      }
      case "listening": {
        const streams = asBody(frame["data"], "the list of streams")["streams"];
        if (Array.isArray(streams) && streams.includes(UPDATES)) this.listens();
        return;
      }
      case UPDATES:
        this.tell(eventOf(asBody(frame["data"], "a trade update")));
        return;
      default:
        if (frame["action"] === "error") this.missed(`the venue reports ${JSON.stringify(frame)}`);
    }
  }

  private listens(): void {
    this.isListening = true;
    this.begun(null);
    this.tell({ kind: "connected" });
  }

  /** The client does not try refused keys again, so this is where the stream ends. */
  private refused(status: string): void {
    const answer = { status: 401, code: null, message: status, raw: null };
    const error = refusedBy(this.client.place, answer);
    if (!this.hasBegun) return this.begun(error);
    this.tell({ kind: "disconnected", reason: `${error.message}; it is not opened again` });
  }

  /** Something was lost on a line that holds: to the reader it is a drop that is over. */
  private missed(reason: string): void {
    if (!this.isListening) {
      this.reason = this.client.place.redact(reason);
      return;
    }
    this.fell(this.client.place.redact(reason));
    this.listens();
  }

  private tell(event: VenueEvent): void {
    if (!this.isClosing) this.listener(event);
  }

  private note(action: string, received: string, status: number | null): void {
    const nothing = { requestId: null, sent: null, error: null };
    this.client.tape({
      channel: "stream",
      action,
      target: "/stream",
      status,
      received,
      ...nothing,
    });
  }
}

function eventOf(data: Body): VenueEvent {
  const event = textOf(data, "event");
  const order = orderOf(data["order"] ?? null);
  if (event !== "fill" && event !== "partial_fill") return { kind: "order", order, event };
  const { venueOrderId, clientOrderId, symbol, side, filledQty } = order;
  const fill = {
    executionId: textOf(data, "execution_id"),
    venueOrderId,
    clientOrderId,
    symbol,
    side,
    qty: decimalOf(data, "qty"),
    price: decimalOf(data, "price"),
    cumulativeQty: filledQty,
    at: utcOf(
      optionalText(data, "timestamp") ?? textOf(asBody(order.raw, "an order"), "updated_at"),
    ),
    raw: data,
  };
  return { kind: "fill", fill, order };
}
