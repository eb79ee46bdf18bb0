/**
 * The state an account begins with: what the portfolio's stages remember of the history in the pack, and a
 * book that holds what the venue says and nothing else. The history is walked as a backtest walks it, because
 * shadow returns, regimes and budgets are evidence of the market; what that backtest traded is dropped.
 */
import { invariant } from "../../base/assert.ts";
import { notionalMinor } from "../../base/money.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import { newBreaker } from "../../execution/gates/breakers.ts";
import { type Safety, UNKNOWN_SAFETY } from "../../execution/gates/pause.ts";
import { newClampState } from "../../portfolio/clamps/clamps.ts";
import { createKernel, runSessions, walkToClose } from "../kernel.ts";
import type { LayerState } from "../layers/state.ts";
import type { Prepared } from "../prepare.ts";
import { nullRecorder } from "../recorder.ts";
import type { Kernel, KernelState } from "../state.ts";
import { encodeState, stateOn } from "./snapshot.ts";

/** History has no venue: nothing in it was ever paused. */
const NOBODY_TO_DISAGREE: Safety = {
  ...UNKNOWN_SAFETY,
  reconciliation: { result: "PASS", phase: "start", at: "history", waived: false },
};

export type OpeningBook = {
  readonly cashMinor: number;
  readonly positions: readonly { readonly instrument: string; readonly lots: number }[];
};

/** As text, the way every later day's state is kept. `prepared` leads to the coming session. */
export function openingState(prepared: Prepared, book: OpeningBook): string {
  const { world, planned } = prepared;
  const { plan } = planned;
  const newest = world.sessionsMs.length - 2;
  invariant(newest >= 0, 20, "an account cannot begin without one session of history");
  const walked = createKernel(world, plan, nullRecorder);
  walked.state.safety = NOBODY_TO_DISAGREE;
  runSessions(walked, 0, newest);
  const due = walkToClose(walked, newest);
  const kernel = stateOn(world, plan);
  takeMarket(kernel, walked.state);
  hold(kernel, walked, book);
  if (kernel.layers !== null && walked.state.layers !== null) {
    remember(kernel.layers, walked.state.layers, kernel.navMinor);
  }
  return encodeState(
    { kernel, orders: new Map(), due, closeNavMinor: kernel.navMinor, previousNavMinor: null },
    world,
    plan,
  );
}

/** Prices and rates of the newest session. */
function takeMarket(kernel: KernelState, walked: KernelState): void {
  kernel.session = walked.session;
  kernel.rate.set(walked.rate);
  kernel.exposureRate.set(walked.exposureRate);
  kernel.mark.set(walked.mark);
  kernel.lastBar.set(walked.lastBar);
}

function hold(kernel: KernelState, { world, plan }: Kernel, book: OpeningBook): void {
  kernel.cash[0] = book.cashMinor;
  kernel.cashMinor = book.cashMinor;
  let nav = book.cashMinor;
  for (const { instrument, lots } of book.positions) {
    const i = world.indexOf.get(instrument);
    invariant(i !== undefined, 11, `nothing here trades ${instrument}`);
    kernel.lots[i] += lots;
    nav += notionalMinor(lots, kernel.mark[i], world.scales[i]);
    const owner = plan.layers?.sleevesOf[i][0];
    if (kernel.sleeves !== null && owner !== undefined) {
      kernel.sleeves.microLots[owner] += lots * MICRO_LOTS;
    }
  }
  kernel.navMinor = nav;
}

/** All that the stages know of the market, and nothing of a book that was never held. */
function remember(layers: LayerState, walked: LayerState, equityMinor: number): void {
  Object.assign(layers, {
    ...walked,
    breaker: newBreaker(equityMinor),
    clamps: newClampState(),
    highWaterMinor: equityMinor,
  });
}
