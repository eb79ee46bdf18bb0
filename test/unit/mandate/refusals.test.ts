import { describe, expect, it } from "vitest";
import { PROCESS_SETTINGS } from "../../../src/mandate/environment.ts";
import type { MandateInput } from "../../../src/mandate/resolve.ts";
import { GOOD, refusal, resolve } from "./sections.ts";

type Case = {
  readonly title: string;
  readonly text: string;
  readonly more?: Partial<MandateInput>;
  readonly lines: readonly string[];
};

/** GOOD with the line `tolls:`'s only key replaced by other lines. */
const tolls = (lines: string): string => GOOD.replace("per_share: 0.01", lines);
const environment = (variables: Record<string, string>) => ({ environment: variables });

const MISSING_SOURCES =
  'expected a list of at least 1, each a map with file, columns, got nothing; write "sources: [<values>]" under cargo';

const SETTINGS = Object.keys(PROCESS_SETTINGS).join(", ");

const CASES: readonly Case[] = [
  {
    title: "an empty file",
    text: "# nothing yet\n",
    lines: [
      "mandate.yaml:1:1: the file is empty: expected assay, name, profile and the sections; `assay init DIR` writes a complete one",
    ],
  },
  {
    title: "a list at the root",
    text: "- assay: 1\n",
    lines: ["mandate.yaml:1:1: expected a map of sections, got a list"],
  },
  {
    title: "another format version, and nothing else said",
    text: "assay: 2\nfuture: true\n",
    lines: ["mandate.yaml:1:1 assay: expected 1, the mandate format this Assay reads, got 2"],
  },
  {
    title: "no format version",
    text: GOOD.replace("assay: 1\n", ""),
    lines: [
      'mandate.yaml:1:1 assay: expected 1, got nothing; write "assay: 1" at the top level (version of the mandate format)',
    ],
  },
  {
    title: "no profile: what a profile brings is not asked for as well",
    text: GOOD.replace("profile: plain\n", ""),
    lines: [
      'mandate.yaml:1:1 profile: expected one of dear, plain, got nothing; write "profile: <dear | plain>" at the top level (the set of values the mandate starts from)',
    ],
  },
  {
    title: "an unknown profile",
    text: GOOD.replace("profile: plain", "profile: plan"),
    lines: [
      'mandate.yaml:3:1 profile: expected one of dear, plain, got "plan"; did you mean plain?',
    ],
  },
  {
    title: "text for a number",
    text: tolls("per_share: abc"),
    lines: ['mandate.yaml:5:3 tolls.per_share: expected a number >= 0, got "abc"'],
  },
  {
    title: "a number out of bounds, an unknown choice, a number for text: all at once",
    text: tolls("per_share: -1\n  bps: 100.5\n  mode: exat\n  note: 3"),
    lines: [
      "mandate.yaml:5:3 tolls.per_share: expected a number >= 0, got -1",
      "mandate.yaml:6:3 tolls.bps: expected a number >= 0 and <= 100, got 100.5",
      'mandate.yaml:7:3 tolls.mode: expected one of rounded, exact, got "exat"; did you mean exact?',
      'mandate.yaml:8:3 tolls.note: expected text, got 3; quote it: "3"',
    ],
  },
  {
    title: "a required key left null",
    text: tolls("per_share:"),
    lines: [
      "mandate.yaml:5:3 tolls.per_share: expected a number >= 0, got null; write a value (money per share)",
    ],
  },
  {
    title: "a key with a default set to null",
    text: tolls("per_share: 0\n  bps: null"),
    lines: [
      "mandate.yaml:6:3 tolls.bps: expected a number >= 0 and <= 100, got null; write a value (basis points of the notional)",
    ],
  },
  {
    title: "a section left empty",
    text: GOOD.replace("tolls:\n  per_share: 0.01\n", "tolls:\n"),
    lines: [
      "mandate.yaml:4:1 tolls: expected a map with per_share, bps, minimum, mode, note, got null; write a value",
    ],
  },
  {
    title: "a missing key, at its section",
    text: tolls("bps: 1"),
    lines: [
      'mandate.yaml:4:1 tolls.per_share: expected a number >= 0, got nothing; write "per_share: <number>" under tolls (money per share)',
    ],
  },
  {
    title: "a missing section, at the file",
    text: GOOD.slice(0, GOOD.indexOf("cargo:")),
    lines: [`mandate.yaml:1:1 cargo.sources: ${MISSING_SOURCES}`],
  },
  {
    title: "a misspelt key",
    text: tolls("per_share: 0\n  bsp: 1"),
    lines: ["mandate.yaml:6:3 tolls.bsp: unknown key; did you mean bps?"],
  },
  {
    title: "a key nothing resembles",
    text: tolls("per_share: 0\n  weather: fine"),
    lines: [
      "mandate.yaml:6:3 tolls.weather: unknown key; known here: per_share, bps, minimum, mode, note",
    ],
  },
  {
    title: "a key in the wrong section",
    text: `${GOOD}per_share: 3\n`,
    lines: ["mandate.yaml:13:1 per_share: unknown key; did you mean tolls.per_share?"],
  },
  {
    title: "a key of another variant",
    text: GOOD.replace("cargo:", "cargo:\n  kind: invented").replace(/ {2}ships:[^]*/, ""),
    lines: ["mandate.yaml:8:3 cargo.sources: not a key of kind: invented; known here: kind, days"],
  },
  {
    title: "an unknown variant",
    text: GOOD.replace("cargo:", "cargo:\n  kind: file"),
    lines: [
      'mandate.yaml:7:3 cargo.kind: expected one of files, invented, got "file"; did you mean files?',
    ],
  },
  {
    title: "a key written twice",
    text: tolls("per_share: 0\n  bps: 1\n  per_share: 2"),
    lines: ["mandate.yaml:7:3 tolls.per_share: written twice, first at mandate.yaml:5:3; keep one"],
  },
  {
    title: "a tab",
    text: GOOD.replace("  per_share", "\tper_share"),
    lines: ["mandate.yaml:5:1: not YAML: a tab in the indentation; use spaces"],
  },
  {
    title: "a bracket left open",
    text: `${GOOD}crew: { members: [\n`,
    lines: ["mandate.yaml:14:1: not YAML: a [ before this place is not closed; expected ]"],
  },
  {
    title: "a second document",
    text: `${GOOD}---\nassay: 1\n`,
    lines: ["mandate.yaml:13:1: a second document starts here; a mandate is one document"],
  },
  {
    title: "a tag",
    text: tolls("per_share: !money 3"),
    lines: ["mandate.yaml:5:14: Unresolved tag: !money; a mandate uses no tags"],
  },
  {
    title: "an alias without an anchor, an infinity, an integer no double holds",
    text: tolls("per_share: .inf\n  bps: *other\n  minimum: 12345678901234567890"),
    lines: [
      "mandate.yaml:5:3 tolls.per_share: expected a finite number, got .inf",
      "mandate.yaml:6:3 tolls.bps: *other names no anchor above it",
      "mandate.yaml:7:3 tolls.minimum: 12345678901234567890 is beyond 2^53 and cannot be held exactly; quote it if it is text",
    ],
  },
  {
    title: "wrong things inside lists and maps",
    text: `${GOOD}crew:\n  members:\n    - who: ""\n      harbours: 3\n      params: { a: x }\n    - who: b\n      harbours: [1]\n  aboard: yes\n  since: tomorrow\n`,
    lines: [
      'mandate.yaml:15:7 crew.members.0.who: expected text that is not empty, got ""',
      "mandate.yaml:16:7 crew.members.0.harbours: expected all or a list of at least 1, each text, got 3",
      'mandate.yaml:17:17 crew.members.0.params.a: expected a number, got "x"',
      'mandate.yaml:18:7 crew.members.1.params: expected a map from names, each a number, got nothing; write "params: {<keys>}" under crew.members.1 (numbers)',
      'mandate.yaml:19:18 crew.members.1.harbours.0: expected text, got 1; quote it: "1"',
      'mandate.yaml:20:3 crew.aboard: expected true or false, got "yes"',
      'mandate.yaml:21:3 crew.since: expected a date such as 2020-01-31, got "tomorrow"',
    ],
  },
  {
    title: "an id with a dot, spelt so that it can be told apart",
    text: GOOD.replace("BRK.B: { lot: 2 }", "BRK.B: { lot: 0 }"),
    lines: ['mandate.yaml:12:14 cargo.ships["BRK.B"].lot: expected a number > 0, got 0'],
  },
  {
    title: "a contradiction its section finds",
    text: tolls("per_share: 1\n  bps: 1"),
    lines: ["mandate.yaml:6:3 tolls.bps: contradicts per_share: one of them must be 0"],
  },
  {
    title: "a contradiction with a value the profile brings, at the value of the profile",
    text: GOOD.replace("profile: plain", "profile: dear"),
    lines: ["mandate.yaml tolls.bps (profile dear): contradicts per_share: one of them must be 0"],
  },
  {
    title: "a map key its section refuses",
    text: `${GOOD}crew: { members: [{ who: a, harbours: all, params: { Big: 1 } }] }\n`,
    lines: ["mandate.yaml:13:54 crew.members.0.params.Big: expected a name in lower case"],
  },
  {
    title: "process settings nobody reads",
    text: GOOD,
    more: environment({ ASSAY_HOEM: "/x", ASSAY_TOLLS__BPS: "1", ASSAY_QUX: "1" }),
    lines: [
      "environment ASSAY_HOEM: not a setting that Assay reads; did you mean ASSAY_HOME?",
      `environment ASSAY_QUX: not a setting that Assay reads; unset it (settings: ${SETTINGS}; keys: ASSAY__SECTION__KEY)`,
      "environment ASSAY_TOLLS__BPS: not a setting that Assay reads; did you mean ASSAY__TOLLS__BPS?",
    ],
  },
  {
    title: "environment names that are no keys",
    text: GOOD,
    more: environment({ ASSAY__TOLLS__PER_SHRE: "1", ASSAY__ASSAY: "1", ASSAY__: "1" }),
    lines: [
      `environment ASSAY__: no such key; unset it (settings: ${SETTINGS}; keys: ASSAY__SECTION__KEY)`,
      "environment ASSAY__ASSAY: the version of the format is written in the file alone",
      "environment ASSAY__TOLLS__PER_SHRE: no such key; did you mean ASSAY__TOLLS__PER_SHARE?",
    ],
  },
  {
    title: "wrong values from the environment",
    text: GOOD,
    more: environment({
      ASSAY__TOLLS__PER_SHARE: "abc",
      ASSAY__TOLLS__BPS: "",
      ASSAY__SEED: "1.5",
    }),
    lines: [
      "environment ASSAY__SEED seed: expected a whole number >= 0, got 1.5",
      'environment ASSAY__TOLLS__PER_SHARE tolls.per_share: expected a number >= 0, got "abc"',
      "environment ASSAY__TOLLS__BPS tolls.bps: expected a number >= 0 and <= 100, got null; write a value (basis points of the notional)",
    ],
  },
  {
    title: "entries that are not there",
    text: GOOD,
    more: environment({ ASSAY__CARGO__SHIPS__QQQ__LOT: "1", ASSAY__CARGO__SOURCES__3__FILE: "x" }),
    lines: [
      "environment ASSAY__CARGO__SHIPS__QQQ__LOT cargo.ships.QQQ: the environment can change keys of a map, not add one (there are Spy, BRK.B); add it in the file",
      "environment ASSAY__CARGO__SOURCES__3__FILE cargo.sources.3: the list has no such entry (it has 0 to 0); add it in the file",
    ],
  },
  {
    title: "flags",
    text: GOOD,
    more: {
      flags: [
        { key: "tolls.per_shre", value: "1" },
        { key: "tolls..bps", value: "1" },
        { key: "tolls.bps", value: "[1" },
        { key: "tolls.mode", value: "loud" },
        { key: "xyzzy", value: "1" },
        { key: "tolls.z", value: "1" },
      ],
    },
    lines: [
      "flag --set tolls.per_shre: no such key; did you mean tolls.per_share?",
      "flag --set tolls..bps: no such key; did you mean tolls.bps?",
      'flag --set tolls.bps: "[1" is not a YAML value (a [ before this place is not closed; expected ]); quote it',
      "flag --set xyzzy: no such key; write SECTION.KEY=VALUE",
      "flag --set tolls.z: no such key; known here: per_share, bps, minimum, mode, note",
      'flag --set tolls.mode: expected one of rounded, exact, got "loud"',
    ],
  },
  {
    title: "a number in quotes",
    text: tolls('per_share: "2"'),
    lines: [
      'mandate.yaml:5:3 tolls.per_share: expected a number >= 0, got "2"; without quotes it is a number: 2',
    ],
  },
  {
    title: "a wrong value of a profile's key, while the profile is right",
    text: tolls("per_share: 0\n  minimum: none"),
    lines: ['mandate.yaml:6:3 tolls.minimum: expected a number >= 0 or null, got "none"'],
  },
];

describe("refusals", () => {
  it.each(CASES)("$title", ({ text, more, lines }) => {
    expect(refusal(text, more)).toEqual(lines);
  });

  it("says one finding as the whole message", () => {
    expect(() => resolve(tolls("per_share: 0\n  bps: -1"))).toThrow(
      "mandate.yaml:6:3 tolls.bps: expected a number >= 0 and <= 100, got -1",
    );
  });

  it("names the file and counts the findings", () => {
    expect(() => resolve(tolls("bps: -1"))).toThrow(
      "mandate.yaml is refused: 2 findings, nothing was run",
    );
  });

  it("accepts the mandate the table is made from", () => {
    expect(resolve(GOOD).values.name).toBe("First");
  });
});
