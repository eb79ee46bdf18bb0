/** Work that another process may be doing at the same time: tried again until that one is done. */
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../domain/fault.ts";

const PAUSE_MS = 200;

export async function whenFree<T>(
  work: () => Promise<T>,
  stderr: { readonly write: (text: string) => unknown },
): Promise<T> {
  for (let told = false; ; told = true) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "busy") throw error;
      if (!told) stderr.write("another process is recording this run, waiting ...\n");
    }
    await sleep(PAUSE_MS);
  }
}
