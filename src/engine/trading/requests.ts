/**
 * What a person asks of an account that another process holds: a pause. It lies in the account's folder until
 * the process that trades has journalled it; a kill in between asks again.
 */
import { type Desk, flush, look } from "./desk.ts";
import { pauseAccount } from "./operator.ts";

/** True when trading was closed by it. */
export async function obeyRequests(desk: Desk): Promise<boolean> {
  const asked = await desk.ports.requests.waiting();
  for (const { operator, reason, done } of asked) {
    await look(desk);
    await pauseAccount(desk, { operator, reason });
    await flush(desk);
    await done();
  }
  return asked.length > 0;
}
