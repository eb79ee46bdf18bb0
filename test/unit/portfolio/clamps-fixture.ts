/** Books by hand for the clamps: weights by name, returns by name, settings over the defaults. */
import type { ClampRecord } from "../../../src/domain/clamp.ts";
import { type Evidence, known, unknown } from "../../../src/domain/evidence.ts";
import {
  applyClamps,
  type ClampEvidence,
  type ClampState,
  type ClampTerms,
  newClampState,
} from "../../../src/portfolio/clamps/clamps.ts";
import { type ClampSettings, clampsSection } from "../../../src/portfolio/clamps/section.ts";

export const OFF = clampsSection.defaults as unknown as ClampSettings;
export const NO_TERMS: ClampTerms = { gross: 1e9, net: null, symbol: null, sector: null };

export type Changes = { readonly [K in keyof ClampSettings]?: Partial<ClampSettings[K]> };

export function settingsWith(changes: Changes): ClampSettings {
  return {
    caps: { ...OFF.caps, ...changes.caps },
    throttle: { ...OFF.throttle, ...changes.throttle },
    clusters: { ...OFF.clusters, ...changes.clusters },
    tail: { ...OFF.tail, ...changes.tail },
  };
}

export type ByName<T> = { readonly [id: string]: T };

export type Hand = {
  readonly weights: ByName<number>;
  /** What stood there before the clamps; the weights where absent. */
  readonly reference?: ByName<number>;
  readonly settings?: Changes;
  readonly terms?: Partial<ClampTerms>;
  readonly sectors?: ByName<string>;
  readonly drawdown?: Evidence<number>;
  /** Complete rows by instrument; one that is left out has too little history. */
  readonly returns?: ByName<readonly number[]> | string;
  readonly seed?: number;
  readonly state?: ClampState;
};

export function evidenceOf(hand: Hand): ClampEvidence {
  const ids = Object.keys(hand.weights);
  const returns = hand.returns ?? "nobody measured it";
  const named = typeof returns === "string" ? {} : returns;
  const measured = ids.filter((id) => id in named);
  const rows = measured.length === 0 ? 0 : named[measured[0]].length;
  const values = new Float64Array(rows * measured.length);
  measured.forEach((id, j) => {
    named[id].forEach((value, t) => {
      values[t * measured.length + j] = value;
    });
  });
  const reference = hand.reference ?? hand.weights;
  return {
    ids,
    sectors: ids.map((id) => hand.sectors?.[id] ?? null),
    reference: Float64Array.from(ids, (id) => reference[id]),
    drawdown: hand.drawdown ?? unknown("nobody measured it"),
    returns: typeof returns === "string" ? unknown(returns) : known({ values, rows }),
    columns: measured.map((id) => ids.indexOf(id)),
    seed: hand.seed ?? 1,
  };
}

export type Clamped = {
  readonly weights: ByName<number>;
  readonly records: readonly ClampRecord[];
};

export function clamp(hand: Hand): Clamped {
  const evidence = evidenceOf(hand);
  const weights = Float64Array.from(evidence.ids, (id) => hand.weights[id]);
  const records = applyClamps(
    settingsWith(hand.settings ?? {}),
    { ...NO_TERMS, ...hand.terms },
    evidence,
    hand.state ?? newClampState(),
    weights,
  );
  return {
    weights: Object.fromEntries(evidence.ids.map((id, i) => [id, weights[i]])),
    records,
  };
}

/** The pattern over and over, until there are `rows` of it. */
export function repeated(pattern: readonly number[], rows: number): number[] {
  return Array.from({ length: rows }, (_, t) => pattern[t % pattern.length] / 100);
}
