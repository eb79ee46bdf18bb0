/**
 * docs/profiles: for each profile the least mandate that it needs, and beside it what `assay config`
 * prints for it, a golden file. A difference is written beside it as -changed; UPDATE_GOLDEN=1
 * accepts it.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseDocument, visit } from "yaml";
import { SECTIONS } from "../../src/engine/sections.ts";
import { resolveMandate } from "../../src/mandate/resolve.ts";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { composeSections } from "../../src/mandate/compose.ts";
import { compareGolden } from "../support/golden.ts";
import { assay } from "./cli.ts";
import { readDocument, ROOT } from "./markdown.ts";

const FOLDER = join(ROOT, "docs/profiles");
const PROFILES = [...composeSections(SECTIONS).profiles.keys()];

/** By what is written alone: no environment, no flags. */
function isAccepted(text: string): boolean {
  try {
    resolveMandate({
      sections: SECTIONS,
      text,
      fileName: "mandate.yaml",
      environment: {},
      flags: [],
      sha256,
    });
    return true;
  } catch {
    return false;
  }
}

it("there are the profiles that the sections fill", () => {
  expect(new Set(PROFILES)).toEqual(
    new Set(["plain", "etf-trend", "futures-layers", "equity-signals"]),
  );
});

it.each(PROFILES)("assay config of %s prints its golden file", async (profile) => {
  const { code, stdout, stderr } = await assay(["config", `docs/profiles/${profile}.yaml`], ROOT);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(compareGolden(`${profile}.txt`, stdout, FOLDER)).toBeNull();
});

it.each(PROFILES)("every value of %s has its origin", (profile) => {
  const golden = readDocument(`docs/profiles/${profile}.txt`).trimEnd().split("\n");
  const rows = golden.slice(0, golden.indexOf(""));
  const origin = new RegExp(
    `  (default|profile ${profile}|${profile}\\.yaml:\\d+:\\d+)(?:  \\((?:location|presentation)\\))?$`,
  );
  expect(rows.filter((row) => !origin.test(row))).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
});

/** Each scalar or list of the file taken out, one at a time: path and the text that is left. */
function withoutOne(text: string): { readonly path: string; readonly text: string }[] {
  const paths: (readonly unknown[])[] = [];
  visit(parseDocument(text), {
    Pair: (_, pair, ancestors) => {
      const keys = ancestors.flatMap((node) => ("key" in node ? [String(node.key)] : []));
      paths.push([...keys, String(pair.key)]);
    },
  });
  return paths
    .filter((path) => path[0] !== "strategies" || path.length === 1)
    .map((path) => {
      const document = parseDocument(text);
      document.deleteIn(path);
      return { path: path.join("."), text: String(document) };
    });
}

/** Without these the same mandate is one of simulated shares, which it is not about. */
const OTHER_MARKET: { readonly [profile: string]: readonly string[] } = {
  "futures-layers": ["data.simulated", "data.simulated.market"],
  "equity-signals": ["data.simulated", "data.simulated.market"],
};

it.each(PROFILES)(
  "the mandate of %s is the least: without any one key it is refused",
  (profile) => {
    const text = readDocument(`docs/profiles/${profile}.yaml`);
    expect(isAccepted(text)).toBe(true);
    const shorter = withoutOne(text);
    expect(shorter.length).toBeGreaterThan(8);
    const accepted = shorter.filter((one) => isAccepted(one.text)).map(({ path }) => path);
    expect(accepted).toEqual(OTHER_MARKET[profile] ?? []);
  },
);

it("nothing lies in the folder but a mandate and a golden file for each profile", () => {
  const files = readdirSync(FOLDER).filter((name) => !name.includes("-changed."));
  expect(new Set(files)).toEqual(
    new Set(PROFILES.flatMap((profile) => [`${profile}.yaml`, `${profile}.txt`])),
  );
});
