/** Mistakes of whoever trades: keys, addresses, permissions, dates, accounts that are not there. */
import type { BadInput } from "./bad-input.ts";
import { MANDATE, PRICES } from "./files.ts";

const files = { "mandate.yaml": MANDATE, "prices.csv": PRICES };
const trade = ["trade", ".", "--mode", "paper"];
const KEYS = { ASSAY_ALPACA_PAPER_KEY_ID: "PKTEST", ASSAY_ALPACA_PAPER_SECRET: "not-a-secret" };
const SIMULATED = `assay: 1
name: made up
profile: futures-layers
seed: 7
account: { currency: USD, initial_equity: 10000000 }
data: { kind: simulated, simulated: { market: calibrated, start: 2003-01-02, years: 3 } }
strategies:
  - { name: trend, use: ts-momentum, instruments: [SX_EN_OIL] }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`;
/** Port 1 of this machine: nobody listens there. */
const nobody = ["--venue", "http://127.0.0.1:1"];
const by = ["--operator", "ann", "--reason", "a test"];
const dryRun = ["trade", ".", "--mode", "dry-run"];

export const TRADING_CASES: readonly BadInput[] = [
  { name: "live without permission", files, argv: ["trade", ".", "--mode", "live"] },
  {
    name: "live with the environment's permission alone",
    files,
    argv: ["trade", ".", "--mode", "live"],
    environment: { ASSAY_ALLOW_LIVE: "yes" },
  },
  { name: "live of a mandate that is not there", argv: ["trade", "nowhere", "--mode", "live"] },
  ...["pause", "resume", "adopt", "flatten"].map((command) => ({
    name: `${command} of a live account without permission`,
    files,
    argv: [command, ".", "--mode", "live", ...by],
  })),
  {
    name: "a live trial without permission",
    files,
    argv: ["trial", "start", ".", "--mode", "live", "--days", "5", "--operator", "ann"],
  },
  { name: "trade in an unknown mode", files, argv: ["trade", ".", "--mode", "real"] },
  { name: "paper without credentials", files, argv: trade },
  {
    name: "paper with half of a pair",
    files,
    argv: trade,
    environment: { ASSAY_ALPACA_PAPER_KEY_ID: "PKTEST" },
  },
  {
    name: "paper with an empty secret",
    files,
    argv: trade,
    environment: { ...KEYS, ASSAY_ALPACA_PAPER_SECRET: "" },
  },
  {
    name: "paper with a secrets file that others may read",
    files: { ...files, ".assay/secrets.json": '{ "format_version": 1, "secrets": { "alpaca_pa' },
    argv: trade,
  },
  {
    name: "alerts set in part",
    files,
    argv: trade,
    environment: { ...KEYS, ASSAY_ALERT_TO: "ann@example.org" },
  },
  { name: "a venue that nobody keeps", files, argv: [...trade, ...nobody], environment: KEYS },
  {
    name: "a venue on another machine",
    files,
    argv: [...trade, "--venue", "http://broker.example.org:8401"],
    environment: KEYS,
  },
  {
    name: "a limiter beyond what the broker permits",
    files,
    argv: [...trade, "--requests-per-minute", "unlimited"],
    environment: KEYS,
  },
  {
    name: "a limiter that is no number",
    files,
    argv: [...trade, "--requests-per-minute", "many"],
    environment: KEYS,
  },
  {
    name: "a simulated market at the broker's own hosts",
    files: { "mandate.yaml": SIMULATED },
    argv: trade,
    environment: KEYS,
  },
  {
    name: "a dry run of futures",
    files: { "mandate.yaml": SIMULATED },
    argv: dryRun,
  },
  { name: "a dry run at a venue", files, argv: [...dryRun, ...nobody] },
  {
    name: "a dry run of a date that the data does not reach",
    files,
    argv: [...dryRun, "--date", "2024-01-16"],
  },
  { name: "a dry run of a Sunday", files, argv: [...dryRun, "--date", "2024-01-07"] },
  { name: "a daemon until what is no date", files, argv: [...dryRun, "--until", "2024-02-30"] },
  { name: "a dry run of what is no date", files, argv: [...dryRun, "--date", "yesterday"] },
  { name: "status of an account that was never traded", files, argv: ["status", "."] },
  { name: "a trial report without an account", files, argv: ["trial", "report", "."] },
  {
    name: "a trial of no days",
    files,
    argv: ["trial", "start", ".", "--days", "0", "--operator", "ann"],
  },
  {
    name: "resume without a reason",
    files,
    argv: ["resume", ".", "--operator", "ann"],
    environment: KEYS,
  },
];
