/**
 * Every data file a run leaves behind, declared once: columns, primary key, who writes it, who
 * reads it. Prices, marks and fees are in currency units, lots signed, weights and returns
 * fractions, dates the session's. A missing value is an empty field.
 */
import type { ArtifactDeclaration } from "../../domain/artifact.ts";

const PER_RUN = { version: 1, cadence: "per run", maximumAgeSeconds: null } as const;

const ORDERS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "orders",
  file: "orders.csv",
  kind: "table",
  columns: [
    { name: "order_id", type: "text" },
    { name: "decided", type: "date" },
    { name: "instrument", type: "text" },
    { name: "purpose", type: "text" },
    { name: "leg", type: "integer" },
    { name: "type", type: "text" },
    { name: "side", type: "integer" },
    { name: "lots", type: "integer" },
    { name: "price", type: "number" },
    { name: "time_in_force", type: "text" },
    { name: "signal_id", type: "text" },
    { name: "end", type: "text" },
    { name: "ended", type: "date" },
  ],
  primaryKey: ["order_id"],
  producer: "engine/run",
  consumers: ["verify"],
};

const FILLS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "fills",
  file: "fills.csv",
  kind: "table",
  columns: [
    { name: "fill_no", type: "integer" },
    { name: "date", type: "date" },
    { name: "order_id", type: "text" },
    { name: "instrument", type: "text" },
    { name: "lots", type: "integer" },
    { name: "price", type: "number" },
    { name: "reference_price", type: "number" },
    { name: "notional", type: "number" },
    { name: "fee", type: "number" },
    { name: "slippage", type: "number" },
    { name: "signal_id", type: "text" },
  ],
  primaryKey: ["fill_no"],
  producer: "engine/run",
  consumers: ["verify"],
};

const POSITIONS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "positions",
  file: "positions.csv",
  kind: "panel",
  columns: [
    { name: "date", type: "date" },
    { name: "instrument", type: "text" },
    { name: "lots", type: "integer" },
    { name: "mark", type: "number" },
    { name: "value", type: "number" },
    { name: "weight", type: "number" },
  ],
  primaryKey: ["date", "instrument"],
  producer: "engine/run",
  consumers: ["verify"],
};

const EQUITY: ArtifactDeclaration = {
  ...PER_RUN,
  name: "equity",
  file: "equity.csv",
  kind: "series",
  columns: [
    { name: "date", type: "date" },
    { name: "nav", type: "number" },
    { name: "cash", type: "number" },
    { name: "receivable", type: "number" },
    { name: "positions_value", type: "number" },
    { name: "gross", type: "number" },
    { name: "net", type: "number" },
    { name: "drawdown", type: "number" },
  ],
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

const RETURNS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "returns",
  file: "returns.csv",
  kind: "series",
  columns: [
    { name: "date", type: "date" },
    { name: "return", type: "number" },
  ],
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** One row per forecast; a hold has neither signal_id nor terminal. */
const SIGNALS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "signals",
  file: "signals.csv",
  kind: "panel",
  columns: [
    { name: "date", type: "date" },
    { name: "variant_id", type: "text" },
    { name: "strategy", type: "text" },
    { name: "instrument", type: "text" },
    { name: "target_kind", type: "text" },
    { name: "target", type: "number" },
    { name: "price", type: "number" },
    { name: "current_lots", type: "integer" },
    { name: "belief_lots", type: "integer" },
    { name: "hold", type: "boolean" },
    { name: "signal_id", type: "text" },
    { name: "terminal", type: "text" },
    { name: "share", type: "number" },
    { name: "cut_by", type: "text" },
    { name: "observed", type: "number" },
    { name: "limit", type: "number" },
  ],
  primaryKey: ["date", "variant_id", "instrument"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** In the order they are written and listed in the journal's last entry. */
export const RUN_ARTIFACTS = {
  orders: ORDERS,
  fills: FILLS,
  positions: POSITIONS,
  equity: EQUITY,
  returns: RETURNS,
  signals: SIGNALS,
} as const;

export type RunArtifactName = keyof typeof RUN_ARTIFACTS;

/** The file of a declared artifact, or null when nothing of that name is declared. */
export function artifactFile(name: string): string | null {
  return Object.hasOwn(RUN_ARTIFACTS, name) ? RUN_ARTIFACTS[name as RunArtifactName].file : null;
}
