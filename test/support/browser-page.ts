/** What the browser tests share: where the browser is, numbers as shown, colours against their ground. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export const LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

export function findBrowser(): string | null {
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

export /** Reads a shown number back without the code that wrote it. */
function numberIn(shown: string): number {
  const plain = shown.replace(/[\u202f\u00a0 ]/g, "").replace("\u2212", "-");
  return plain.endsWith("%") ? Number(plain.slice(0, -1)) / 100 : Number(plain);
}

/**
 * Runs in the page: elements with text of their own whose colour against the nearest painted
 * background is below 4.5 : 1 (WCAG 2.1 success criterion 1.4.3).
 */
export const CONTRAST_CHECK = `(() => {
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
