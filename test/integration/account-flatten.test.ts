/** A venue that refuses what was to close everything: the person hears of it, and the account does not look closed. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBench, type Bench } from "../support/account-bench.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await openBench({ start: "2019-03-04" });
}, 60_000);

afterAll(() => bench.close());

it("names each refused order, with an incident and an alert", { timeout: 30_000 }, async () => {
  const { day } = await bench.trade();
  const held = day.positions.map(({ instrument }) => instrument);
  expect(held.length).toBeGreaterThan(0);
  const acts = held.map((symbol) => ({ act: "halt", symbol, refuses: true }));
  await bench.plant({ acts });
  const { code, out, err } = await bench.assay("flatten", ...bench.by);
  expect([code, out]).toEqual([9, ""]);
  expect(err).toContain(`the venue refused ${held.length} of ${held.length} closing orders`);
  for (const one of held) expect(err).toMatch(new RegExp(`not closed: -?\\d+ lots of ${one} \\(`));
  const alert = bench.alerts().find(({ subject }) => subject.includes("closes everything"));
  expect([alert?.level, alert?.body]).toEqual(["critical", expect.stringContaining("not closed")]);
  const incidents = bench.entries("incident") as readonly { code: string; severity: string }[];
  expect(incidents.filter((one) => one.code === "flatten_refused")).toHaveLength(held.length);
  const status = await bench.words("status", bench.mandate);
  expect(status.out).toContain(`${held.length} critical incident`);
});
