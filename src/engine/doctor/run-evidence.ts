/**
 * The doctor's evidence from the kernel's memory, at the end of a run. Its twin in apps/cli makes
 * the same of the run's files and shares nothing with it but what the mandate alone can say.
 */
import { notionalMinor } from "../../base/money.ts";
import type { LintResult } from "../../domain/lint-result.ts";
import type { AccountPayload } from "../../domain/trading-entry.ts";
import { diagnose, undiagnosed } from "../../research/doctor/diagnose.ts";
import type {
  Evidence,
  EvidenceFills,
  EvidenceInstrument,
  EvidenceRows,
  MandateEvidence,
} from "../../research/doctor/evidence.ts";
import type { Breach } from "../audit.ts";
import type { StrategyUse } from "../plan-input.ts";
import type { Prepared } from "../prepare.ts";
import { stageRecords } from "../stage-tally.ts";
import { type Kernel, totalCosts } from "../state.ts";
import type { Trace } from "../trace.ts";
import { warmUpEvidence } from "./warm-up.ts";

export type Finished = {
  readonly prepared: Prepared;
  readonly k: Kernel;
  readonly trace: Trace;
  readonly breach: Breach | null;
  /** The journal's entries in order; orders may be left out. */
  readonly entries: readonly { readonly payload: AccountPayload }[];
};

/**
 * A run that failed a check may hold numbers that no arithmetic takes. Then the check's breach is
 * what the run has to say, and the lints say that they could not look.
 */
export function diagnoseRun(finished: Finished): readonly LintResult[] {
  try {
    return diagnose(runEvidence(finished));
  } catch (error) {
    if (finished.breach === null || !(error instanceof Error)) throw error;
    return undiagnosed(`the run failed a check, and its numbers cannot be read: ${error.message}`);
  }
}

export function runEvidence({ prepared, k, trace, breach, entries }: Finished): Evidence {
  const { state, world, plan } = k;
  const { effectiveStart: start } = plan;
  return {
    failure: breach === null ? null : { invariant: breach.invariant, message: breach.message },
    sameClose: plan.sameClose,
    currency: world.currencies[0].code,
    digits: world.currencies[0].digits,
    sessionsMs: world.sessionsMs,
    evaluationStart: start,
    depositMinor: plan.initialEquityMinor,
    navMinor: state.curves.nav,
    cashMinor: state.curves.cash,
    stages: stageRecords(state.tally, plan.wiring),
    targetVolatility: state.layers?.plan.riskTargeting?.target_vol ?? null,
    forecasts: trace.forecasts.session.length,
    answersAsked: breach === null ? answersAsked(k, trace) : null,
    instruments: instrumentsOf(k),
    fills: fillsOf(k, trace),
    costsMinor: totalCosts(state) - (start === 0 ? 0 : state.costsBeforeWindow),
    orders: ordersOf(trace),
    positions: {
      session: trace.positions.session.values(),
      instrument: trace.positions.instrument.values(),
      lots: trace.positions.lots.values(),
    },
    income: incomeOf(k, entries),
    mandate: mandateEvidence(prepared, breach !== null),
  };
}

/** Once asked, strategies cost time; a run that failed a check has said what matters. */
export function mandateEvidence(prepared: Prepared, hasFailed: boolean): MandateEvidence {
  const { plan, variants } = prepared.planned;
  const uses = new Set<StrategyUse>(variants.map(({ use }) => use));
  return {
    periodsPerYear: prepared.periodsPerYear,
    marginLimit: plan.limits.margin,
    strategies: [...uses].map(({ name, params }) => ({
      name,
      parameters: Object.keys(params).length,
    })),
    warmUp: hasFailed ? null : warmUpEvidence(prepared),
  };
}

/** Each row of a variant once: a session without a bar of its own asks about the bar before. */
function answersAsked({ world, plan }: Kernel, { forecasts }: Trace): number {
  const session = forecasts.session.values();
  const variant = forecasts.variant.values();
  const before = new Int32Array(plan.variants.length).fill(-1);
  let asked = 0;
  for (let n = 0; n < session.length; n++) {
    const v = variant[n];
    const row = world.rowAt[plan.variants[v].instrument]?.[session[n]] ?? session[n];
    if (row !== before[v]) asked++;
    before[v] = row;
  }
  return asked;
}

function instrumentsOf({ world, state }: Kernel): readonly EvidenceInstrument[] {
  return world.series.map(({ instrument, timesMs, volume }, i) => ({
    id: instrument.id,
    lot: instrument.lot,
    digits: instrument.currencyDigits,
    marginMinor: world.marginMinor[i],
    timesMs,
    volume,
    rate: world.currencies[world.currencyOf[i]].rate,
    finalValueMinor:
      state.lots[i] === 0 ? 0 : notionalMinor(state.lots[i], state.mark[i], world.scales[i]),
  }));
}

function fillsOf({ state }: Kernel, trace: Trace): EvidenceFills {
  const { session, instrument, lots, notional, fee, traded } = state.fills;
  return {
    session: session.values(),
    instrument: instrument.values(),
    lots: lots.values(),
    ordered: Uint8Array.from(trace.fillOrders, (order) => (order === null ? 0 : 1)),
    notionalMinor: notional.values(),
    feeMinor: fee.values(),
    tradedMinor: traded.values(),
  };
}

function ordersOf({ orders }: Trace): EvidenceRows {
  return {
    session: Float64Array.from(orders, ({ order }) => order.session),
    instrument: Float64Array.from(orders, ({ order }) => order.instrument),
    lots: Float64Array.from(orders, ({ lots }) => lots),
  };
}

function incomeOf({ world }: Kernel, entries: Finished["entries"]): Evidence["income"] {
  const indexOf = (id: string) => world.indexOf.get(id) as number;
  return entries.flatMap(({ payload }) => {
    if (payload.kind === "dividend") {
      return [{ instrument: indexOf(payload.instrument), amountMinor: payload.amount_minor }];
    }
    if (payload.kind === "split" && payload.cash_in_lieu_minor !== 0) {
      return [{ instrument: indexOf(payload.instrument), amountMinor: payload.cash_in_lieu_minor }];
    }
    if (payload.kind !== "accrual" || payload.instrument === null) return [];
    return [{ instrument: indexOf(payload.instrument), amountMinor: -payload.amount_minor }];
  });
}
