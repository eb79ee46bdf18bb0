/** SIGKILL while a pack is written: what is found afterwards is whole, or gone and reported. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { openPackStore } from "../../../src/adapters/storage/pack-store.ts";
import { buildContent } from "../../../src/market/build.ts";
import { packCodec } from "../../../src/market/packs/content.ts";
import { DEFAULTS, settings, sha256 } from "./fixture.ts";

const root = mkdtempSync(join(tmpdir(), "assay-kill-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SIMULATED = { ...DEFAULTS.simulated, instruments: 40, sessions: 1000 };
const here = (path: string) => JSON.stringify(resolve(import.meta.dirname, path));
const script = (home: string) => `
  import { openPackStore } from ${here("../../../src/adapters/storage/pack-store.ts")};
  import { buildContent } from ${here("../../../src/market/build.ts")};
  import { packCodec } from ${here("../../../src/market/packs/content.ts")};
  import { settings, sha256 } from ${here("fixture.ts")};
  const data = settings({ kind: "simulated", simulated: ${JSON.stringify(SIMULATED)} });
  const { content } = buildContent(data, { tables: [], seed: 5 });
  const store = await openPackStore({ home: ${JSON.stringify(home)}, codec: packCodec(sha256), sha256 });
  await store.put(content, {}, { lineage: "l", knownFromMs: 1 });
`;

/** Starts the child and kills it some time after its folder appeared. */
async function killed(home: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script(home)], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const names = () => (existsSync(join(home, "packs")) ? readdirSync(join(home, "packs")) : []);
  while (child.exitCode === null && !names().some((name) => name.startsWith("."))) await sleep(1);
  await sleep(afterMs);
  child.kill("SIGKILL");
  await ended;
}

describe("a pack store after SIGKILL", () => {
  const data = settings({ kind: "simulated", simulated: SIMULATED });
  const { content } = buildContent(data, { tables: [], seed: 5 });
  const open = (home: string) => openPackStore({ home, codec: packCodec(sha256), sha256 });

  let torn = 0;

  it.each([0, 20, 40, 80, 120, 180])(
    "%i ms into writing: the next start finishes",
    async (afterMs) => {
      const home = join(root, String(afterMs));
      await killed(home, afterMs);
      const store = await open(home);
      torn += store.findings.length;
      for (const finding of store.findings) expect(finding).toMatch(/^removed packs\/\.writing-/);
      const { id } = packCodec(sha256).manifestOf(content);
      const wasWhole = existsSync(join(home, "packs", id));
      const { pack, created } = await store.put(content, {}, { lineage: "l", knownFromMs: 2 });
      expect(created).toBe(!wasWhole);
      await expect(store.get(pack.id)).resolves.toEqual(pack);
      expect(await store.catalog()).toHaveLength(1);
      expect(readdirSync(join(home, "packs")).filter((name) => name.startsWith("."))).toEqual([]);
    },
  );

  it("was really interrupted in the middle at least once", () => {
    expect(torn).toBeGreaterThan(0);
  });
});
