/** Secrets: where they come from, what is refused, and that no value is ever shown. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { blotOut, placeOfUrl, Secret, secretsOfUrl } from "../../../src/adapters/system/secret.ts";
import {
  openSecrets,
  SECRET_NAMES,
  SECRET_PURPOSES,
  secretName,
  secretVariable,
} from "../../../src/adapters/system/secrets.ts";
import { PROCESS_SETTINGS } from "../../../src/mandate/environment.ts";

const root = mkdtempSync(join(tmpdir(), "assay-secrets-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;
const freshHome = () => join(root, `home-${homes++}`);
const VALUE = "PK-VALUE-9/ä";

function stored(): { home: string; path: string } {
  const home = freshHome();
  const secrets = openSecrets(home, {});
  secrets.set("alpaca_paper_key_id", VALUE);
  secrets.set("alpaca_paper_secret", "OTHER-VALUE");
  return { home, path: secrets.path };
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ name: "Fault", kind: "usage" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/PK-VALUE|OTHER-VALUE/);
    return (error as Error).message;
  }
  throw new Error("it was not refused");
}

describe("a secret", () => {
  it("shows itself nowhere but in reveal", () => {
    const secret = new Secret(VALUE);
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true }),
      inspect({ deep: { secret } }, { depth: 9 }),
      Object.entries(secret).join(),
      new Error("x", { cause: secret }).cause,
    ].map(String);
    expect(shown.join()).not.toContain("PK-VALUE");
    expect(secret.reveal()).toBe(VALUE);
  });

  it("is blotted out of any text, in each form that a protocol writes", () => {
    const secret = new Secret(VALUE);
    const forms = [VALUE, encodeURIComponent(VALUE), Buffer.from(VALUE).toString("base64")];
    for (const form of forms) {
      expect(blotOut(`a ${form} b ${form}`, [secret])).toBe("a [secret] b [secret]");
    }
    const quoted = new Secret('a"b\\c');
    expect(blotOut(JSON.stringify({ k: quoted.reveal() }), [quoted])).toBe('{"k":"[secret]"}');
    expect(blotOut("kept", [new Secret("")])).toBe("kept");
  });

  it("that begins another one leaves nothing of the longer", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.integer({ min: 1, max: 5 }), (long, cut) => {
        const secrets = [new Secret(long.slice(0, cut)), new Secret(long)];
        expect(blotOut(long, secrets)).toBe("[secret]");
        const overlapping = [new Secret(`${long}a`), new Secret(`b${long}`)];
        expect(blotOut(`b${long}a`, overlapping)).toBe("[secret]");
      }),
    );
  });

  it("hides user, password and path of an address, and leaves the host", () => {
    const url = new Secret("https://ann%40x:p%25ss@hooks.example.org/T0/KEY?x=1");
    const text = "at hooks.example.org: ann@x p%ss /T0/KEY?x=1 AUTH AGFubkB4AHAlc3M=";
    expect(blotOut(text, secretsOfUrl(url))).toBe(
      "at hooks.example.org: [secret] [secret] [secret] AUTH [secret]",
    );
    expect(blotOut(url.reveal(), secretsOfUrl(url))).toBe("[secret]");
    expect(placeOfUrl(url)).toBe("https://hooks.example.org");
    expect(placeOfUrl(new Secret("no address"))).toBe("[secret]");
    expect(secretsOfUrl(new Secret("smtp://a:50%@h")).map((s) => s.reveal())).toContain("50%");
  });
});

describe("the secrets file", () => {
  it("is its owner's alone, and whole", () => {
    const { home, path } = stored();
    expect([modeOf(home), modeOf(path)]).toEqual([0o700, 0o600]);
    expect(readdirSync(home)).toEqual(["secrets.json"]);
    const found = openSecrets(home, {}).read("alpaca_paper_key_id");
    expect(found.value.reveal()).toBe(VALUE);
    expect(found).toMatchObject({ from: path, source: "file" });
  });

  it("keeps its mode though a killed process left a wider file aside", () => {
    const { home, path } = stored();
    const aside = join(home, ".secrets.json.tmp");
    writeFileSync(aside, "", { mode: 0o644 });
    openSecrets(home, {}).set("alert_from", "a@b");
    expect(modeOf(path)).toBe(0o600);
  });

  it("says what was replaced, and what was not there to remove", () => {
    const { home } = stored();
    const secrets = openSecrets(home, {});
    expect(secrets.set("alpaca_paper_secret", "third")).toEqual({ replaced: true });
    expect(secrets.set("alert_from", "a@b")).toEqual({ replaced: false });
    expect(secrets.remove("alert_from")).toBe(true);
    expect(secrets.remove("alert_from")).toBe(false);
    expect(secrets.read("alpaca_paper_secret").value.reveal()).toBe("third");
    expect(secrets.find("alert_from")).toBeNull();
  });

  it.each([0o640, 0o604, 0o660, 0o610, 0o666])("is refused with mode %o", (mode) => {
    const { home, path } = stored();
    chmodSync(path, mode);
    const written = readFileSync(path);
    const secrets = openSecrets(home, {});
    const octal = mode.toString(8).padStart(4, "0");
    for (const work of [
      () => secrets.read("alpaca_paper_secret"),
      () => secrets.list(),
      () => secrets.set("alert_from", "a@b"),
      () => secrets.remove("alpaca_paper_secret"),
    ]) {
      const message = messageOf(work);
      expect(message).toContain(`its mode is ${octal}`);
      expect(message).toContain(`chmod 600 ${path}`);
    }
    expect(readFileSync(path)).toEqual(written);
  });

  it("is refused in a folder that others may write", () => {
    const { home } = stored();
    chmodSync(home, 0o770);
    expect(messageOf(() => openSecrets(home, {}).list())).toContain(`chmod 700 ${home}`);
    chmodSync(home, 0o755);
    expect(openSecrets(home, {}).find("alpaca_paper_secret")).not.toBeNull();
    const empty = freshHome();
    mkdirSync(empty);
    chmodSync(empty, 0o777);
    messageOf(() => openSecrets(empty, {}).set("alert_from", "a@b"));
    expect(readdirSync(empty)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)("is refused when somebody else owns it", () => {
    const { home, path } = stored();
    chownSync(path, 12_345, 12_345);
    expect(messageOf(() => openSecrets(home, {}).list())).toContain("it belongs to user 12345");
  });

  it("is refused as a link, a pipe or a folder", () => {
    const { path } = stored();
    const plant = (make: (place: string) => void): string => {
      const home = freshHome();
      mkdirSync(home, { mode: 0o700 });
      make(join(home, "secrets.json"));
      return messageOf(() => openSecrets(home, {}).list());
    };
    expect(plant((place) => symlinkSync(path, place))).toContain("it is a symbolic link");
    expect(
      plant((place) => void execFileSync("sh", ["-c", 'mkfifo -m 600 "$0"', place])),
    ).toContain("it is not a file");
    expect(plant((place) => mkdirSync(place, { mode: 0o700 }))).toContain("it is not a file");
  });

  it("is refused half-written, wherever it was cut", () => {
    const { home, path } = stored();
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length - 1; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const message = messageOf(() => openSecrets(home, {}).list());
      expect(message).toMatch(/it is (empty|not whole JSON, perhaps half-written); restore it/);
    }
  });

  it.each([
    ["[]", /does not have the form/],
    ["null", /does not have the form/],
    ['{"format_version":2,"secrets":{}}', /does not have the form/],
    ['{"format_version":1,"secrets":{},"PK-VALUE":1}', /does not have the form/],
    ['{"format_version":1,"secrets":[]}', /does not have the form/],
    ['{"format_version":1,"secrets":{"PK-VALUE":"x"}}', /its entry 1 has a name that is not one/],
    [
      '{"format_version":1,"secrets":{"alpaca_papr_secret":"x"}}',
      /its entry 1 has a name .* \(perhaps alpaca_paper_secret\)/,
    ],
    ['{"format_version":1,"secrets":{"alert_to":7}}', /alert_to is not text/],
    ['{"format_version":1,"secrets":{"alert_to":" a"}}', /alert_to begins or ends with white/],
  ])("is refused with %s", (text, message) => {
    const { home, path } = stored();
    writeFileSync(path, text);
    expect(messageOf(() => openSecrets(home, {}).list())).toMatch(message);
  });

  it.each(["", " a", "a ", "a\nb", "a\u0000b", "x".repeat(4097)])("takes no odd value", (value) => {
    const { home, path } = stored();
    const written = readFileSync(path);
    messageOf(() => openSecrets(home, {}).set("alert_to", value));
    expect(readFileSync(path)).toEqual(written);
  });
});

describe("the environment", () => {
  it("wins over the file, and the answer says so", () => {
    const { home, path } = stored();
    const secrets = openSecrets(home, { ASSAY_ALPACA_PAPER_SECRET: "from outside" });
    const found = secrets.read("alpaca_paper_secret");
    expect(found.value.reveal()).toBe("from outside");
    expect(found.from).toBe("environment ASSAY_ALPACA_PAPER_SECRET");
    expect(secrets.read("alpaca_paper_key_id").from).toBe(path);
    expect(secrets.list().find(({ name }) => name === "alpaca_paper_secret")).toEqual({
      name: "alpaca_paper_secret",
      inFile: true,
      inEnvironment: true,
    });
  });

  it("and the file do not give one half of a pair each", () => {
    const { home } = stored();
    const mixed = openSecrets(home, { ASSAY_ALPACA_PAPER_KEY_ID: "PK-VALUE-outside" });
    expect(messageOf(() => mixed.readPair("alpaca_paper_key_id", "alpaca_paper_secret"))).toContain(
      "unset ASSAY_ALPACA_PAPER_KEY_ID or set ASSAY_ALPACA_PAPER_SECRET too",
    );
    const whole = openSecrets(home, {}).readPair("alpaca_paper_key_id", "alpaca_paper_secret");
    expect(whole.keyId.value.reveal()).toBe(VALUE);
  });

  it("set to nothing is not a value, and not a way to the file's", () => {
    const { home } = stored();
    const empty = openSecrets(home, { ASSAY_ALPACA_PAPER_SECRET: "" });
    expect(messageOf(() => empty.find("alpaca_paper_secret"))).toMatch(
      /^ASSAY_ALPACA_PAPER_SECRET is empty/,
    );
  });

  it("has a setting for each secret in the closed list, and no other", () => {
    const listed = Object.keys(PROCESS_SETTINGS).filter((name) =>
      /^ASSAY_AL(PACA|ERT)_/.test(name),
    );
    expect(listed.sort()).toEqual(SECRET_NAMES.map(secretVariable).sort());
  });
});

it("what is nowhere is missing, with what to do", () => {
  const home = freshHome();
  const message = messageOf(() => openSecrets(home, {}).read("alpaca_live_secret"));
  expect(message).toContain("ASSAY_ALPACA_LIVE_SECRET is not set");
  expect(message).toContain("run: assay secrets set alpaca_live_secret");
});

it("a name that is not known is not repeated: it may be the value", () => {
  expect(messageOf(() => secretName("PK-VALUE-9"))).toContain("the names are alpaca_paper_key_id");
  expect(messageOf(() => secretName("alpaca_paper_secret=PK-VALUE"))).not.toContain("=");
  expect(messageOf(() => secretName("alpaca_paper_secrt"))).toContain("mean alpaca_paper_secret?");
  expect(secretName("alert_to")).toBe("alert_to");
});

it("docs/secrets-and-alerts.md lists them as they are", () => {
  const page = readFileSync(
    join(import.meta.dirname, "../../../docs/secrets-and-alerts.md"),
    "utf8",
  );
  const rows = page.split("\n").filter((line) => line.startsWith("| `al"));
  expect(rows).toEqual(
    SECRET_NAMES.map(
      (name) => `| \`${name}\` | \`${secretVariable(name)}\` | ${SECRET_PURPOSES[name]} |`,
    ),
  );
});
