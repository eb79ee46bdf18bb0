/**
 * The verdict on one key, on a bench made of a function: what is tried, in which order, compared with
 * what, and when nothing moving is a finding.
 */
import { describe, expect, it } from "vitest";
import type { Probe } from "../../../src/domain/probe.ts";
import type { Bench, Ran, Tried } from "../../../src/engine/prove/bench.ts";
import type { Candidate, Change } from "../../../src/engine/prove/candidate.ts";
import { valueAt } from "../../../src/engine/prove/keys.ts";
import type { Outcome } from "../../../src/engine/prove/outcome.ts";
import { attemptText, tryKey } from "../../../src/engine/prove/try-key.ts";

const VALUES = { room: { size: 4, door: true, limit: 0.5, other: 1, name: "a" } };

type World = { readonly [key: string]: unknown };

function outcome(nav: number, said = ""): Outcome {
  return {
    status: "OK",
    navMinor: Float64Array.of(100, nav),
    cashMinor: Float64Array.of(0),
    finalEquity: nav,
    fills: [],
    counts: new Map(),
    costs: new Map(),
    bound: new Map(),
    said: new Map([["warnings", said]]),
  };
}

/** `run` gives the outcome of a whole set of values, or the sentence that refuses them. */
function benchOf(
  run: (values: World) => Outcome | string,
  more: {
    readonly idle?: readonly string[] | ((values: World) => readonly string[]);
    readonly met?: readonly string[];
  } = {},
): { readonly bench: Bench; readonly asked: string[] } {
  const asked: string[] = [];
  const { idle = [] } = more;
  const ran = (values: World): Ran => ({
    candidate: {
      values,
      idle: typeof idle === "function" ? idle(values) : idle,
    } as unknown as Candidate,
    outcome: run(values) as Outcome,
  });
  const bench = {
    baseline: ran(VALUES),
    observed: {
      largest: { gross: 2, positions: 3.7 },
      met: new Set(more.met ?? []),
    } as unknown as Bench["observed"],
    run: (changes: readonly Change[]): Promise<Tried> => {
      asked.push(changes.map(({ key, value }) => `${key}=${JSON.stringify(value)}`).join(" "));
      const room: { [key: string]: unknown } = { ...VALUES.room };
      for (const { key, value } of changes) room[key.slice("room.".length)] = value;
      const result = run({ room });
      return Promise.resolve(
        typeof result === "string"
          ? { kind: "refused", message: result }
          : { kind: "ran", ran: { ...ran({ room }), outcome: result } },
      );
    },
  };
  return { bench, asked };
}

const verdictOf = (bench: Bench, key: string, probe: Probe) =>
  tryKey(
    bench,
    {
      key: `room.${key}`,
      path: ["room", key],
      captures: [],
      present: valueAt(VALUES, ["room", key]),
      probe,
    },
    () => Promise.resolve([]),
  );

const room = (values: World) => values["room"] as typeof VALUES.room;

describe("a key", () => {
  it("is live by the first alternative that moves what is traded", async () => {
    const { bench, asked } = benchOf((values) => outcome(room(values).size > 6 ? 90 : 100));
    const proof = await verdictOf(bench, "size", { try: [{ plus: 1 }, { times: 2 }, { to: 99 }] });
    expect(proof).toMatchObject({ verdict: "live", moved: { equity: -10 } });
    expect(asked).toEqual(["", "room.size=5", "", "room.size=8"]);
  });

  it("is dead where nothing moves, and where only words do", async () => {
    const { bench } = benchOf((values) => outcome(100, String(room(values).size)));
    const proof = await verdictOf(bench, "size", { try: [{ plus: 1 }, { plus: 2 }] });
    expect(proof).toMatchObject({ verdict: "dead", message: "2 other values moved nothing" });
    const said = await verdictOf(bench, "size", { try: [{ plus: 1 }], moves: "records" });
    expect(said).toMatchObject({ verdict: "live", moved: { said: ["warnings"] } });
  });

  it("is not exercised where a need is unmet, and dead once it is met", async () => {
    const probe: Probe = { try: [{ plus: 1 }], needs: ["futures"] };
    const unmet = await verdictOf(benchOf(() => outcome(100)).bench, "size", probe);
    expect(unmet).toMatchObject({ verdict: "not_exercised", tried: 1 });
    const met = await verdictOf(
      benchOf(() => outcome(100), { met: ["futures"] }).bench,
      "size",
      probe,
    );
    expect(met.verdict).toBe("dead");
  });

  it("a refusal shows life only of a key that says so", async () => {
    const { bench } = benchOf((values) => (room(values).size === 4 ? outcome(100) : "too large"));
    expect(await verdictOf(bench, "size", { try: [{ plus: 1 }] })).toMatchObject({
      verdict: "not_exercised",
      message: "no other value could run: too large",
    });
    expect(await verdictOf(bench, "size", { try: [{ plus: 1 }], refuses: true })).toMatchObject({
      verdict: "live",
      moved: null,
      message: "too large",
    });
  });

  it("is compared with its companions alone: what they move is not the key's", async () => {
    const { bench } = benchOf((values) => outcome(room(values).door ? 100 : 50));
    const probe: Probe = { try: [{ plus: 1, with: { "room.door": { to: false } } }] };
    expect((await verdictOf(bench, "size", probe)).verdict).toBe("dead");
  });

  it("companions that nobody reads before the change are no part of what it is compared with", async () => {
    const { bench, asked } = benchOf(
      (values) => outcome(room(values).door ? 100 : 100 - room(values).other),
      {
        idle: ["room.other"],
      },
    );
    const probe: Probe = { try: [{ toggle: true, with: { "room.other": { to: 7 } } }] };
    const proof = await verdictOf(bench, "door", probe);
    expect(proof).toMatchObject({ verdict: "live", moved: { equity: -7 } });
    expect(asked).toEqual(["", "room.other=7 room.door=false"]);
  });

  it("a companion that another one wakes is in both runs: what it moves is not the key's", async () => {
    const { bench, asked } = benchOf(
      (values) => outcome(room(values).door ? 100 : 100 - room(values).other),
      { idle: (values) => (room(values).door ? ["room.other"] : []) },
    );
    const woken = { "room.door": { to: false }, "room.other": { to: 7 } };
    const proof = await verdictOf(bench, "size", { try: [{ plus: 1, with: woken }] });
    expect(proof.verdict).toBe("dead");
    expect(asked).toEqual([
      "room.door=false",
      "room.door=false room.other=7",
      "room.door=false room.other=7 room.size=5",
    ]);
  });

  it("a limit lies inside what was observed; counted things are whole", async () => {
    const { bench, asked } = benchOf(() => outcome(100));
    await verdictOf(bench, "limit", { try: [{ inside: "gross", part: 0.9 }] });
    await verdictOf(bench, "limit", { try: [{ inside: "positions", part: 0.95 }] });
    expect(asked.filter((text) => text !== "")).toEqual(["room.limit=1.8", "room.limit=3"]);
  });

  it("the present value is never tried, a whole number is tried rounded as well", async () => {
    const { bench, asked } = benchOf(() => outcome(100));
    await verdictOf(bench, "name", { try: [{ to: "a" }, { times: 2 }, { toggle: true }] });
    expect(asked).toEqual([]);
    await verdictOf(bench, "other", { try: [{ times: 2.5 }] });
    expect(asked.filter((text) => text !== "")).toEqual(["room.other=2.5", "room.other=3"]);
  });

  it("an attempt reads as it was tried", () => {
    const change = { key: "a.b", value: null };
    expect(attemptText({ change, companions: [{ key: "c.d", value: 2 }] })).toBe(
      "null, with c.d=2",
    );
  });
});
