/**
 * The report in a real browser: what it shows equals what the document says, it asks nothing of
 * the network, nothing runs over the edge of a phone, and the keyboard reaches what can be used.
 * Each check is also shown a page in which it must fail.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderChart } from "../../src/adapters/charts/svg.ts";
import { renderReport } from "../../src/apps/report/report.ts";
import { formatDate } from "../../src/base/instant.ts";
import { CONTRAST_CHECK, findBrowser, LAUNCH, numberIn } from "../support/browser-page.ts";
import { reportFixture, type ReportVariant } from "../support/report-fixture.ts";

/** A run in order is the real one, in real-run.test.ts. */
const VARIANTS: readonly ReportVariant[] = ["normal", "ruined", "zero_trades"];
const NARROW_ONES: readonly ReportVariant[] = ["ruined", "zero_trades", "layered"];
/** Enough for every part of the page; twenty years are drawn in test/unit/report. */
const YEARS = 4;
const BROWSER = findBrowser();
const TITLE = BROWSER === null ? "report [SKIPPED: no chromium on PATH]" : "report in chromium";

type Opened = { readonly page: Page; readonly errors: string[]; readonly requests: string[] };
type View = {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly scripts?: boolean;
};

describe.skipIf(BROWSER === null)(TITLE, () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "report-"));

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: BROWSER ?? "",
      args: LAUNCH,
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(markup: string, view: View = {}): Promise<Opened> {
    const { width = 1200, scheme = "light", scripts = true } = view;
    const file = join(folder, "report.html");
    writeFileSync(file, markup);
    const viewport = { width, height: 900 };
    const context = await browser.newContext({
      viewport,
      colorScheme: scheme,
      javaScriptEnabled: scripts,
    });
    const page = await context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => errors.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, errors, requests };
  }

  const markupOf = (variant: ReportVariant): string =>
    renderReport(reportFixture({ variant, years: YEARS }), renderChart);

  /** Width by which the page is wider than its window. */
  const overflow = (page: Page): Promise<number> =>
    page.evaluate("document.documentElement.scrollWidth - window.innerWidth");

  const readOut = async (page: Page): Promise<string[]> =>
    Promise.all(
      ["date", "equity", "drawdown", "gross", "net"].map((name) =>
        page.locator(`[data-read=${name}]`).innerText(),
      ),
    );

  it.each(VARIANTS)("shows the document's numbers and asks for nothing: %s", async (variant) => {
    const { document } = reportFixture({ variant, years: YEARS });
    const { page, errors, requests } = await open(markupOf(variant));
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
    for (const [key, value] of Object.entries(document.metrics)) {
      if (key === "undefined_because") continue;
      const shown = await page.locator(`dd[data-metric=${key}]`).innerText();
      if (value === null) {
        expect(shown, key).toMatch(/^\u2013/);
        continue;
      }
      const expected = key === "max_drawdown" ? 0 - Number(value) : Number(value);
      expect(Math.abs(numberIn(shown) - expected), key).toBeLessThan(
        shown.endsWith("%") ? 0.000051 : 0.0051,
      );
    }
    expect(await page.locator("[data-field=status]").innerText()).toBe(document.status);
    await page.context().close();
  });

  it("forbids the network to itself: a planted picture and a planted script are blocked and seen", async () => {
    const planted =
      '<img src="http://127.0.0.1:9/x.png"><script>document.title = "owned"</script></body>';
    const { page, errors } = await open(markupOf("zero_trades").replace("</body>", planted));
    await expect.poll(() => errors.length).toBeGreaterThanOrEqual(2);
    expect(errors.join("\n")).toContain("Content Security Policy");
    expect(await page.title()).not.toBe("owned");
    await page.context().close();
  });

  it.each(["light", "dark"] as const)(
    "fits a phone in the %s theme, and prints",
    async (scheme) => {
      for (const variant of scheme === "light" ? NARROW_ONES : (["layered"] as const)) {
        const { page } = await open(markupOf(variant), { width: 390, scheme });
        await page.evaluate(
          "for (const each of document.querySelectorAll('details')) each.open = true",
        );
        expect(await overflow(page), variant).toBeLessThanOrEqual(0);
        expect(await page.locator(".narrow svg:visible").count()).toBe(
          variant === "layered" ? 6 : 4,
        );
        expect(await page.locator(".wide svg:visible").count()).toBe(0);
        await page.emulateMedia({ media: "print", colorScheme: scheme });
        expect(
          await page.evaluate("getComputedStyle(document.documentElement).backgroundColor"),
        ).toBe("rgb(255, 255, 255)");
        await page.context().close();
      }
    },
  );

  it("has an overflow check that can fail", async () => {
    const wide = markupOf("zero_trades").replace("<main>", '<main><p style="width:50rem">wide</p>');
    const { page } = await open(wide, { width: 390 });
    expect(await overflow(page)).toBeGreaterThan(0);
    await page.context().close();
  });

  it.each(["light", "dark"] as const)("has enough contrast in the %s theme", async (scheme) => {
    const { page } = await open(markupOf("layered"), { scheme });
    await page.evaluate(
      "for (const each of document.querySelectorAll('details')) each.open = true",
    );
    const low = await page.evaluate<string[]>(CONTRAST_CHECK);
    expect(low).toEqual([]);
    await page.evaluate(
      "document.querySelector('.caption').style.cssText = 'color: #888; background: #999'",
    );
    expect(await page.evaluate<string[]>(CONTRAST_CHECK)).not.toEqual([]);
    await page.context().close();
  });

  it("reads out the session under the pointer and the one chosen by keyboard", async () => {
    const input = reportFixture({ variant: "ruined", years: YEARS });
    const { page } = await open(markupOf("ruined"));
    const last = input.datesMs.length - 1;
    const slider = page.locator(".readout input");
    await slider.focus();
    await page.keyboard.press("Home");
    expect((await readOut(page))[0]).toBe(formatDate(input.datesMs[0]));
    await page.keyboard.press("ArrowRight");
    expect((await readOut(page))[0]).toBe(formatDate(input.datesMs[1]));
    expect(await slider.getAttribute("aria-valuetext")).toContain(formatDate(input.datesMs[1]));
    const drawdowns = page.locator(".wide svg").nth(1);
    await drawdowns.scrollIntoViewIfNeeded();
    const box = await drawdowns.boundingBox();
    if (box === null) throw new Error("the drawdown chart is not shown");
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    const [date, equity, drawdown, gross] = await readOut(page);
    const session = [...input.datesMs].findIndex((at) => formatDate(at) === date);
    expect(session).toBeGreaterThan(last * 0.3);
    expect(session).toBeLessThan(last * 0.45);
    expect(numberIn(equity)).toBe(input.equity[session]);
    expect(numberIn(drawdown)).toBeCloseTo(input.drawdown[session], 4);
    expect(numberIn(gross)).toBeCloseTo(input.grossExposure[session], 4);
    expect(await page.locator(".wide .hair[visibility=visible]").count()).toBe(4);
    await page.context().close();
  });

  it("is complete without scripts, and the script's first word equals the page's", async () => {
    const still = await open(markupOf("normal"), { scripts: false });
    const moving = await open(markupOf("normal"));
    expect(await still.page.locator(".readout input").isVisible()).toBe(false);
    expect(await moving.page.locator(".readout input").isVisible()).toBe(true);
    expect(await readOut(still.page)).toEqual(await readOut(moving.page));
    expect(await still.page.locator(".wide svg:visible").count()).toBe(4);
    await Promise.all([still.page.context().close(), moving.page.context().close()]);
  });
});
