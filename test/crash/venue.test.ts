/**
 * The real venue process, killed while orders come in, and started again on its log: every order that
 * was acknowledged is there, none twice, and the one whose answer was lost is there or is not. Stopped
 * by a signal it ends at once and well.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { freshFolder, mandateFolder, start, type Started } from "./workbench.ts";

const mandate = mandateFolder({ instruments: 1, sessions: 300 });
const CREDENTIALS = { keyId: "PKCRASH", secret: "of-a-rehearsal" };
const HEADERS = {
  "APCA-API-KEY-ID": CREDENTIALS.keyId,
  "APCA-API-SECRET-KEY": CREDENTIALS.secret,
  "content-type": "application/json",
};

type Listening = Started & { readonly url: string };

/** The first line says where it listens. */
async function venue(home: string, state: string): Promise<Listening> {
  const started = start(home, [
    ...["venue", mandate, "--json", "--state", state, "--requests-per-minute", "unlimited"],
    ...["--key-id", CREDENTIALS.keyId, "--secret", CREDENTIALS.secret],
  ]);
  let said = "";
  const line = new Promise<string>((resolve) => {
    started.child.stdout?.on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve(said);
    });
  });
  const first = await Promise.race([line, started.ended.then(({ stderr }) => stderr)]);
  return { ...started, url: (JSON.parse(first) as { readonly url: string }).url };
}

async function symbolOf({ url }: Listening): Promise<string> {
  const response = await fetch(`${url}/assay/v1/status`, { headers: HEADERS });
  return ((await response.json()) as { readonly symbols: readonly string[] }).symbols[0];
}

/** False where no answer came. */
async function placed({ url }: Listening, symbol: string, id: number): Promise<boolean> {
  const body = { symbol, qty: "1", side: "buy", type: "market", time_in_force: "day" };
  try {
    const response = await fetch(`${url}/v2/orders`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify({ ...body, client_order_id: `order-${id}` }),
    });
    expect(response.status).toBe(200);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

it("a killed venue goes on with every order it acknowledged, and none twice", async () => {
  const home = join(freshFolder(), "home");
  const state = join(freshFolder(), "venue.log");
  const first = await venue(home, state);
  const acknowledged: string[] = [];
  const symbol = await symbolOf(first);
  let id = 0;
  while (await placed(first, symbol, id)) {
    acknowledged.push(`order-${id++}`);
    // The next ones are on their way when it dies.
    if (id === 20) setTimeout(() => first.child.kill("SIGKILL"), 3);
  }
  expect((await first.ended).signal).toBe("SIGKILL");

  const second = await venue(home, state);
  const response = await fetch(`${second.url}/v2/orders?status=all&direction=asc&limit=500`, {
    headers: HEADERS,
  });
  const orders = (await response.json()) as { readonly client_order_id: string }[];
  const names = orders.map((order) => order.client_order_id);
  const lost = names.length > acknowledged.length ? [`order-${id}`] : [];
  expect(acknowledged.length).toBeGreaterThanOrEqual(20);
  expect(names).toEqual([...acknowledged, ...lost]);
  second.child.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0, signal: null });
});
