/**
 * Where an axis is labelled: round values on linear and logarithmic scales, round dates on time.
 * Pure arithmetic on the civil calendar; times in milliseconds since 1970.
 */
import { civilFromDays, DAY_MS, dayNumber, daysFromCivil, formatDate } from "../../base/instant.ts";
import type { Tick } from "../../ports/chart-renderer.ts";

export type Range = { readonly from: number; readonly to: number };

/** Round values that cover the range from end to end, about `count` of them. */
export function linearTicks({ from, to }: Range, count: number): number[] {
  const step = roundStep((to - from) / count);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  const ticks: number[] = [];
  for (let i = first; i <= last; i++) ticks.push(i === 0 ? 0 : cleanProduct(i, step));
  return ticks;
}

const LOG_STEPS = [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

/** Round values inside a positive range: the densest set with at most `most` ticks. */
export function logTicks({ from, to }: Range, most: number): number[] {
  for (const steps of LOG_STEPS) {
    const ticks = decades({ from, to }).flatMap((power) =>
      steps.map((step) => cleanProduct(step, 10 ** power)),
    );
    const inside = ticks.filter((tick) => tick >= from && tick <= to);
    if (inside.length <= most) return inside;
  }
  const powers = decades({ from, to });
  const skip = Math.ceil(powers.length / most);
  const chosen = powers.filter((_, i) => i % skip === 0).map((power) => 10 ** power);
  return chosen.filter((tick) => tick >= from && tick <= to);
}

const YEAR_STEPS = [1, 2, 5, 10, 20, 50, 100];
const MONTH_STEPS = [1, 2, 3, 6];
const DAY_STEPS = [1, 2, 7, 14];

/** Starts of years, months or days inside the range: the densest kind with at most `most`. */
export function timeTicks({ from, to }: Range, most: number): Tick[] {
  const days = (to - from) / DAY_MS;
  for (const step of DAY_STEPS) {
    if (days / step + 1 <= most) return dayTicks({ from, to }, step);
  }
  for (const step of MONTH_STEPS) {
    if (days / 30.4 / step + 1 <= most) return monthTicks({ from, to }, step);
  }
  const enough = YEAR_STEPS.find((step) => days / 365.25 / step + 1 <= most);
  return monthTicks({ from, to }, 12 * (enough ?? 1000));
}

function dayTicks({ from, to }: Range, step: number): Tick[] {
  const ticks: Tick[] = [];
  for (let day = Math.ceil(from / DAY_MS); day * DAY_MS <= to; day += step) {
    ticks.push({ at: day * DAY_MS, label: formatDate(day * DAY_MS).slice(5) });
  }
  return ticks;
}

function monthTicks({ from, to }: Range, step: number): Tick[] {
  const start = civilFromDays(dayNumber(from));
  const ticks: Tick[] = [];
  const first = start.year * 12 + start.month - 1;
  for (let month = Math.ceil(first / step) * step; ; month += step) {
    const year = Math.floor(month / 12);
    const at = daysFromCivil({ year, month: (month % 12) + 1, day: 1 }) * DAY_MS;
    if (at > to) return ticks;
    const label = formatDate(at).slice(0, step % 12 === 0 ? 4 : 7);
    if (at >= from) ticks.push({ at, label });
  }
}

function decades({ from, to }: Range): number[] {
  const first = Math.floor(Math.log10(from) + 1e-12);
  const powers: number[] = [];
  for (let power = first; 10 ** power <= to; power++) powers.push(power);
  return powers;
}

function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step) + 1e-12);
  const lead = step / power;
  if (lead <= 1.000001) return power;
  if (lead <= 2.000001) return 2 * power;
  return lead <= 5.000001 ? 5 * power : 10 * power;
}

/** 3 x 0.1 is 0.3 here: the product of round numbers is round. */
function cleanProduct(a: number, b: number): number {
  return Number((a * b).toPrecision(12));
}
