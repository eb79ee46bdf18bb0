import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderChart } from "../../../src/adapters/charts/svg.ts";
import { formatMoney } from "../../../src/apps/report/format.ts";
import { escapeHtml, html } from "../../../src/apps/report/html.ts";
import { renderReport } from "../../../src/apps/report/report.ts";
import { readableSessions } from "../../../src/apps/report/script.ts";
import type { ReportInput, RunDocument } from "../../../src/domain/run-document.ts";
import { reportFixture, type ReportVariant } from "../../support/report-fixture.ts";
import { compareGolden } from "../../support/golden.ts";

const GOLDEN = resolve(import.meta.dirname, "golden");
const VARIANTS: readonly ReportVariant[] = [
  "normal",
  "ruined",
  "zero_trades",
  "simulated",
  "layered",
];

const report = (input: ReportInput): string => renderReport(input, renderChart);
const withDocument = (
  change: Partial<RunDocument>,
  input = reportFixture({ years: 1 }),
): ReportInput => ({
  ...input,
  document: { ...input.document, ...change },
});
/** The text between tags, with spaces squeezed: what a reader reads. */
const textOf = (page: string): string =>
  page
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/[ \n]+/g, " ");

describe("the report", () => {
  it.each(VARIANTS)(
    "is one file below 1.5 MB for 20 years that asks nothing of the network: %s",
    (variant) => {
      const page = report(reportFixture({ variant }));
      expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
      const links = page.replaceAll("http://www.w3.org/2000/svg", "");
      expect(links).not.toMatch(/https?:|url\(|@import|<iframe|<img|src=/);
      expect(page).toContain("default-src 'none'");
    },
  );

  it("is, for a tiny run, what the golden says", () => {
    const page = report(reportFixture({ variant: "simulated", years: 0.06 }));
    const body = page
      .replace(/<style>[\s\S]*?<\/style>/, "<style></style>")
      .replaceAll("><", ">\n<");
    expect(compareGolden("tiny.html", body, GOLDEN)).toBeNull();
  });

  it("gives the same bytes in any time zone and locale", () => {
    const url = (path: string): string =>
      pathToFileURL(resolve(import.meta.dirname, "../../..", path)).href;
    const program = `
      const { renderReport } = await import(${JSON.stringify(url("src/apps/report/report.ts"))});
      const { renderChart } = await import(${JSON.stringify(url("src/adapters/charts/svg.ts"))});
      const { reportFixture } = await import(${JSON.stringify(url("test/support/report-fixture.ts"))});
      process.stdout.write(renderReport(reportFixture({ years: 2 }), renderChart));`;
    const bytes = (env: { [name: string]: string }): string => {
      const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 25 };
      const page = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
      return createHash("sha256").update(page).digest("hex");
    };
    const utc = bytes({ TZ: "UTC", LC_ALL: "C", LANG: "C" });
    expect(bytes({ TZ: "Asia/Tokyo", LC_ALL: "de_DE.UTF-8", LANG: "de_DE.UTF-8" })).toBe(utc);
    const here = createHash("sha256")
      .update(report(reportFixture({ years: 2 })), "utf8")
      .digest("hex");
    expect(here).toBe(utc);
  });

  it("refuses series of unequal length", () => {
    const input = reportFixture({ years: 1 });
    expect(() => report({ ...input, drawdown: input.drawdown.slice(1) })).toThrow("invariant 21");
  });

  it("is written also when the run ended before a second session", () => {
    const none = new Float64Array(0);
    const input = reportFixture({ years: 1 });
    const page = report({
      ...input,
      datesMs: none,
      equity: none,
      returns: none,
      drawdown: none,
      grossExposure: none,
      netExposure: none,
      rollingVolatility: none,
      evaluationStart: 0,
    });
    expect(textOf(page)).toContain("recorded 0 sessions; a curve needs two");
    expect(page).not.toContain("<svg");
  });
});

describe("what the report says", () => {
  it("shows an undefined number as a dash with its reason, never as 0", () => {
    const page = report(reportFixture({ variant: "ruined", years: 3 }));
    expect(page).toMatch(/data-metric="cagr">\u2013<sup><a href="#note-1"/);
    expect(page).toContain(
      '<li id="note-1">Undefined: net asset value fell to zero or below.</li>',
    );
    expect(page).toMatch(/data-field="status">RUINED</);
  });

  it("puts SIMULATED and LOOKAHEAD into the title area, even when the marks forget the pack's kind", () => {
    const input = reportFixture({ variant: "simulated", years: 1 });
    const forgotten = withDocument({ marks: ["LOOKAHEAD"] }, input);
    for (const each of [input, forgotten]) {
      const title = /<header[\s\S]*<\/header>/.exec(report(each))?.[0] ?? "";
      expect(title.match(/badge mark">/g)).toHaveLength(2);
      expect(title).toContain(">SIMULATED<");
      expect(title).toContain(">LOOKAHEAD<");
    }
  });

  it("writes both signal equations, and by how much one fails", () => {
    const input = reportFixture({ years: 4 });
    const { forecasts, holds, signals } = input.document.signals;
    const sum = `${forecasts} forecasts = ${holds} holds + ${signals} signals`;
    const read = (page: string): string => textOf(page).replaceAll("\u202f", "");
    expect(read(report(input))).toContain(sum);
    expect(read(report(input))).toContain(
      "271 signals = 241 EXECUTED + 9 EXPIRED + 4 REJECTED_BY_SIZING + 17 REJECTED_BY_CASH",
    );
    const leak = { ...input.document.signals, terminal: { EXECUTED: 268 } };
    expect(read(report(withDocument({ signals: leak }, input)))).toContain(
      "271 signals \u2260 268 EXECUTED: 3 missing",
    );
  });

  it("names an inert stage with its reason, and the failure with its number", () => {
    const input = reportFixture({ years: 1 });
    const inert = { ...input.document.stages[2], inert_reason: "no input arrived" };
    const failure = { invariant: 1, message: "stage freshness was inert", check: "stages" };
    const text = textOf(
      report(withDocument({ stages: [inert], failure, status: "INERT_STAGE" }, input)),
    );
    expect(text).toMatch(/freshness\s+was inert: no input arrived/);
    expect(text).toMatch(/Invariant 1\s+stage freshness was inert/);
    expect(text).not.toContain("No enabled stage was inert");
  });

  it("says which window the costs add up to, or that they add up to none", () => {
    const input = reportFixture({ years: 1 });
    expect(textOf(report(input))).toContain("Over the evaluation window, as in the headline.");
    const metrics = { ...input.document.metrics, costs: 1 };
    expect(textOf(report(withDocument({ metrics }, input)))).toContain("Over the full window;");
    const both = withDocument({ metrics, metrics_full: metrics }, input);
    expect(textOf(report(both))).toContain("but the metrics count 1.00");
  });

  it("gives provenance in full: every hash of the document is there", () => {
    const { document, ...rest } = reportFixture({ years: 1 });
    const page = report({ document, ...rest });
    const hashes = [
      document.run_id,
      document.mandate_hash,
      document.pack.id,
      document.code_hash,
      document.journal.head,
    ];
    for (const hash of [...hashes, ...document.artifacts.map(({ sha256 }) => sha256)]) {
      expect(page).toContain(`>${hash}<`);
    }
  });

  it("has headings in order, headers with scope, and labels on what is labelled by another", () => {
    const page = report(reportFixture({ variant: "layered", years: 2 }));
    const levels = [...page.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.slice(1).forEach((level, i) => expect(level - levels[i]).toBeLessThanOrEqual(1));
    expect(page.match(/<th(?![^>]*scope=)[ >]/g)).toBeNull();
    for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g))
      expect(page).toContain(`id="${id}"`);
    expect(page.match(/<svg(?![^>]*aria-label=)/g)).toBeNull();
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("escaping", () => {
  const HOSTILE = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>`;

  it("escapes everything that comes from data", () => {
    const { document, ...rest } = reportFixture({ years: 1 });
    const page = report({
      ...rest,
      mandate: [{ key: HOSTILE, value: HOSTILE, origin: HOSTILE }],
      document: {
        ...document,
        name: HOSTILE,
        run_id: HOSTILE,
        currency: HOSTILE,
        runtime: HOSTILE,
        failure: { invariant: null, message: HOSTILE, check: "books" },
        marks: [HOSTILE],
        warnings: [HOSTILE],
        pack: { ...document.pack, id: HOSTILE, rights: [HOSTILE], instruments: [HOSTILE] },
        stages: [{ ...document.stages[0], name: HOSTILE, inert_reason: HOSTILE }],
        artifacts: [{ name: HOSTILE, file: HOSTILE, sha256: HOSTILE, rows: 1 }],
        metrics: { ...document.metrics, sharpe: null, undefined_because: { sharpe: HOSTILE } },
        window: {
          full: document.window.full,
          evaluation: { from: HOSTILE, to: HOSTILE, sessions: 1 },
        },
      },
    });
    expect(page).not.toMatch(/<img|<script>alert/);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.split("&lt;img src=x").length).toBeGreaterThan(20);
  });

  it("leaves no character that could open a tag or close an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { markup } = html`${text}`;
        expect(markup).toBe(escapeHtml(text));
        expect(markup).not.toMatch(/[<>"']/);
      }),
    );
  });

  it("keeps markup it made, joins lists, and prints nothing for null", () => {
    const item = html`<li>${"<"}</li>`;
    expect(html`<ul>${[item, item]}${null}${3}</ul>`.markup).toBe(
      "<ul><li>&lt;</li><li>&lt;</li>3</ul>",
    );
  });
});

describe("the read-out's data", () => {
  it("holds every session of an ordinary run, rounded to the cent", () => {
    const input = reportFixture({ years: 2 });
    const json = /id="sessions">([^<]+)</.exec(report(input))?.[1] ?? "";
    const data = JSON.parse(json) as { unit: number; step: number[]; equity: number[] };
    let at = 0;
    const dates = data.step.map((step) => (at += step) * data.unit * 1000);
    expect(dates).toEqual([...input.datesMs]);
    expect(data.equity.map((cents) => formatMoney(cents / 100))).toEqual(
      [...input.equity].map(formatMoney),
    );
  });

  it("holds the drawn sessions only when there are very many, extremes among them", () => {
    const input = reportFixture({ years: 60 });
    const sessions = readableSessions(input);
    expect(sessions.length).toBeLessThan(input.datesMs.length);
    const kept = sessions.map((i) => input.equity[i]);
    expect(Math.max(...kept)).toBe(Math.max(...input.equity));
    expect(Math.min(...kept)).toBe(Math.min(...input.equity));
  });
});
