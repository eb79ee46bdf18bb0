/** What a proof says, as lines (what needs a look comes first) and as one JSON document. */
import type { Json } from "../../base/canonical-json.ts";
import type { Moved } from "../../engine/prove/moved.ts";
import type { KeyProof, Proved, StageProof } from "../../engine/prove/prove.ts";
import { attemptText, type Proof } from "../../engine/prove/try-key.ts";
import type { Paint } from "./terminal.ts";

type PlaceOf = (key: string) => string;
type Row = { readonly name: string; readonly key: string; readonly proof: KeyProof["proof"] };

const ORDER = ["dead", "broken", "not_exercised", "live"] as const;
type Shown = (typeof ORDER)[number];
const WORDS: { readonly [verdict in Shown]: string } = {
  dead: "dead",
  broken: "broken",
  not_exercised: "not exercised",
  live: "live",
};

export function proofLines(proved: Proved, placeOf: PlaceOf, paint: Paint): readonly string[] {
  const { window, baseline, keys, stages } = proved;
  const unread = keys.filter(({ proof }) => proof.verdict === "not_read");
  const rows = [
    ...stages.map((one): Row => ({ ...one, name: `stage ${one.stage}` })),
    ...keys.map((one): Row => ({ ...one, name: one.key })),
  ];
  const width = Math.max(...rows.map(({ name }) => name.length));
  const failed =
    baseline.failure === null
      ? []
      : [paint.red(`the run's own checks: ${baseline.status}, ${baseline.failure.message}`)];
  return [
    `${summary(keys, "key")}; ${summary(stages, "stage")}`,
    `on ${window.sessions} sessions, ${window.from} to ${window.to}: ${baseline.status}, ${baseline.fills} fills`,
    ...failed,
    "",
    ...ORDER.flatMap((verdict) =>
      rows.flatMap((row) => lineOf(row, verdict, { width, placeOf, paint })),
    ),
    ...(unread.length === 0
      ? []
      : ["", paint.dim(`not read with these values: ${unread.map(({ key }) => key).join(", ")}`)]),
  ];
}

/** "121 keys: 118 live, 0 dead, 3 not exercised"; what is not read is no key of this run. */
function summary(proofs: readonly (KeyProof | StageProof)[], noun: string): string {
  const read = proofs.filter(({ proof }) => proof.verdict !== "not_read");
  const count = (verdict: string) => read.filter(({ proof }) => proof.verdict === verdict).length;
  const broken = count("broken");
  const parts = [
    `${count("live")} live`,
    `${count("dead")} dead`,
    ...(broken === 0 ? [] : [`${broken} broken`]),
    `${count("not_exercised")} not exercised`,
  ];
  return `${read.length} ${noun}${read.length === 1 ? "" : "s"}: ${parts.join(", ")}`;
}

function lineOf(
  { name, key, proof }: Row,
  verdict: Shown,
  how: { readonly width: number; readonly placeOf: PlaceOf; readonly paint: Paint },
): readonly string[] {
  if (proof.verdict !== verdict) return [];
  const { paint } = how;
  const colour = {
    dead: paint.red,
    broken: paint.red,
    not_exercised: paint.yellow,
    live: paint.green,
  };
  const head = `${colour[verdict](WORDS[verdict].padEnd(13))}  ${name.padEnd(how.width)}`;
  if (proof.verdict === "live") return [`${head}  ${evidence(proof)}`];
  const place = verdict === "not_exercised" ? "" : `${how.placeOf(key)}: `;
  return [`${head}  ${place}${proof.message}`];
}

function evidence({ attempt, moved, message }: Extract<Proof, { verdict: "live" }>): string {
  const tried = `${attemptText(attempt)}`;
  return moved === null ? `refuses ${tried}: ${message}` : `${movedText(moved)}  <- ${tried}`;
}

/** The largest thing that moved, in few words. */
function movedText({ equity, equityShare, fills, counts, said }: Moved): string {
  if (equity !== 0) {
    const share = Math.abs(equityShare) < 5e-5 ? `${equity.toFixed(2)}` : percent(equityShare);
    return `equity ${equity > 0 ? "+" : ""}${share}${fills === 0 ? "" : `, ${fills} fills`}`;
  }
  if (fills > 0) return `${fills} fills`;
  const [first] = counts;
  if (first !== undefined) return `${first.name} ${first.from} to ${first.to}`;
  if (said.length > 0) return said.slice(0, 3).join(", ");
  return "cash";
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

export function proofJson({ window, baseline, keys, stages }: Proved, placeOf: PlaceOf): Json {
  return {
    window,
    baseline: {
      status: baseline.status,
      failure: baseline.failure,
      final_equity: baseline.finalEquity,
      fills: baseline.fills,
    },
    keys: keys.map(({ key, value, proof, onWhole }) => ({
      key,
      value,
      place: placeOf(key),
      on_whole_pack: onWhole,
      ...proofOf(proof),
    })),
    stages: stages.map(({ stage, key, proof, onWhole }) => ({
      stage,
      key,
      on_whole_pack: onWhole,
      ...proofOf(proof),
    })),
  };
}

function proofOf(proof: KeyProof["proof"]): { readonly [key: string]: Json } {
  switch (proof.verdict) {
    case "not_read":
      return { verdict: "not_read" };
    case "live":
      return {
        verdict: "live",
        tried: attemptText(proof.attempt),
        refused: proof.message,
        moved: proof.moved === null ? null : movedJson(proof.moved),
      };
    case "broken":
      return { verdict: "broken", tried: attemptText(proof.attempt), message: proof.message };
    case "dead":
      return { verdict: "dead", values_tried: proof.tried, message: proof.message };
    case "not_exercised":
      return {
        verdict: "not_exercised",
        values_tried: proof.tried,
        needs: proof.needs,
        message: proof.message,
      };
  }
}

function movedJson({ equity, equityShare, fills, counts, said }: Moved): Json {
  return {
    final_equity: equity,
    final_equity_fraction: equityShare,
    fills,
    counts: counts.map(({ name, from, to }) => ({ name, from, to })),
    said,
  };
}
