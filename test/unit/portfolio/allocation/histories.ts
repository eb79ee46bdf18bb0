/** Sleeve histories for the tests of this room. */
import { nextNormal, nextUniform, prngOf } from "../../../../src/base/prng.ts";
import type { SleeveHistory } from "../../../../src/portfolio/allocation/allocate.ts";
import {
  type AllocationSettings,
  allocationSection,
} from "../../../../src/portfolio/allocation/section.ts";

export function settingsOf(
  method: AllocationSettings["method"],
  changed: Partial<AllocationSettings> = {},
): AllocationSettings {
  return allocationSection.schema.parse({ ...allocationSection.defaults, method, ...changed });
}

export type Column = readonly number[];

/** Sleeves from their columns of returns, all active wherever the return is not zero. */
export function historyOf(
  columns: readonly Column[],
  strategies: readonly string[] = columns.map((_, i) => `s${i}`),
): SleeveHistory {
  const rows = columns[0]?.length ?? 0;
  const sleeves = columns.length;
  const values = Float64Array.from({ length: rows * sleeves }, (_, at) => {
    return columns[at % sleeves][Math.floor(at / sleeves)];
  });
  return {
    strategies,
    shadow: { values, rows },
    active: Uint8Array.from(values, (value) => Number(value !== 0)),
    atrFraction: Float64Array.from({ length: sleeves }, (_, i) => 0.01 * (i + 1)),
  };
}

/** Columns of different volatility and mean that share a common day. */
export function randomColumns(seed: number, sleeves: number, rows: number): Column[] {
  const prng = prngOf(seed);
  const common = Array.from({ length: rows }, () => nextNormal(prng));
  return Array.from({ length: sleeves }, () => {
    const scale = 0.002 + 0.02 * nextUniform(prng);
    const loading = 2 * nextUniform(prng) - 1;
    return common.map((day) => scale * (0.05 + nextNormal(prng) + loading * day));
  });
}
