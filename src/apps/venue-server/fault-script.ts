/**
 * A fault script as a person writes it: YAML or JSON, `seed` and a list of `faults`, each with a kind
 * and what narrows it. Enters: text with its file's name, or a JSON value sent to the control door;
 * leaves: the script of src/venue/faults.ts. Every key is known or refused; what a kind cannot do
 * without must be there. A file's mistakes are told with file:line.
 */
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { invariant } from "../../base/assert.ts";
import { parseDecimal, toScaledInteger } from "../../base/decimal.ts";
import { Fault } from "../../domain/fault.ts";
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultRule,
  type FaultScript,
  faultRule,
  VENUE_CALLS,
} from "../../venue/faults.ts";
import { parseInstant } from "./request.ts";

const decimalText = z
  .union([z.string(), z.number()])
  .transform((value) => (typeof value === "number" ? String(value) : value))
  .refine((text) => parseDecimal(text) !== null, { message: "is not a decimal number" });

const ruleSchema = z
  .strictObject({
    kind: z.enum(FAULT_KINDS as [FaultKind, ...FaultKind[]]),
    from: z
      .string()
      .refine((text) => parseInstant(text) !== null, {
        message: "is not RFC 3339 with an offset, such as 2024-01-02T14:30:00Z",
      })
      .optional(),
    call: z.enum(VENUE_CALLS).optional(),
    nth: z.int().positive().optional(),
    probability: z.number().gt(0).lte(1).optional(),
    times: z.int().positive().optional(),
    symbol: z.string().min(1).optional(),
    duration_ms: z.number().optional(),
    qty: decimalText.optional(),
    price: decimalText.optional(),
    /** Of money, in the account's currency; signed. */
    amount: decimalText.optional(),
    share: z.number().gt(0).lt(1).optional(),
  })
  .superRefine((rule, context) => {
    for (const name of NEEDED[rule.kind] ?? []) {
      if (rule[name] === undefined) {
        context.addIssue({ code: "custom", message: `${rule.kind} needs ${name}`, path: [name] });
      }
    }
  });

type WrittenRule = z.infer<typeof ruleSchema>;

const NEEDED: { readonly [kind in FaultKind]?: readonly (keyof WrittenRule)[] } = {
  cash_adjusted: ["amount"],
  clock_skew: ["duration_ms"],
  halt: ["symbol"],
  late_event: ["duration_ms"],
  partial_fill: ["share"],
  phantom_order: ["symbol", "qty", "price"],
  position_changed: ["symbol", "qty"],
  price_bust: ["price"],
  stream_stall: ["duration_ms"],
  unasked_fill: ["symbol", "qty", "price"],
};

const scriptSchema = z.strictObject({
  seed: z.int().nonnegative().optional(),
  faults: z.array(ruleSchema),
});

export type ScriptTerms = {
  /** Of the account's currency: 2 for cents. */
  readonly digits: number;
  /** Used where the script names none. */
  readonly seed: number;
};

/** The text of a file. Throws Fault("usage") with every mistake on a line of its own. */
export function parseFaultScript(text: string, fileName: string, terms: ScriptTerms): FaultScript {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, version: "1.2" });
  const placeAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${fileName}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  if (document.errors.length > 0) {
    refuse(document.errors.map(({ pos, message }) => `${placeAt(pos[0])}: ${message}`));
  }
  const read = scriptSchema.safeParse(document.toJS());
  if (read.success) return scriptOf(read.data, terms);
  return refuse(
    read.error.issues.map(({ path, message }) => {
      const place = placeAt(offsetOf(document, path));
      return path.length === 0 ? `${place}: ${message}` : `${place}: ${path.join(".")}: ${message}`;
    }),
  );
}

/** One more fault, as the control door is told it. Null and the complaints where it cannot be read. */
export function readFaultRule(
  value: unknown,
  digits: number,
): { readonly rule: FaultRule | null; readonly complaints: readonly string[] } {
  const read = ruleSchema.safeParse(value);
  if (read.success) return { rule: ruleOf(read.data, digits), complaints: [] };
  const complaints = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  return { rule: null, complaints };
}

/** Of what is complained about, or of the nearest thing around it that is written. */
function offsetOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown =
      length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = (node as { readonly range?: readonly number[] | null } | undefined)?.range;
    if (range !== undefined && range !== null) return range[0];
  }
  return 0;
}

function refuse(details: readonly string[]): never {
  const [first, ...rest] = details;
  throw new Fault("usage", `the fault script cannot be used: ${first}`, { details: rest });
}

function scriptOf({ seed, faults }: z.infer<typeof scriptSchema>, terms: ScriptTerms): FaultScript {
  return { seed: seed ?? terms.seed, rules: faults.map((rule) => ruleOf(rule, terms.digits)) };
}

function ruleOf(written: WrittenRule, digits: number): FaultRule {
  const { kind, from, call, nth, probability, times, symbol, qty, price, amount, share } = written;
  return faultRule(kind, {
    fromMs: from === undefined ? null : parseInstant(from),
    call: call ?? null,
    nth: nth ?? null,
    probability: probability ?? 1,
    // A fault with a chance may strike at every occasion, any other strikes once.
    times: times ?? (probability === undefined ? 1 : Number.MAX_SAFE_INTEGER),
    symbol: symbol ?? null,
    durationMs: written.duration_ms ?? null,
    qty: qty ?? null,
    price: price ?? null,
    amountMinor: amount === undefined ? null : minorOf(amount, digits),
    share: share ?? null,
  });
}

function minorOf(amount: string, digits: number): number {
  const value = parseDecimal(amount);
  invariant(value !== null, 6, "the schema lets decimal numbers pass alone");
  return Number(toScaledInteger(value, digits));
}
