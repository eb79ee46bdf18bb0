/**
 * The control door, /assay/v1: what a rehearsal asks of the venue and no broker has. The clock is
 * stepped here; the answer comes when every client of the stream has read what happened. Faults are
 * added, acts of the venue carried out, its state told, the server stopped. Same credentials as the
 * rest, no rate limit, no faults.
 */
import { z } from "zod";
import { toScaledInteger, parseDecimal } from "../../base/decimal.ts";
import { Fault } from "../../domain/fault.ts";
import type { OwnAct } from "./act-log.ts";
import { actAlone, plantFault, stepTo } from "./acts.ts";
import type { Route } from "./app.ts";
import { readFaultRule } from "./fault-script.ts";
import { invalid, malformed } from "./refusal.ts";
import { answered, onlyKeys, parseInstant, printInstant } from "./request.ts";
import type { Body } from "./shapes.ts";
import { nowMs, type Venue } from "./venue.ts";

export function controlRoutes(venue: Venue, shutdown: () => void): readonly Route[] {
  const noQuery = { call: null } as const;
  return [
    {
      ...noQuery,
      method: "GET",
      url: "/assay/v1/status",
      handle: ({ query }) => {
        onlyKeys(query, []);
        return answered(statusBody(venue));
      },
    },
    {
      ...noQuery,
      method: "POST",
      url: "/assay/v1/clock",
      handle: async ({ query, body }) => {
        onlyKeys(query, []);
        step(venue, body);
        await venue.stream.settled();
        return answered({ now: printInstant(nowMs(venue)) });
      },
    },
    {
      ...noQuery,
      method: "POST",
      url: "/assay/v1/faults",
      handle: async ({ query, body }) => {
        onlyKeys(query, []);
        const added = plant(venue, body);
        await venue.stream.settled();
        return answered(added);
      },
    },
    {
      ...noQuery,
      method: "POST",
      url: "/assay/v1/shutdown",
      handle: ({ query }) => {
        onlyKeys(query, []);
        setImmediate(shutdown);
        return answered({ stopping: true }, 202);
      },
    },
  ];
}

function statusBody(venue: Venue): Body {
  const { exchange, pace, desk, stream, market } = venue;
  const { state, options } = exchange;
  const next = market.sessions[state.session];
  return {
    now: printInstant(nowMs(venue)),
    last: printInstant(pace.lastMs),
    speed: pace.speed.kind === "step" ? "step" : pace.speed.factor,
    session: next === undefined ? null : next.date,
    is_open: state.step !== "open",
    account: options.accountId,
    symbols: options.series.map(({ instrument }) => instrument.id),
    orders: state.orders.length,
    working: exchange.working.length,
    activities: state.activities.length,
    stream_clients: stream.listeners(),
    faults: desk.script.rules.map((rule, index) => ({
      kind: rule.kind,
      struck: desk.state.fired[index],
    })),
  };
}

const clockSchema = z.strictObject({ advance_to: z.string() });

function step(venue: Venue, body: unknown): void {
  const read = clockSchema.safeParse(body);
  const ms = read.success ? parseInstant(read.data.advance_to) : null;
  if (ms === null) throw malformed('the body is {"advance_to": an RFC 3339 instant} and no more');
  const { pace } = venue;
  if (pace.speed.kind !== "step") {
    throw invalid(`this venue's clock runs by itself, ${pace.speed.factor} times the wall's`);
  }
  if (ms > pace.lastMs) {
    const last = printInstant(pace.lastMs);
    throw invalid(
      `the pack ends: this venue's clock goes up to ${last}, not to ${printInstant(ms)}`,
    );
  }
  stepTo(venue, ms);
}

const decimal = z.string().refine((text) => parseDecimal(text) !== null, {
  message: "is not a decimal number in text",
});
const trade = { symbol: z.string(), qty: decimal, price: decimal } as const;

/** What the venue may be made to do at once. Money as text in the account's currency. */
const actSchema = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("adjust_cash"), amount: decimal, silent: z.boolean() }),
  z.strictObject({ act: z.literal("fill_unasked"), ...trade }),
  z.strictObject({ act: z.literal("place_phantom"), ...trade }),
  z.strictObject({ act: z.literal("change_position"), symbol: z.string(), qty: decimal }),
  z.strictObject({ act: z.literal("bust_price"), execution_id: z.string(), price: decimal }),
  z.strictObject({ act: z.literal("repeat_fill"), execution_id: z.string(), booked: z.boolean() }),
  z.strictObject({ act: z.literal("stick_order"), order_id: z.string() }),
  z.strictObject({ act: z.literal("halt"), symbol: z.string(), refuses: z.boolean() }),
  z.strictObject({ act: z.literal("resume"), symbol: z.string() }),
]);
type Act = z.infer<typeof actSchema>;

const plantSchema = z
  .strictObject({ faults: z.array(z.unknown()).optional(), acts: z.array(actSchema).optional() })
  .refine(({ faults, acts }) => faults !== undefined || acts !== undefined, {
    message: "needs faults or acts",
  });

function plant(venue: Venue, body: unknown): Body {
  const read = plantSchema.safeParse(body);
  if (!read.success) throw invalid(complaintsOf(read.error));
  const digits = venue.exchange.options.currencyDigits;
  const rules = (read.data.faults ?? []).map((fault) => readFaultRule(fault, digits));
  const complaints = rules.flatMap((one, n) =>
    one.complaints.map((said) => `faults.${n}: ${said}`),
  );
  if (complaints.length > 0) throw invalid(complaints.join("; "));
  for (const { rule } of rules) if (rule !== null) plantFault(venue, rule);
  for (const act of read.data.acts ?? []) actNow(venue, act);
  return { faults: rules.length, acts: read.data.acts?.length ?? 0 };
}

function complaintsOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}

function actNow(venue: Venue, act: Act): void {
  try {
    actAlone(venue, ownAct(act, venue.exchange.options.currencyDigits));
  } catch (error) {
    if (error instanceof Fault) throw invalid(error.message);
    throw error;
  }
}

function ownAct(act: Act, digits: number): OwnAct {
  if (act.act !== "adjust_cash") return act;
  const amount = parseDecimal(act.amount);
  if (amount === null) throw invalid(`${act.amount} is no amount`);
  return { act: act.act, minor: Number(toScaledInteger(amount, digits)), silent: act.silent };
}
