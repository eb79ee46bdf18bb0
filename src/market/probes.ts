/**
 * How each key of `data` is shown to be alive. The pack is built anew for each: bars, actions and
 * what the quality checks say may move. Names of columns and layouts are looked up in the files, so
 * that one which is not there is refused.
 */
import type { Probe, Probes } from "../domain/probe.ts";

const looked = (...names: readonly (string | null)[]): Probe => ({
  refuses: true,
  try: [...names, "probed"].map((name) => ({ to: name })),
});
const RIGHTS: Probe = { moves: "records", try: [{ to: "probed" }] };
const MEMBER = looked();

/** Of an instrument, in the defaults and where one differs from them. */
const TERMS: Probes = {
  asset_class: {
    moves: "records",
    refuses: true,
    try: [{ to: "crypto" }, { to: "equity" }, { to: "future" }],
  },
  currency: { refuses: true, try: [{ to: "EUR" }, { to: "USD" }] },
  currency_digits: { refuses: true, try: [{ plus: 1 }, { to: 0 }] },
  lot: { try: [{ times: 100 }, { times: 1000 }] },
  // The grid is where a slipped price goes.
  tick: { try: [{ to: 0.5, with: { "slippage.bps": { to: 5 } } }, { to: 1 }] },
  multiplier: { try: [{ times: 10 }] },
  allow_nonpositive: { refuses: true, needs: ["nonpositive_price"], try: [{ toggle: true }] },
  sector: {
    needs: ["several_instruments"],
    try: [
      {
        to: "probed",
        with: {
          "limits.symbol": { to: null },
          "limits.sector": { inside: "sector", part: 0.6 },
          "data.instruments": { firstInstrument: { sector: "probed" } },
        },
      },
    ],
  },
  calendar: { moves: "records", try: [{ to: "XNYS" }, { to: "XJPX" }, { to: null }] },
  initial_margin: { refuses: true, try: [{ to: 1000 }] },
};

const prefixed = (prefix: string, probes: Probes): Probes =>
  Object.fromEntries(Object.entries(probes).map(([key, probe]) => [`${prefix}.${key}`, probe]));

/** A default that every instrument overrides moves nothing. */
const DEFAULTS: Probes = Object.fromEntries(
  Object.entries(TERMS).map(([key, probe]) => [
    key,
    { ...probe, needs: [...(probe.needs ?? []), "inherits" as const] },
  ]),
);

const EXAMPLE: Probe = { refuses: true, try: [{ plus: 1 }] };

export const DATA_PROBES: Probes = {
  kind: { refuses: true, try: [{ to: "real" }, { to: "simulated" }] },
  as_of: { refuses: true, try: [{ to: "1990-01-01" }] },
  from: { try: [{ dayAt: 0.2 }] },
  to: { try: [{ dayAt: 0.8 }] },
  sources: { refuses: true, try: [{ to: [] }] },
  "sources.*.provider": { refuses: true, try: [{ to: "files" }] },
  "sources.*.symbols": { refuses: true, try: [{ drop: "last" }, { to: ["PROBED"] }] },
  "sources.*.feed": { refuses: true, try: [{ to: "iex" }, { to: "sip" }] },
  "sources.*.from": { refuses: true, try: [{ later: 400 }, { later: -400 }] },
  "sources.*.member": MEMBER,
  "sources.*.layout": { refuses: true, try: [{ to: "single" }, { to: "wide" }] },
  "sources.*.instrument": { moves: "records", refuses: true, try: [{ to: "PROBED" }] },
  "sources.*.instrument_column": looked(),
  "sources.*.instruments": { refuses: true, try: [{ drop: "last" }, { to: ["PROBED"] }] },
  "sources.*.date.column": looked(),
  "sources.*.date.format": { refuses: true, try: [{ to: "epoch_ms" }, { to: "YYYY-MM-DD" }] },
  "sources.*.columns": { refuses: true, try: [{ to: { close: "probed" } }] },
  "sources.*.columns.open": looked(),
  "sources.*.columns.high": looked(),
  "sources.*.columns.low": looked(),
  "sources.*.columns.close": looked(),
  "sources.*.columns.volume": looked(),
  "sources.*.columns.dividend": looked(null),
  "sources.*.columns.pay_date": looked(null),
  "sources.*.columns.split": looked(null),
  "sources.*.rights": RIGHTS,
  references: { needs: ["reference_series"], try: [] },
  "references.*.id": { moves: "records", refuses: true, try: [{ to: "PROBED" }] },
  "references.*.kind": { refuses: true, try: [{ to: "fx" }, { to: "volatility_index" }] },
  "references.*.currency": { refuses: true, try: [{ to: "CHF" }] },
  "references.*.quote": { refuses: true, try: [{ to: "CHF" }] },
  "references.*.member": MEMBER,
  "references.*.date.column": looked(),
  "references.*.date.format": { refuses: true, try: [{ to: "epoch_ms" }, { to: "YYYY-MM-DD" }] },
  "references.*.column": looked(),
  "references.*.rights": RIGHTS,
  ...prefixed("instrument_defaults", DEFAULTS),
  instruments: {
    refuses: true,
    try: [
      { firstInstrument: { lot: 100 } },
      { firstInstrument: { worked_example: { move: 1, lots: 1, profit: 0.123456789 } } },
    ],
  },
  ...prefixed("instruments.*", {
    ...TERMS,
    "worked_example.move": EXAMPLE,
    "worked_example.lots": EXAMPLE,
    "worked_example.profit": EXAMPLE,
  }),
  "dividends.pay_date": {
    refuses: true,
    needs: ["dividends"],
    try: [{ to: null }, { to: "ex_date" }],
  },
  "dividends.pay_dates": { needs: ["dividends"], try: [{ paidAfter: 40 }] },
  "dividends.pay_dates.*.instrument": { refuses: true, try: [{ to: "PROBED" }] },
  "dividends.pay_dates.*.ex_date": { refuses: true, try: [{ later: -10 }] },
  "dividends.pay_dates.*.pay_date": { needs: ["dividends"], try: [{ later: 40 }] },
  "quality.max_rejected_rows": {
    moves: "records",
    refuses: true,
    needs: ["rejected_rows"],
    try: [{ to: 0 }, { plus: 1 }],
  },
  "quality.max_jump": { moves: "records", try: [{ to: 1e-6 }, { to: 1e6 }] },
  "quality.max_spike": { moves: "records", try: [{ to: 0.1 }, { to: 1e6 }] },
  "quality.stale_sessions": {
    moves: "records",
    needs: ["equal_closes"],
    try: [{ to: 2 }, { to: 100_000 }],
  },
  "quality.max_gap_days": { moves: "records", try: [{ to: 1 }, { to: 100_000 }] },
  "quality.max_zero_volume_share": {
    moves: "records",
    needs: ["zero_volume"],
    try: [{ to: 0 }, { to: 1 }],
  },
  "simulated.market": { refuses: true, try: [{ to: "shares" }, { to: "calibrated" }] },
  "simulated.instruments": { refuses: true, try: [{ plus: 1 }, { plus: -1 }] },
  "simulated.sessions": { try: [{ plus: -60 }, { plus: 60 }] },
  "simulated.start": { try: [{ later: 30 }, { later: 400 }] },
  "simulated.years": { try: [{ plus: -1 }, { plus: 1 }] },
};
