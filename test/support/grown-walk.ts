/**
 * One market walked twice: by a kernel that never stops, and by one that is written down after every
 * session, read back on a world that has grown by that one session, with the next one pending, and goes on.
 * What both journal is held against each other. Every kernel here trades its own backtest: this is about
 * the state, not about a venue.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { DAY_MS, formatDate } from "../../src/base/instant.ts";
import type { BacktestPack } from "../../src/domain/pack.ts";
import { createJournallingRecorder, recallNames } from "../../src/engine/journalling-recorder.ts";
import { createKernel, kernelOver, runSessions } from "../../src/engine/kernel.ts";
import type { PlanSettings, StrategyUse } from "../../src/engine/plan-input.ts";
import { buildPlan } from "../../src/engine/plan.ts";
import type { Kernel, Plan } from "../../src/engine/state.ts";
import { createTrace } from "../../src/engine/trace.ts";
import { cutPack } from "../../src/engine/trading/cut-pack.ts";
import { carryState, decodeState, encodeState } from "../../src/engine/trading/snapshot.ts";
import { buildWorld, type World } from "../../src/engine/world.ts";
import { entryBody, splitPayload } from "../../src/records/journal/chain.ts";
import { createJournalWriter, type JournalWriter } from "../../src/records/journal/writer.ts";

export type WalkedMarket = {
  readonly pack: BacktestPack;
  readonly uses: readonly StrategyUse[];
  readonly settings: PlanSettings;
};

export type Ground = { readonly world: World; readonly plan: Plan };

/** World and plan up to a session of the whole, the one after it pending. */
export function groundUntil(
  { pack, uses, settings }: WalkedMarket,
  untilMs: number,
  comingMs: number,
): Ground {
  const cut = cutPack(pack, formatDate(untilMs));
  const account = { currency: settings.currency, digits: settings.currencyDigits };
  const world = buildWorld(cut, account, comingMs);
  const { plan } = buildPlan({
    world,
    actions: cut.actions,
    uses,
    settings,
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: (id) => `${id}.csv`,
  });
  return { world, plan };
}

/** How a state comes to the next day's world. */
export type Way = "text" | "memory";

/** Bodies of what is journalled, as text. */
export function walkedTwice(
  market: WalkedMarket,
  from: number,
  way: Way = "text",
): { readonly whole: readonly string[]; readonly carried: readonly string[] } {
  const whole = new Lines();
  const all = timesOf(market);
  const last = all[all.length - 1];
  const k = freshOn(groundUntil(market, last, last + DAY_MS), whole);
  runSessions(k, 0, all.length);
  const carried = new Lines();
  const begin = groundUntil(market, all[from - 1], all[from]);
  let on = freshOn(begin, carried);
  runSessions(on, 0, from);
  for (let session = from; session < all.length; session++) {
    on = carriedTo(
      on,
      groundUntil(market, all[session], all[session + 1] ?? last + DAY_MS),
      carried,
      way,
    );
    runSessions(on, session, session + 1);
  }
  return { whole: whole.lines, carried: carried.lines };
}

/** The same kernel on another world. */
export function carriedTo(
  { state, world, plan }: Kernel,
  ground: Ground,
  lines: Lines,
  way: Way = "text",
): Kernel {
  const orders = new Map();
  const rest = { orders, due: false, closeNavMinor: null, previousNavMinor: null };
  const was = { kernel: state, ...rest };
  const { kernel } =
    way === "text"
      ? decodeState(encodeState(was, world, plan), ground.world, ground.plan)
      : carryState(was, { world, plan }, ground);
  const context = { ...ground, journal: lines.writer, sha256, trace: createTrace() };
  recallNames(context, kernel);
  return kernelOver(ground.world, ground.plan, createJournallingRecorder(context), kernel);
}

export function freshOn(ground: Ground, lines: Lines): Kernel {
  const context = { ...ground, journal: lines.writer, sha256, trace: createTrace() };
  return createKernel(ground.world, ground.plan, createJournallingRecorder(context));
}

/** Sessions of the whole market. */
export function timesOf({ pack, settings }: WalkedMarket): Float64Array {
  return buildWorld(pack, { currency: settings.currency, digits: settings.currencyDigits })
    .sessionsMs;
}

/** What is journalled, entry by entry. */
export class Lines {
  readonly lines: string[] = [];
  readonly writer: JournalWriter;
  constructor() {
    const recorded = { seq: 0, hash: "0".repeat(64) };
    const writer = createJournalWriter({ recorded, prefix: [], sha256 });
    this.writer = {
      ...writer,
      emit: (at, payload) => {
        this.lines.push(entryBody(this.lines.length + 1, at, splitPayload(payload)));
        return this.lines.length;
      },
    };
  }
}
