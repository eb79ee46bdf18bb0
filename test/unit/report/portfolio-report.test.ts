/** What the report says of a run with portfolio stages: parts that add up, and those that do not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderChart } from "../../../src/adapters/charts/svg.ts";
import { renderReport } from "../../../src/apps/report/report.ts";
import { levelsOf, type WaterfallRow } from "../../../src/apps/report/waterfall.ts";
import type { RunDocument } from "../../../src/domain/run-document.ts";
import { reportFixture } from "../../support/report-fixture.ts";
import { GAP, LINTS } from "../../support/report-portfolio.ts";

const INPUT = reportFixture({ variant: "layered", years: 3 });
const report = (change: Partial<RunDocument> = {}): string =>
  renderReport({ ...INPUT, document: { ...INPUT.document, ...change } }, renderChart);
const PAGE = report();

/** Reads a shown number back without the code that wrote it. */
function numberAt(page: string, attribute: string): number {
  const shown = new RegExp(`${attribute}"[^>]*>([^<]*)<`).exec(page)?.[1] ?? "missing";
  const plain = shown.replace(/[\u202f+]/g, "").replace("\u2212", "-");
  return plain.endsWith("%") ? Number(plain.slice(0, -1)) : Number(plain);
}

const textOf = (page: string): string =>
  page
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("\u202f", "")
    .replace(/[ \n]+/g, " ");

describe("the volatility gap", () => {
  it("shows every part and the residual, and they are the way from target to realised", () => {
    const keys = Object.keys(GAP.parts ?? {});
    expect(keys).toHaveLength(9);
    const parts = [...keys, "residual"].map((key) => numberAt(PAGE, `data-part="${key}`));
    const [target, realised] = [
      numberAt(PAGE, 'data-part="target'),
      numberAt(PAGE, 'data-part="realised'),
    ];
    expect(target + parts.reduce((a, b) => a + b)).toBeCloseTo(realised, 9);
    expect(numberAt(PAGE, 'data-part="residual')).toBe(0.05);
    expect(textOf(PAGE)).toContain("assigned to no layer");
  });

  it("says why there is none, instead of zeros", () => {
    const gap = { ...GAP, realised: null, gap: null, parts: null, residual: null };
    const page = report({ volatility_gap: { ...gap, undefined_because: "it was ruined" } });
    expect(textOf(page)).toContain("10.00% cannot be compared with what came: it was ruined.");
    expect(page).not.toContain('data-part="residual"');
  });
});

describe("a waterfall", () => {
  it("begins each step where the one before ended, and ends at the last total if they add up", () => {
    const cents = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(cents, fc.array(cents, { maxLength: 9 }), (start, parts) => {
        const row = (kind: "total" | "part", value: number): WaterfallRow => ({
          kind,
          value,
          key: "k",
          name: "n",
          text: "t",
        });
        const end = parts.reduce((a, b) => a + b, start);
        const rows = [
          row("total", start),
          ...parts.map((value) => row("part", value)),
          row("total", end),
        ];
        const levels = levelsOf(rows);
        levels.slice(1).forEach(({ from }, i) => expect(from).toBe(levels[i].to));
        expect(levels.map(({ from, to }) => to - from)).toEqual([0, ...parts, 0]);
      }),
    );
  });
});

describe("where the result came from", () => {
  it("sums the lines to the change in equity and gives the rounding a line of its own", () => {
    const { result } = INPUT.document;
    if (result === null) throw new Error("the layered fixture has no result");
    const lines = ["trend", "carry", "Interest in USD"].map((name) =>
      numberAt(PAGE, `data-line="${name}`),
    );
    const text = textOf(PAGE);
    expect(lines.reduce((a, b) => a + b) + 0.01).toBeCloseTo(result.change, 2);
    expect(text).toContain("Rounding of the lines +0.01");
    expect(text).toContain("By sleeve: 3");
    const exact = { ...result, lines: result.lines.map((line) => ({ ...line })) };
    exact.lines[1].result += 0.01;
    expect(textOf(report({ result: exact }))).not.toContain("Rounding of the lines");
  });

  it("says that the books were not closed when a check had failed before", () => {
    expect(textOf(report({ result: null }))).toContain("The books were not closed");
  });
});

describe("regimes, breakers, clamps, netting", () => {
  it("stand in the document's numbers", () => {
    const text = textOf(PAGE);
    expect(text).toContain("Applied at 236 of 240 decisions, on average with a scalar of 0.91");
    expect(text).toMatch(/STRESS 40 15\.4%/);
    expect(text).toContain("Off in this mandate.");
    expect(text).toContain("A breaker stopped new positions once.");
    expect(text).toMatch(/NORMAL \u2192 HALT daily loss 0\.0280 0\.0250/);
    expect(text).toMatch(/symbol 21 /);
    expect(text).toContain("crossed 33 times without going to market, 412.50 lots in all");
    expect(text).toMatch(/REJECTED_BY_CASH 17 \S+ 3 days, /);
  });

  it("are not mentioned by a run that has no portfolio stages", () => {
    const text = textOf(renderReport(reportFixture({ years: 1 }), renderChart));
    expect(text).not.toMatch(/Brake|Circuit|clamps|Leverage/);
    expect(text).toContain("No volatility was aimed at.");
  });

  it("say that no breaker fired and that nothing was clamped", () => {
    const { layers } = INPUT.document;
    if (layers === null) throw new Error("the layered fixture has no layers");
    const clamps = { ...layers.clamps, by_constraint: {} };
    const text = textOf(report({ layers: { ...layers, breakers: [], clamps } }));
    expect(text).toContain("No breaker fired.");
    expect(text).toContain("Nothing had to be clamped.");
  });
});

describe("the doctor", () => {
  it("stands at the top with what it found, heaviest first, and whole further down", () => {
    const title = /<header[\s\S]*<\/header>/.exec(PAGE)?.[0] ?? "";
    const text = textOf(title);
    expect(text).toContain("Doctor: 2 of 4 checks found something");
    expect(text.indexOf("same close")).toBeLessThan(text.indexOf("one month"));
    expect(text).toContain("weight 0.50 orders filled at the close that decided them");
    expect(text).not.toContain("capacity");
    for (const { lint, evidence } of LINTS) {
      expect(PAGE).toContain(`data-lint="${lint}"`);
      expect(PAGE).toContain(evidence);
    }
    expect(textOf(PAGE)).toContain("2 found, 1 not evaluated, 1 clear");
  });

  it("does not claim health where nothing was looked at", () => {
    const text = textOf(report({ doctor: [] }));
    expect(text).not.toContain("Doctor");
  });
});

describe("the Sharpe test", () => {
  it("names the smallest detectable ratio before the verdict, and the one trial", () => {
    const text = textOf(PAGE);
    const least = text.indexOf("the smallest Sharpe ratio that can be told from zero");
    expect(least).toBeGreaterThan(0);
    expect(text.indexOf("the chance that its true ratio is above zero is")).toBeGreaterThan(least);
    expect(text).toContain("One trial: DSR = PSR(0)");
    expect(numberAt(PAGE, 'data-sharpe="trials')).toBe(1);
  });

  it("says what was not evaluated and why", () => {
    const page = renderReport(reportFixture({ variant: "ruined", years: 3 }), renderChart);
    expect(textOf(page)).toContain("Not evaluated: net asset value fell to zero or below");
    expect(page).toMatch(/data-sharpe="dsr">\u2013</);
  });
});

describe("escaping in a portfolio's report", () => {
  it("escapes names, evidence and reasons that come from data", () => {
    const hostile = `"'><img src=x onerror=alert(1)>`;
    const { layers, result } = INPUT.document;
    if (layers === null || result === null) throw new Error("the layered fixture is not layered");
    const page = report({
      doctor: [{ ...LINTS[0], lint: hostile, evidence: hostile, unit: hostile }],
      result: {
        ...result,
        lines: result.lines.map((line) => ({ ...line, strategy: hostile, instrument: hostile })),
      },
      layers: {
        ...layers,
        allocation: { ...layers.allocation, method: hostile },
        breakers: [{ ...layers.breakers[0], rule: hostile, from: hostile }],
        clamps: {
          mean_gross: 1,
          by_constraint: { [hostile]: { records: 1, first: hostile, last: hostile } },
        },
        sizing: { [hostile]: 1 },
      },
    });
    expect(page).not.toContain("<img");
    expect(page.split("&lt;img src=x").length).toBeGreaterThan(12);
  });
});
