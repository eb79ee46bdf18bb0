/**
 * The limits of size, and every exception to a rule of this folder, each with its reason. The
 * numbers may fall and the lists may shrink; nothing here grows without an argument.
 */

export const LIMITS = {
  /** First to last line of a function, comments inside it included. */
  functionLines: 70,
  fileLines: 400,
} as const;

/** Files from which src must be reachable. Tests are none: code that only a test uses is unused. */
export const ENTRY_POINTS: readonly RegExp[] = [
  /^src\/apps\/cli\/main\.ts$/,
  /^tools\/[a-z-]+\.ts$/,
  /^bench\/main\.ts$/,
];

/** File in src -> why it stays although no entry point reaches it. */
export const KEPT_ORPHANS: ReadonlyMap<string, string> = new Map([
  [
    "src/adapters/brokers/simulated.ts",
    "the venue of test/simulation, which passes the same cards",
  ],
  ["src/adapters/brokers/simulated-stream.ts", "the stream of that venue"],
]);

/** The files that construct an Approved<Order>; anywhere else the cast is a way around the gates. */
export const APPROVAL = "src/execution/gates/approval.ts";
