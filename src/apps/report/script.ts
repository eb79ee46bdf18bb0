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

/** Integers only: seconds since 1970 as differences, money in hundredths, shares in 1e-6. */
function sessionData(input: ReportInput): string {
  const sessions = readableSessions(input);
  const scaled = (values: Float64Array, factor: number): (number | null)[] =>
    sessions.map((i) => (Number.isFinite(values[i]) ? Math.round(values[i] * factor) : null));
  const seconds = sessions.map((i) => Math.floor(input.datesMs[i] / 1000));
  return JSON.stringify({
    step: seconds.map((second, i) => (i === 0 ? second : second - seconds[i - 1])),
    equity: scaled(input.equity, 100),
    drawdown: scaled(input.drawdown, 1e6),
    gross: scaled(input.grossExposure, 1e6),
    net: scaled(input.netExposure, 1e6),
  });
}

/** Plain ES2020 for the page; its formats are those of format.ts, and a browser test compares. */
const SCRIPT = `"use strict";
(() => {
  const data = JSON.parse(document.getElementById("sessions").textContent);
  const times = [];
  data.step.reduce((at, step) => (times.push(at + step), at + step), 0);
  const last = times.length - 1;
  const fixed = (value, digits) => {
    const text = Math.abs(value).toFixed(digits);
    const point = text.length - digits - 1;
    const whole = text.slice(0, point).replace(/\\B(?=(?:\\d{3})+$)/g, "\\u202f");
    return (value < 0 && Number(text) !== 0 ? "\\u2212" : "") + whole + text.slice(point);
  };
  const money = (hundredths) => hundredths === null ? "\\u2013" : fixed(hundredths / 100, 2);
  const percent = (millionths) => millionths === null ? "\\u2013" : fixed(millionths / 1e4, 2) + "\\u202f%";
  const field = (name) => document.querySelector('[data-read="' + name + '"]');
  const out = { date: field("date"), equity: field("equity"), drawdown: field("drawdown"), gross: field("gross"), net: field("net") };
  const slider = document.querySelector(".readout input");
  const charts = [...document.querySelectorAll(".charts svg.chart")].map((svg) => {
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
    out.date.textContent = new Date(times[i] * 1000).toISOString().slice(0, 10);
    out.equity.textContent = money(data.equity[i]);
    out.drawdown.textContent = percent(data.drawdown[i]);
    out.gross.textContent = percent(data.gross[i]);
    out.net.textContent = percent(data.net[i]);
    slider.value = i;
    slider.setAttribute("aria-valuetext", out.date.textContent + ", equity " + out.equity.textContent + ", drawdown " + out.drawdown.textContent);
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
