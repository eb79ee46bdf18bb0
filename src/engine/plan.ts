/**
 * From the mandate's values and the loaded strategies to the plan the kernel follows. Refuses,
 * before anything runs: an instrument the pack lacks or two strategies share where targets are
 * traded, columns that a fill model, order type or indicator needs and the data has not, a history
 * shorter than a warm-up, a currency without a rate.
 */
import { amountToMinor } from "../base/money.ts";
import { Fault } from "../domain/fault.ts";
import { isFuture } from "../domain/instrument.ts";
import type { FeeSchedule } from "../venue/fees.ts";
import type { FeeSettings } from "../venue/section.ts";
import { buildLayerPlan } from "./layers/build-plan.ts";
import { layerWiring } from "./layers/wiring.ts";
import type { PlanInput, Planned, StrategyUse } from "./plan-input.ts";
import { planUse } from "./plan-variant.ts";
import { pickSessions } from "./schedule/rhythm.ts";
import { DIRECT_WIRING, enabledGates, type Wiring } from "./stage-tally.ts";
import type { Plan } from "./state.ts";
import type { World } from "./world.ts";

export function buildPlan(input: PlanInput): Planned {
  const { settings } = input;
  const terms = planTerms(input);
  const variants = input.uses.flatMap((use) => planUse(input, use));
  const plan: Plan = {
    variants: variants.map((v) => v.variant),
    ...terms,
    effectiveStart: variants.reduce((latest, { variant }) => Math.max(latest, variant.start), 0),
    layers: settings.layers === null ? null : buildLayerPlan(input, settings.layers, variants),
  };
  return { plan, variants: variants.map((v) => v.planned) };
}

/** What no strategy's parameters change. */
export type PlanTerms = Omit<Plan, "variants" | "effectiveStart" | "layers">;

export function planTerms(input: PlanInput): PlanTerms {
  const { layers } = input.settings;
  if (layers === null) requireOneStrategyEach(input.uses);
  requireCurrencies(input);
  requireTicks(input);
  const wiring = pausable(
    layers === null ? DIRECT_WIRING : layerWiring(layers),
    input.canPause === true,
  );
  return { ...termsOf(input), ...gatesOf(wiring) };
}

/** Only where there is somebody who can pause: a backtest has no broker to disagree with. */
function pausable(wiring: Wiring, canPause: boolean): Wiring {
  if (!canPause) return wiring;
  return { ...wiring, gates: [{ name: "pause", enabled: true }, ...wiring.gates] };
}

function gatesOf(wiring: Wiring): Pick<Plan, "wiring" | "enabledGates" | "requiredGates"> {
  const gates = enabledGates(wiring);
  return { wiring, enabledGates: new Set(gates), requiredGates: gates };
}

/** What the mandate says in one word each. */
function termsOf({
  world,
  settings,
}: PlanInput): Omit<PlanTerms, "wiring" | "enabledGates" | "requiredGates"> {
  const { slippage, financing, limits, schedule, execution } = settings;
  return {
    decideOn: pickSessions(schedule.decide, world.sessionsMs),
    rebalanceOn: pickSessions(schedule.rebalance, world.sessionsMs),
    sameClose: execution.fill === "same_close",
    marketPhase: execution.fill === "next_open" ? "open" : "close",
    slippage: { bps: slippage.bps, halfSpread: slippage.half_spread, ticks: slippage.ticks },
    fees: world.instruments.map((instrument) => feesOf(settings.fees, instrument)),
    debitRate: financing.debit_rate,
    borrowRate: financing.borrow_rate,
    limits: {
      gross: limits.gross,
      net: limits.net,
      symbol: limits.symbol,
      sector: limits.sector,
      margin: limits.margin,
      positions: limits.positions,
      shorts: limits.shorts,
      stopCooldownSessions: limits.stop_cooldown_sessions,
    },
    maxAgeSessions: settings.freshness.max_age_sessions,
    initialEquityMinor: amountToMinor(settings.initialEquity, settings.currencyDigits),
  };
}

/** The commission of a future is per contract and has no least amount. */
function feesOf(
  { bps, per_share, per_contract, minimum }: FeeSettings,
  instrument: Pick<World["instruments"][number], "assetClass" | "currencyDigits">,
): FeeSchedule {
  if (isFuture(instrument)) return { bps, perShare: per_contract, minimumMinor: 0 };
  return {
    bps,
    perShare: per_share,
    minimumMinor: amountToMinor(minimum, instrument.currencyDigits),
  };
}

/** Direct targets are whole positions: two strategies on one instrument would undo each other. */
function requireOneStrategyEach(uses: readonly StrategyUse[]): void {
  const owner = new Map<string, string>();
  for (const use of uses) {
    for (const id of use.instruments) {
      const other = owner.get(id);
      if (other !== undefined) {
        throw new Fault(
          "mandate",
          `strategies: ${other} and ${use.name} both trade ${id}; with allocation.method direct an instrument belongs to one strategy`,
        );
      }
      owner.set(id, use.name);
    }
  }
}

/** Targets know one currency; forecasts many, each with its rate. */
function requireCurrencies({ world, settings, sourceOf }: PlanInput): void {
  for (const { id, currency, currencyDigits } of world.instruments) {
    if (currency === settings.currency && currencyDigits === settings.currencyDigits) continue;
    if (currency === settings.currency || settings.layers === null) {
      throw new Fault(
        "mandate",
        `${sourceOf(id)} ${id} is priced in ${currency} (${currencyDigits} digits), the account is in ${settings.currency} (${settings.currencyDigits} digits); set account.currency: ${currency} or correct data.instruments.${id}`,
      );
    }
    const known = world.references.flatMap((r) =>
      r.kind === "fx" ? [`${r.currency} in ${r.quote}`] : [],
    );
    if (known.includes(`${currency} in ${settings.currency}`)) continue;
    throw new Fault(
      "data",
      `${sourceOf(id)} ${id} is priced in ${currency}, and the pack has no rate of it in ${settings.currency} (it has ${known.join(", ") || "none"}); bring one in data.references`,
    );
  }
}

function requireTicks({ world, settings, sourceOf }: PlanInput): void {
  if (settings.slippage.ticks === 0) return;
  const without = world.instruments.find(({ tick }) => tick === null);
  if (without === undefined) return;
  throw new Fault(
    "mandate",
    `slippage.ticks: ${settings.slippage.ticks} needs the tick of every instrument, ${sourceOf(without.id)} ${without.id} has none; set data.instruments.${without.id}.tick, or slippage.bps instead`,
  );
}
