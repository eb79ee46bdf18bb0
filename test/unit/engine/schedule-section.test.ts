/** The section `schedule`: rhythms that never meet, and a rebalance that nobody would read. */
import { expect, it } from "vitest";
import { scheduleSection } from "../../../src/engine/schedule/section.ts";

const issues = (values: { decide: string; rebalance: string }, method: string) =>
  scheduleSection.check(values as never, { allocation: { method } });

it("takes a rebalance of targets on sessions that are asked", () => {
  expect(issues({ decide: "every_session", rebalance: "month_start" }, "direct")).toEqual([]);
  expect(issues({ decide: "friday", rebalance: "friday" }, "direct")).toEqual([]);
  expect(issues({ decide: "friday", rebalance: "never" }, "erc")).toEqual([]);
});

it("refuses one that never comes, and one that forecasts have no use for", () => {
  const never = issues({ decide: "friday", rebalance: "monday" }, "direct");
  expect(never).toMatchObject([{ path: ["rebalance"] }]);
  expect(never[0].message).toContain("monday never comes");
  const unread = issues({ decide: "friday", rebalance: "friday" }, "erc");
  expect(unread).toMatchObject([{ path: ["rebalance"] }]);
  expect(unread[0].message).toContain("is read by nobody: with allocation.method erc");
});
