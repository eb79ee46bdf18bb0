/** The door to time: the wall's, a stepped local venue's, or a test's. The core never asks it; times reach it inside events. */

export type Clock = {
  nowMs(): Promise<number>;
  /**
   * Resolves at `ms`, or earlier with "woken" when `wake` settles. A stepped venue is moved there by being waited for;
   * what it delivers on the way has been delivered when this resolves.
   */
  waitUntil(ms: number, wake?: Promise<unknown>): Promise<"reached" | "woken">;
};
