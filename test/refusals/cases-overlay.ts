/** Mistakes about the brake of another run: one that is not there, not whole, or not that one. */
import { createHash } from "node:crypto";
import type { BadInput } from "./bad-input.ts";
import { changed, MANDATE, PRICES } from "./files.ts";

const RUN = "0123456789abcdef0123456789abcdef";
const HASH = "a".repeat(64);
const DOCUMENTS = { "report.html": HASH, "run.json": HASH };
const HEAD = `${JSON.stringify({ documents: DOCUMENTS, hash: HASH, seq: 9 })}\n`;
const REGIMES = "date,regime,scalar\n2024-01-02,NORMAL,1\n";
const PRECOMPUTED = `{ mode: precomputed, run: "${RUN}", sha256: ${HASH} }`;
const FOUND = createHash("sha256").update(REGIMES).digest("hex");
/** Names the file as it stands there now. */
const AS_FOUND = `{ mode: precomputed, run: "${RUN}", sha256: ${FOUND} }`;
const WROTE = (artifacts: readonly object[]): string => `${JSON.stringify({ artifacts })}\n`;

function layered(overlay: string, more = ""): string {
  return `${changed(MANDATE, "profile: plain", "profile: etf-trend")}overlay: ${overlay}\n${more}`;
}

function input(
  name: string,
  mandate: string,
  left: { readonly [file: string]: string } = {},
): BadInput {
  const inRun = Object.entries(left).map(([file, text]) => [`.assay/runs/${RUN}/${file}`, text]);
  const files = { "mandate.yaml": mandate, "prices.csv": PRICES, ...Object.fromEntries(inRun) };
  return { name, files, argv: ["run", "."] };
}

export const OVERLAY_CASES: readonly BadInput[] = [
  input("a precomputed brake of no run", layered("{ mode: precomputed }")),
  input("a run's brake that is computed anew", layered(`{ run: "${RUN}" }`)),
  input(
    "a hash that is none",
    layered(`{ mode: precomputed, run: "${RUN}", sha256: ${"A".repeat(64)} }`),
  ),
  input("a precomputed brake of a run that is not there", layered(PRECOMPUTED)),
  input("a precomputed brake of a run that never ended", layered(PRECOMPUTED), {
    "artifacts/regimes.csv": REGIMES,
  }),
  input("a precomputed brake of a run without one", layered(PRECOMPUTED), { HEAD }),
  input("a precomputed brake that is not the one named", layered(PRECOMPUTED), {
    HEAD,
    "artifacts/regimes.csv": REGIMES,
  }),
  input("a precomputed brake that was altered, and named as altered", layered(AS_FOUND), {
    HEAD,
    "artifacts/regimes.csv": REGIMES,
    "run.json": WROTE([{ name: "regimes", sha256: HASH }]),
  }),
  input("a precomputed brake of a run that recorded none", layered(AS_FOUND), {
    HEAD,
    "artifacts/regimes.csv": REGIMES,
    "run.json": WROTE([{ name: "equity", sha256: FOUND }]),
  }),
  input("a precomputed brake of a run without its run.json", layered(AS_FOUND), {
    HEAD,
    "artifacts/regimes.csv": REGIMES,
  }),
  input(
    "off-cycle trades where every session decides",
    layered("{ trade_on_upgrade: true }", "schedule: { decide: every_session }\n"),
  ),
];
