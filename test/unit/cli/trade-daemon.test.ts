/** How a daemon waits for a session: what the stream told after the close does not keep it awake. */
import { expect, it } from "vitest";
import { waitForSession } from "../../../src/apps/cli/trade-daemon.ts";
import { openDesk } from "../../../src/engine/trading/desk.ts";

const OPEN_MS = Date.UTC(2020, 5, 2, 13, 30);
const LEAD_MS = 1_800_000;

/** Time moves as a stepped venue's does: only when a wait is not over before it begins. */
function waiting() {
  const seen = { nowMs: OPEN_MS - 17 * 3_600_000, waits: 0 };
  const ports = {
    clock: {
      nowMs: async () => seen.nowMs,
      waitUntil: async (ms: number, wake?: Promise<unknown>) => {
        if (++seen.waits > 10) throw new Error("it goes round and round");
        const later = new Promise((resolve) => setImmediate(() => resolve("reached")));
        const how = await Promise.race([wake?.then(() => "woken"), later]);
        if (how !== "woken") seen.nowMs = ms;
        return how === "woken" ? "woken" : "reached";
      },
    },
    alerts: { retry: async () => undefined },
    requests: { everyMs: Number.POSITIVE_INFINITY },
  };
  const parts = [ports, {}, {}] as unknown as Parameters<typeof openDesk>;
  return { desk: openDesk(...parts), seen };
}

it("waits on after something came", async () => {
  const { desk, seen } = waiting();
  desk.wake();
  expect(await waitForSession(desk, { openMs: OPEN_MS }, { asked: () => false })).toBe(true);
  expect(seen).toEqual({ nowMs: OPEN_MS - LEAD_MS, waits: 1 });
});

it("ends when it is asked to, and not before", async () => {
  const { desk, seen } = waiting();
  let asked = false;
  desk.ports.alerts.retry = async () => {
    asked = true;
    return { waiting: 0, dead: 0 };
  };
  setImmediate(() => desk.wake());
  expect(await waitForSession(desk, { openMs: OPEN_MS }, { asked: () => asked })).toBe(false);
  expect(seen.waits).toBe(1);
});
