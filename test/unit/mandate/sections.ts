/** Made-up sections for the tests of this room; the real ones belong to their rooms. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { Fault } from "../../../src/domain/fault.ts";
import type { Section } from "../../../src/domain/section.ts";
import { type MandateInput, resolveMandate } from "../../../src/mandate/resolve.ts";

export const sha256 = (data: string | Uint8Array): string =>
  createHash("sha256").update(data).digest("hex");

export const tollSection: Section = {
  name: "tolls",
  owner: "test/tolls",
  schema: z.strictObject({
    per_share: z.number().min(0),
    bps: z.number().min(0).max(100),
    minimum: z.number().min(0).nullable(),
    mode: z.enum(["rounded", "exact"]),
    note: z.string(),
  }),
  describe: {
    per_share: "money per share",
    bps: "basis points of the notional",
    minimum: "least toll per order, or null",
    mode: "how tolls are rounded",
    note: "a word to the reader",
  },
  defaults: { bps: 0, mode: "exact", note: "none" },
  profiles: { plain: { minimum: null }, dear: { minimum: 5, bps: 20 } },
  tags: { note: "presentation" },
  probes: {},
  check: (values: { bps: number; per_share: number }) =>
    values.bps > 0 && values.per_share > 0
      ? [{ path: ["bps"], message: "contradicts per_share: one of them must be 0" }]
      : [],
};

const source = z.strictObject({
  file: z.string().min(1),
  columns: z.strictObject({ close: z.string(), volume: z.string().optional() }),
});

export const cargoSection: Section = {
  name: "cargo",
  owner: "test/cargo",
  schema: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("files"),
      sources: z.array(source).min(1),
      quality: z.strictObject({ max_rejected_rows: z.int().min(0) }),
      ships: z.record(z.string(), z.strictObject({ lot: z.number().positive() })),
    }),
    z.strictObject({ kind: z.literal("invented"), days: z.int().min(10) }),
  ]),
  describe: {
    kind: "where cargo comes from",
    "sources.*.file": "file beside the mandate",
    "sources.*.columns.close": "name of the close column",
    "sources.*.columns.volume": "name of the volume column",
    "quality.max_rejected_rows": "rows that may be dropped",
    "ships.*.lot": "units per lot",
    days: "days invented",
  },
  defaults: { kind: "files", quality: { max_rejected_rows: 0 }, ships: {}, days: 250 },
  profiles: {},
  tags: { "sources.*.file": "location" },
  probes: {},
  check: () => [],
};

export const crewSection: Section = {
  name: "crew",
  owner: "test/crew",
  schema: z.strictObject({
    members: z.array(
      z.strictObject({
        who: z.string().min(1),
        harbours: z.union([z.literal("all"), z.array(z.string()).min(1)]),
        params: z.record(
          z.string().regex(/^[a-z_]+$/, "expected a name in lower case"),
          z.number(),
        ),
      }),
    ),
    since: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "expected a date such as 2020-01-31"),
    aboard: z.boolean(),
  }),
  describe: {
    "members.*.who": "name",
    "members.*.harbours": "where",
    "members.*.params": "numbers",
    since: "first day",
    aboard: "at sea",
  },
  defaults: { members: [], since: "2000-01-01", aboard: true },
  profiles: {},
  tags: {},
  probes: {},
  check: () => [],
};

export const SECTIONS: readonly Section[] = [tollSection, cargoSection, crewSection];

/** A complete mandate over SECTIONS; line numbers in tests refer to it. */
export const GOOD = `assay: 1
name: First
profile: plain
tolls:
  per_share: 0.01
cargo:
  sources:
    - file: a.csv
      columns: { close: Close }
  ships:
    Spy: { lot: 1 }
    BRK.B: { lot: 2 }
`;

export function resolve(text: string, more: Partial<MandateInput> = {}) {
  return resolveMandate({
    sections: SECTIONS,
    text,
    fileName: "mandate.yaml",
    environment: {},
    flags: [],
    sha256,
    ...more,
  });
}

/** The lines a refused mandate leaves; throws when it was not refused. */
export function refusal(text: string, more: Partial<MandateInput> = {}): readonly string[] {
  try {
    resolve(text, more);
  } catch (error) {
    if (error instanceof Fault && error.kind === "mandate") {
      // One finding is the fault itself, several are its details.
      return error.details.length === 0 ? [error.message] : error.details;
    }
    throw error;
  }
  throw new Error("the mandate was accepted");
}
