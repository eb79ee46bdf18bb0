/**
 * The report in a real browser: what it shows equals what the document says, it asks nothing of
 * the network, nothing runs over the edge of a phone, and the keyboard reaches what can be used.
 * Each check is also shown a page in which it must fail.
 */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderChart } from "../../src/adapters/charts/plot.ts";
import { renderReport } from "../../src/apps/report/report.ts";
import { formatDate } from "../../src/base/instant.ts";
import { reportFixture, type ReportVariant } from "../support/report-fixture.ts";

const VARIANTS: readonly ReportVariant[] = ["normal", "ruined", "zero_trades", "simulated"];
const BROWSER = findBrowser();
const TITLE = BROWSER === null ? "report [SKIPPED: no chromium on PATH]" : "report in chromium";

function findBrowser(): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch (cause) {
        if (!(cause instanceof Error && "code" in cause)) throw cause;
      }
    }
  }
  return null;
}

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
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
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
    renderReport(reportFixture({ variant }), renderChart);

  /** Reads a shown number back without the code that wrote it. */
  function numberIn(shown: string): number {
    const plain = shown.replace(/[\u202f\u00a0 ]/g, "").replace("\u2212", "-");
    return plain.endsWith("%") ? Number(plain.slice(0, -1)) / 100 : Number(plain);
  }

  /** Width by which the page is wider than its window. */
  const overflow = (page: Page): Promise<number> =>
    page.evaluate("document.documentElement.scrollWidth - window.innerWidth");

  const readOut = async (page: Page): Promise<string[]> =>
    Promise.all(
      ["date", "equity", "drawdown", "gross", "net"].map((name) =>
        page.locator(`[data-read=${name}]`).innerText(),
      ),
    );

  it.each(VARIANTS)("shows the document's numbers: %s", async (variant) => {
    const { document } = reportFixture({ variant });
    const { page } = await open(markupOf(variant));
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

  it.each(VARIANTS)(
    "has no console message and asks nothing of the network: %s",
    async (variant) => {
      const { page, errors, requests } = await open(markupOf(variant));
      expect(errors).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
      await page.context().close();
    },
  );

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
      for (const variant of VARIANTS) {
        const { page } = await open(markupOf(variant), { width: 390, scheme });
        await page.evaluate(
          "for (const each of document.querySelectorAll('details')) each.open = true",
        );
        expect(await overflow(page), variant).toBeLessThanOrEqual(0);
        expect(await page.locator(".narrow svg:visible").count()).toBe(3);
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
    const { page } = await open(markupOf("simulated"), { scheme });
    const low = await page.evaluate<string[]>(CONTRAST_CHECK);
    expect(low).toEqual([]);
    await page.evaluate(
      "document.querySelector('.caption').style.cssText = 'color: #888; background: #999'",
    );
    expect(await page.evaluate<string[]>(CONTRAST_CHECK)).not.toEqual([]);
    await page.context().close();
  });

  it("lets the keyboard reach everything that can be used, in the order of the page", async () => {
    const { page } = await open(markupOf("ruined"));
    const usable = await page.evaluate<number>(
      "[...document.querySelectorAll('a[href], summary, input, [tabindex=\"0\"]')].filter((each) => each.checkVisibility({ contentVisibilityAuto: true })).length",
    );
    const tops: number[] = [];
    for (let i = 0; i < usable; i++) {
      await page.keyboard.press("Tab");
      const place = "document.activeElement.getBoundingClientRect().top + window.scrollY";
      expect(await page.evaluate("document.activeElement.matches(':focus-visible')")).toBe(true);
      tops.push(await page.evaluate<number>(place));
    }
    expect(usable).toBeGreaterThan(8);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      "Files of this run",
    );
    expect(new Set(tops).size).toBeGreaterThan(6);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement === document.body")).toBe(true);
    await page.context().close();
  });

  it("reads out the session under the pointer and the one chosen by keyboard", async () => {
    const input = reportFixture({ variant: "ruined" });
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
    expect(await page.locator(".wide .hair[visibility=visible]").count()).toBe(3);
    await page.context().close();
  });

  it("is complete without scripts, and the script's first word equals the page's", async () => {
    const still = await open(markupOf("normal"), { scripts: false });
    const moving = await open(markupOf("normal"));
    expect(await still.page.locator(".readout input").isVisible()).toBe(false);
    expect(await moving.page.locator(".readout input").isVisible()).toBe(true);
    expect(await readOut(still.page)).toEqual(await readOut(moving.page));
    expect(await still.page.locator(".wide svg:visible").count()).toBe(3);
    await Promise.all([still.page.context().close(), moving.page.context().close()]);
  });
});

/**
 * Runs in the page: elements with text of their own whose colour against the nearest painted
 * background is below 4.5 : 1 (WCAG 2.1 success criterion 1.4.3).
 */
const CONTRAST_CHECK = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const channel = (byte) => byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    const color = rgb(getComputedStyle(element).backgroundColor);
    return color[3] > 0 || element === document.documentElement ? color : behind(element.parentElement);
  };
  return [...document.querySelectorAll("body *")].filter((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!own || element.closest("svg, script") || !element.checkVisibility()) return false;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
  }).map((element) => element.tagName + "." + element.className + ": " + element.textContent.slice(0, 40));
})()`;
