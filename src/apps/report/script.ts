/**
 * The read-out: a small script inside the page and the numbers it reads. Pointer and slider choose
 * a session; the script writes its numbers and draws a hair line in each chart. The page is
 * complete without it. Very long runs bring the drawn sessions only, so that the file stays small.
 */
import { createHash } from "node:crypto";
import type { ReportInput } from "../../domain/run-document.ts";
import { pixelExtremes } from "./downsample.ts";
import { type Html, html, trusted } from "./html.ts";

/** More than 40 years of daily sessions. */
const MOST_SESSIONS = 12_000;
const DRAWN_COLUMNS = 2_000;
const DAY_SECONDS = 86_400;

/** Sessions the read-out can show, ascending; all of them unless there are too many. */
export function readableSessions({ datesMs, equity }: ReportInput): number[] {
  if (datesMs.length <= MOST_SESSIONS) return Array.from(datesMs, (_, i) => i);
  return pixelExtremes({ x: datesMs, y: equity }, DRAWN_COLUMNS);
}

/** What a content security policy needs to admit this script and no other. */
export function scriptSource(): string {
  return `'sha256-${createHash("sha256").update(SCRIPT, "utf8").digest("base64")}'`;
}

export function readOutScript(input: ReportInput): Html | null {
  if (input.datesMs.length < 2) return null;
  return html`<script type="application/json" id="sessions">${trusted(sessionData(input))}</script>
<script>${trusted(SCRIPT)}</script>`;
}

/**
 * Integers only: days or seconds since 1970 as differences, money in hundredths, shares in hundredths of a
 * percent, a scalar in hundredths; regimes as stretches of [sessions, name].
 */
function sessionData(input: ReportInput): string {
  const sessions = readableSessions(input);
  const { portfolio } = input;
  const scaled = (values: Float64Array, factor: number): (number | null)[] =>
    sessions.map((i) => (Number.isFinite(values[i]) ? Math.round(values[i] * factor) : null));
  const seconds = sessions.map((i) => Math.floor(input.datesMs[i] / 1000));
  const unit = seconds.every((second) => second % DAY_SECONDS === 0) ? DAY_SECONDS : 1;
  const steered =
    portfolio === null
      ? {}
      : {
          asked: scaled(portfolio.clampedGross, 1e4),
          scalar: scaled(portfolio.scalar, 100),
          regime: stretches(sessions.map((i) => portfolio.regimes[i])),
        };
  return JSON.stringify({
    unit,
    step: seconds.map((second, i) => (second - (i === 0 ? 0 : seconds[i - 1])) / unit),
    equity: scaled(input.equity, 100),
    drawdown: scaled(input.drawdown, 1e4),
    gross: scaled(input.grossExposure, 1e4),
    net: scaled(input.netExposure, 1e4),
    volatility: scaled(input.rollingVolatility, 1e4),
    ...steered,
  });
}

function stretches(names: readonly string[]): readonly (readonly [number, string])[] {
  const found: [number, string][] = [];
  for (const name of names) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === name) last[0]++;
    else found.push([1, name]);
  }
  return found;
}

/** Plain ES2020 for the page; its formats are those of format.ts, and a browser test compares. */
const SCRIPT = `"use strict";
(() => {
  const data = JSON.parse(document.getElementById("sessions").textContent);
  const times = [];
  data.step.reduce((at, step) => (times.push((at + step) * data.unit), at + step), 0);
  const last = times.length - 1;
  const fixed = (value, digits) => {
    const text = Math.abs(value).toFixed(digits);
    const point = text.length - digits - 1;
    const whole = text.slice(0, point).replace(/\\B(?=(?:\\d{3})+$)/g, "\\u202f");
    return (value < 0 && Number(text) !== 0 ? "\\u2212" : "") + whole + text.slice(point);
  };
  const money = (hundredths) => hundredths === null ? "\\u2013" : fixed(hundredths / 100, 2);
  const percent = (hundredths) => hundredths === null ? "\\u2013" : fixed(hundredths / 100, 2) + "\\u202f%";
  const regimes = [];
  for (const [count, name] of data.regime || []) for (let i = 0; i < count; i++) regimes.push(name);
  const field = (name) => document.querySelector('[data-read="' + name + '"]');
  const shown = { equity: money, drawdown: percent, gross: percent, net: percent, volatility: percent, asked: percent, scalar: money };
  const outs = Object.entries(shown).filter(([name]) => data[name]).map(([name, print]) => ({ name, print, at: field(name) }));
  const date = field("date");
  const regime = field("regime");
  const slider = document.querySelector(".readout input");
  const charts = [...document.querySelectorAll("figure svg.chart")].map((svg) => {
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const grid = svg.querySelector(".grid-y line");
    const left = Number(grid.getAttribute("x1"));
    const right = Number(grid.getAttribute("x2"));
    const hair = document.createElementNS("http://www.w3.org/2000/svg", "line");
    hair.setAttribute("class", "hair");
    hair.setAttribute("y1", 12);
    hair.setAttribute("y2", height - 26);
    hair.setAttribute("visibility", "hidden");
    svg.append(hair);
    return { svg, width, left, right, hair };
  });
  const show = (i, mark) => {
    date.textContent = new Date(times[i] * 1000).toISOString().slice(0, 10);
    for (const { name, print, at } of outs) at.textContent = print(data[name][i]);
    if (regime) regime.textContent = regimes[i];
    slider.value = i;
    slider.setAttribute("aria-valuetext", [...document.querySelectorAll(".readout dl > div")].map((each) => each.innerText.replace(/\\s+/g, " ")).join(", "));
    const share = (times[i] - times[0]) / (times[last] - times[0]);
    for (const { left, right, hair } of charts) {
      const x = (left + share * (right - left)).toFixed(2);
      hair.setAttribute("x1", x);
      hair.setAttribute("x2", x);
      hair.setAttribute("visibility", mark ? "visible" : "hidden");
    }
  };
  const nearest = (time) => {
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle; else high = middle;
    }
    return time - times[low] <= times[high] - time ? low : high;
  };
  for (const { svg, width, left, right } of charts) {
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * width;
      const share = Math.min(1, Math.max(0, (x - left) / (right - left)));
      show(nearest(times[0] + share * (times[last] - times[0])), true);
    });
  }
  slider.max = last;
  slider.value = last;
  slider.closest("label").hidden = false;
  slider.addEventListener("input", () => show(Number(slider.value), true));
  show(last, false);
})();
`;
