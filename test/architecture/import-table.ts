/**
 * Who may import whom, DESIGN section 4 as data: you may go downstairs, never up, never through a
 * wall. A room is a folder of src; the rooms marked by `/*` are one room per subfolder, because
 * stages do not import their neighbours. Every rule carries the sentence that says why.
 */

export type Rule = {
  /** Folder under the repository; a trailing `/*` makes each subfolder a room of its own. */
  readonly room: string;
  readonly why: string;
  /** Rooms it may import besides itself; `/*` admits the folder and all below it. */
  readonly rooms: readonly string[];
  /** Rooms it may import types from, and nothing that exists at run time. */
  readonly types?: readonly string[];
  /** Packages by name; a trailing `/*` admits a scope. "any" admits those of package.json. */
  readonly npm: readonly string[] | "any";
  readonly node: boolean;
};

/** What single files may import on top of their room's rule. */
export type FileRule = {
  readonly files: RegExp;
  readonly why: string;
  readonly npm?: readonly string[];
  readonly rooms?: readonly string[];
  readonly types?: readonly string[];
  /** Files it may name by URL, to hand the address on without importing it. */
  readonly urls?: readonly string[];
};

const LANGUAGE = ["src/base", "src/domain"];
const PURE = [
  "src/mandate",
  "src/market",
  "src/research/*",
  "src/portfolio/*",
  "src/execution/*",
  "src/venue",
  "src/records/*",
];

const pure = (room: string, why: string): Rule => ({
  room,
  why,
  rooms: LANGUAGE,
  types: ["src/ports"],
  npm: [],
  node: false,
});

export const RULES: readonly Rule[] = [
  {
    room: "src/base",
    why: "the language stands on nothing, so that everything may stand on it",
    rooms: [],
    npm: ["@stdlib/*", "ml-matrix"],
    node: false,
  },
  {
    room: "src/domain",
    why: "the nouns are shared by all rooms, so they may need only the language",
    rooms: ["src/base"],
    npm: [],
    node: false,
  },
  {
    room: "src/ports",
    why: "a door knows the nouns that pass through it, not the rooms on either side",
    rooms: LANGUAGE,
    npm: [],
    node: false,
  },
  {
    ...pure("src/mandate", "the config machinery must not know the stages that own its sections"),
    npm: ["zod", "yaml"],
  },
  pure("src/market", "data is judged before anyone uses it; a market that knows its users bends"),
  pure("src/research/*", "research shares nouns with trading, not code paths around the engine"),
  pure("src/portfolio/*", "stages get values from the engine; a stage that calls one can skip one"),
  pure("src/execution/*", "a gate that imports what it checks ends up checking it with itself"),
  pure("src/venue", "the simulated exchange must not see how orders were decided"),
  pure("src/records/*", "the record is made from facts handed in, never fetched from a stage"),
  {
    room: "src/engine",
    why: "the only one who walks through all rooms; the outside reaches it through ports alone",
    rooms: [...LANGUAGE, "src/ports", ...PURE],
    npm: [],
    node: false,
  },
  {
    room: "src/adapters/brokers",
    why: "a simulated broker is a window onto the venue",
    rooms: [...LANGUAGE, "src/ports", "src/venue", "src/adapters/*"],
    npm: "any",
    node: true,
  },
  {
    room: "src/adapters/*",
    why: "a window shows the outside and decides nothing, so it needs no stage",
    rooms: [...LANGUAGE, "src/ports", "src/adapters/*"],
    npm: "any",
    node: true,
  },
  {
    room: "src/apps/*",
    why: "an app may use every room; only a compose file may open the windows",
    rooms: [...LANGUAGE, "src/ports", ...PURE, "src/engine", "src/apps/*"],
    npm: "any",
    node: true,
  },
  {
    room: "tools",
    why: "the test runner must work when the product is broken, so it uses none of it",
    rooms: [],
    npm: "any",
    node: true,
  },
  {
    room: "bench",
    why: "a measurement may open any room, and nothing may depend on a measurement",
    rooms: ["src/*"],
    npm: "any",
    node: true,
  },
  {
    room: "test",
    why: "a test may open any room, and nothing may depend on a test",
    rooms: ["src/*", "tools", "bench"],
    npm: "any",
    node: true,
  },
];

export const FILE_RULES: readonly FileRule[] = [
  {
    files:
      /^src\/(?:market|research|portfolio|execution|venue|records|engine)\/(?:.*\/)?section\.ts$/,
    why: "a stage owns its section of the mandate, and a schema is written in zod",
    npm: ["zod"],
  },
  {
    files: /^src\/apps\/cli\/compose[a-z-]*\.ts$/,
    why: "one place opens the windows, so that what a run can touch is read on one page",
    rooms: ["src/adapters/*"],
  },
  {
    files: /^src\/apps\/report\//,
    why: "the report describes charts in the renderer's words, and is handed the renderer",
    types: ["src/adapters/charts"],
  },
  {
    files: /^src\/adapters\/system\/strategy-loader\.ts$/,
    why: 'a user\'s `import ... from "assay"` must resolve to the one module that defines it',
    urls: ["src/research/strategies/define.ts"],
  },
];
