/**
 * The report of a real run in a real browser: three simulated years through every stage, run by the
 * command's own code, then every number on the page against run.json. The comparison is also shown a
 * page with one digit changed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { runMandate } from "../../src/apps/cli/run-command.ts";
import { TERMINAL_STATES } from "../../src/domain/refusal.ts";
import type { RunDocument } from "../../src/domain/run-document.ts";
import { CONTRAST_CHECK, findBrowser, LAUNCH, numberIn } from "../support/browser-page.ts";
import { ROOT } from "../support/example-runs.ts";

const BROWSER = findBrowser();
const TITLE =
  BROWSER === null ? "real report [SKIPPED: no chromium on PATH]" : "a real run's report";

/** What the page says, read in one go: each attribute's values by their name. */
type Shown = { readonly [attribute: string]: { readonly [name: string]: string } };
const READ = `(() => {
  const shown = {};
  for (const attribute of ["metric", "part", "signals", "sharpe", "line", "clamp", "lint", "cost"]) {
    shown[attribute] = {};
    for (const each of document.querySelectorAll("[data-" + attribute + "]")) {
      shown[attribute][each.getAttribute("data-" + attribute)] = each.innerText.trim();
    }
  }
  shown.stage = {};
  for (const row of document.querySelectorAll("[data-stage]")) {
    const [, kind, ...cells] = [...row.cells].map((cell) => cell.innerText.trim());
    shown.stage[kind + " " + row.dataset.stage] = cells.join(" ");
  }
  return shown;
})()`;

function isShown(text: string, value: number | null, unit: number): boolean {
  if (value === null) return text.startsWith("\u2013");
  if (text.startsWith(">")) return value > 0.9999;
  return Math.abs(numberIn(text) - value) <= (text.endsWith("%") ? 0.0000501 : unit);
}

/** Every number of run.json that the page does not show as it is; half of the last digit shown is given. */
function differences(document: RunDocument, shown: Shown): string[] {
  const found: string[] = [];
  const compare = (attribute: string, name: string, value: number | null, unit = 0.00501) => {
    const text = shown[attribute][name];
    if (text !== undefined && isShown(text, value, unit)) return;
    found.push(`${attribute} ${name}: ${text} for ${value}`);
  };
  for (const [key, value] of Object.entries(document.metrics)) {
    if (typeof value === "object" && value !== null) continue;
    compare("metric", key, key === "max_drawdown" && value !== null ? -value : value);
  }
  const { signals, layers, volatility_gap: gap, result, sharpe_test: test } = document;
  compare("signals", "forecasts", signals.forecasts);
  compare("signals", "holds", signals.holds);
  compare("signals", "signals", signals.signals);
  for (const state of TERMINAL_STATES) compare("signals", state, signals.terminal[state] ?? 0);
  for (const stage of document.stages) {
    const { reached, evaluated, applied, bound, warm_up, not_evaluated } = stage;
    const flags = [stage.enabled, stage.effective, stage.binding].map((yes) =>
      yes ? "yes" : "no",
    );
    const counts = [reached, evaluated, applied, bound, warm_up, not_evaluated];
    const expected = [...flags, ...counts].join(" ");
    const text = shown["stage"][`${stage.kind} ${stage.name}`]?.replaceAll("\u202f", "");
    if (text !== expected) found.push(`stage ${stage.name}: ${text} for ${expected}`);
  }
  if (gap?.parts === null || gap === null || result === null || layers === null) {
    return [...found, "the run has no gap, no result or no stages: nothing to compare"];
  }
  compare("part", "target", gap.target);
  compare("part", "realised", gap.realised);
  for (const [key, value] of Object.entries({ ...gap.parts, residual: gap.residual ?? 0 })) {
    compare("part", key, value * 100);
  }
  for (const [key, value] of Object.entries(result.kinds)) {
    const cost = ["fees", "financing", "borrow"].includes(key);
    compare("part", `result-${key}`, cost ? 0 - value : value);
  }
  for (const { strategy, instrument, result: value } of result.lines) {
    if (strategy !== "") compare("line", `${strategy} ${instrument}`, value);
  }
  for (const [name, { records }] of Object.entries(layers.clamps.by_constraint)) {
    compare("clamp", name, records);
  }
  for (const [name, value] of Object.entries(document.costs)) compare("cost", name, value);
  for (const name of ["sharpe_per_observation", "standard_error"] as const) {
    compare("sharpe", name, test[name], 0.0000501);
  }
  for (const name of ["psr", "dsr", "skew", "kurtosis", "observations", "trials"] as const) {
    compare("sharpe", name, test[name]);
  }
  for (const { lint, result: verdict } of document.doctor) {
    const text = shown["lint"][lint] ?? "missing";
    if (!text.endsWith(verdict.replaceAll("_", " ")))
      found.push(`lint ${lint}: ${text} for ${verdict}`);
  }
  return found;
}

describe.skipIf(BROWSER === null)(TITLE, () => {
  const home = mkdtempSync(join(tmpdir(), "real-report-"));
  let browser: Browser;
  let document: RunDocument;
  let file: string;
  let page: Page;
  const messages: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    const mandate = join(ROOT, "examples/simulated/mandate.yaml");
    const flags = [{ key: "data.simulated.years", value: "3" }];
    const loaded = loadMandate(mandate, flags, { ASSAY_HOME: home });
    const [outcome, launched] = await Promise.all([
      runMandate({ loaded, progress: () => undefined, nowMs: Date.parse("2026-11-21") }),
      chromium.launch({ executablePath: BROWSER ?? "", args: LAUNCH }),
    ]);
    browser = launched;
    document = JSON.parse(readFileSync(join(outcome.folder, "run.json"), "utf8")) as RunDocument;
    file = join(outcome.folder, "report.html");
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(home, { recursive: true });
  });

  const openDetails = () =>
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");

  it("shows run.json's numbers, and asks the network for nothing", async () => {
    expect(document.status).toBe("OK");
    await openDetails();
    const shown = await page.evaluate<Shown>(READ);
    expect(differences(document, shown)).toEqual([]);
    expect(Object.keys(shown["lint"])).toHaveLength(document.doctor.length);
    expect(Object.keys(shown["stage"])).toHaveLength(document.stages.length);
    expect(messages).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
  });

  it("adds up as shown: forecasts, the gap, the result", async () => {
    const shown = await page.evaluate<Shown>(READ);
    const of = (attribute: string, name: string) => numberIn(shown[attribute][name]);
    const ends = TERMINAL_STATES.map((state) => of("signals", state)).reduce((a, b) => a + b);
    expect(of("signals", "holds") + ends).toBe(of("signals", "forecasts"));
    const parts = Object.keys(document.volatility_gap?.parts ?? {}).map((key) => of("part", key));
    const explained = parts.reduce((a, b) => a + b) + of("part", "residual");
    // Eleven numbers of two digits each.
    expect(of("part", "target") * 100 + explained).toBeCloseTo(of("part", "realised") * 100, 0);
    const kinds = Object.keys(document.result?.kinds ?? {}).map((key) =>
      of("part", `result-${key}`),
    );
    const sum = kinds.reduce((a, b) => a + b);
    expect(of("part", "result-deposit") + sum).toBeCloseTo(of("part", "result-final"), 2);
  });

  it("has a comparison that sees one changed digit, and one row that is missing", async () => {
    const shown = await page.evaluate<Shown>(READ);
    const text = shown["metric"]["final_equity"];
    const last = (Number(text.at(-1)) + 5) % 10;
    const metric = { ...shown["metric"], final_equity: `${text.slice(0, -1)}${last}` };
    expect(differences(document, { ...shown, metric })).toHaveLength(1);
    const { residual: _, ...part } = shown["part"];
    expect(differences(document, { ...shown, part })).toEqual([
      expect.stringContaining("residual"),
    ]);
  });

  it("leads the keyboard through everything that can be used, in order, with its focus in sight", async () => {
    await page.evaluate("scrollTo(0, 0); document.activeElement.blur()");
    await page.evaluate(`window.usable = [...document.querySelectorAll('a[href], summary, input, [tabindex="0"]')]
      .filter((each) => each.checkVisibility({ contentVisibilityAuto: true }))`);
    const count = await page.evaluate<number>("usable.length");
    expect(count).toBeGreaterThan(25);
    const wrong: string[] = [];
    for (let i = 0; i < count; i++) {
      await page.keyboard.press("Tab");
      const finding = await page.evaluate<string | null>(`(() => {
        const now = document.activeElement;
        const box = now.getBoundingClientRect();
        const named = now.tagName + " " + (now.getAttribute("aria-label") || now.textContent.slice(0, 30));
        if (now !== usable[${i}]) return ${i} + " is " + named;
        if (!now.matches(":focus-visible") || getComputedStyle(now).outlineStyle === "none") return named + " shows no focus";
        return box.bottom < 0 || box.top > innerHeight ? named + " is out of sight" : null;
      })()`);
      if (finding !== null) wrong.push(finding);
    }
    expect(wrong).toEqual([]);
  });

  it("fits a phone, and is readable in the dark", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(
      await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
    ).toBeLessThanOrEqual(0);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await page.evaluate<string[]>(CONTRAST_CHECK)).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  it("prints every section, folded ones too", async () => {
    await page.reload();
    await page.emulateMedia({ media: "print" });
    const hidden = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll("h2, main section, figure, details:not(.long) table, header li")]
      .filter((each) => !each.checkVisibility({ contentVisibilityAuto: true }) || each.getBoundingClientRect().height === 0)
      .map((each) => each.tagName + " " + each.textContent.slice(0, 40))`);
    expect(hidden).toEqual([]);
    expect(await page.locator("main section").count()).toBeGreaterThanOrEqual(13);
    expect(await page.locator(".readout").isVisible()).toBe(false);
    const pdf = await page.pdf({ format: "A4", printBackground: true });
    expect(pdf.length).toBeGreaterThan(50_000);
  });
});
