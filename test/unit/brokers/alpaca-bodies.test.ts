import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activitiesOf } from "../../../src/adapters/brokers/alpaca/activities.ts";
import { type Body, UnreadableBody, parseBody } from "../../../src/adapters/brokers/alpaca/body.ts";
import {
  answerOf,
  clientMissing,
  clientVersion,
  reasonOf,
} from "../../../src/adapters/brokers/alpaca/errors.ts";
import { orderOf } from "../../../src/adapters/brokers/alpaca/orders.ts";
import { createFetch, localOrigin } from "../../../src/adapters/brokers/alpaca/transport.ts";
import type { Json } from "../../../src/base/canonical-json.ts";
import { orderBody } from "./scripted-venue.ts";

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

const FILL = {
  id: "20261120143000000::e-1",
  activity_type: "FILL",
  transaction_time: "2026-11-20T14:30:00Z",
  price: "1",
  qty: "1",
  cum_qty: "1",
  side: "buy",
  symbol: "SPY",
  order_id: "o-1",
};
const SPLIT = {
  id: "s-1",
  activity_type: "SPLIT",
  date: "2026-11-20",
  symbol: "SPY",
  qty: "3",
  old_qty: "1",
  new_qty: "4",
  net_amount: "0",
};

/** A sound body in which some fields are anything at all, or gone. */
function spoilt(body: { readonly [key: string]: unknown }): fc.Arbitrary<Body> {
  const keys = fc.subarray(Object.keys(body), { minLength: 1, maxLength: 2 });
  return fc.tuple(keys, fc.option(json, { nil: undefined })).map(([chosen, value]) => {
    const changed: { [key: string]: unknown } = { ...body };
    for (const key of chosen) changed[key] = value;
    return changed as Body;
  });
}

/** True where it was read; anything but a body that says so is our own mistake. */
function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableBody);
    return false;
  }
}

describe("whatever the venue says", () => {
  it("is an order, or is said not to be one", () => {
    let read = 0;
    const bodies = fc.oneof(json, spoilt(orderBody()));
    fc.assert(fc.property(bodies, (body) => void (read += Number(isRead(() => orderOf(body))))));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(100);
  });

  it("is a list of activities, or is said not to be one", () => {
    let read = 0;
    const rows = fc.array(fc.oneof(spoilt(FILL), spoilt(SPLIT)), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(rows, (list) => void (read += Number(isRead(() => activitiesOf(list))))));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(100);
  });

  it("is read as JSON with every number as it was written, or is said not to be JSON", () => {
    expect(parseBody('{"a":1.10,"b":[-0.0,1e3],"c":"x","d":null,"e":true}')).toEqual({
      a: "1.10",
      b: ["-0.0", "1e3"],
      c: "x",
      d: null,
      e: true,
    });
    fc.assert(fc.property(fc.string(), (text) => void isRead(() => parseBody(text))));
  });

  it.each([
    ['{"code":40310000,"message":"no"}', "40310000", "no"],
    ['{"message":"forbidden."}', null, "forbidden."],
    ["<html>gateway</html>", null, "<html>gateway</html>"],
    ["", null, "no message"],
    ['"just text"', null, '"just text"'],
    ["[1]", null, "[1]"],
  ])("is an answer with a code only where Alpaca numbered it: %s", (text, code, message) => {
    expect(answerOf(403, text, (same) => same)).toMatchObject({ status: 403, code, message });
  });
});

describe("the last step before the network", () => {
  it("sends keys to no host but Alpaca's", async () => {
    const send = createFetch(null, () => undefined);
    for (const host of [
      "https://example.com",
      "http://api.alpaca.markets",
      "https://api.alpaca.markets.example.com",
    ]) {
      await expect(send(`${host}/v2/account`, {})).rejects.toThrow(/is not a host of Alpaca/);
    }
  });

  it("knows this machine by its names", () => {
    expect(localOrigin("http://127.0.0.1:8080/")).toBe("http://127.0.0.1:8080");
    expect(localOrigin("http://localhost:8080/v2")).toBe("http://localhost:8080");
    expect(() => localOrigin("http://0.0.0.0:8080")).toThrow(/is not on this machine/);
  });
});

describe("the client", () => {
  it("that is missing, or another version, is named with what to do", () => {
    const cause = Object.assign(new Error("gone"), { code: "ERR_MODULE_NOT_FOUND" });
    expect(clientMissing("4.0.2", cause).message).toBe(
      "the package @alpacahq/alpaca-trade-api is not installed (ERR_MODULE_NOT_FOUND); it is an optional dependency: run npm install @alpacahq/alpaca-trade-api@4.0.2",
    );
    expect(clientVersion("4.0.2", "5.0.0").message).toMatch(/is 5.0.0, expected 4.0.2/);
  });

  it("is trusted for its innermost reason", () => {
    const timeout = Object.assign(new Error("late"), { name: "TimeoutError" });
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
    expect(reasonOf(new Error("outer", { cause: timeout }))).toBe("timed out");
    expect(reasonOf(new Error("fetch failed", { cause: refused }))).toBe("ECONNREFUSED");
    expect(reasonOf("thrown text")).toBe("thrown text");
  });
});
