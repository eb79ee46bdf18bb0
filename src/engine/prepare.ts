/**
 * Everything a run needs, built from values before anything happens: world, plan, settings. Each
 * key of the mandate is read here or by whoever made the pack and loaded the strategies; a key
 * that nobody took refuses the run (invariant 6).
 */
import { invariant } from "../base/assert.ts";
import { Fault } from "../domain/fault.ts";
import type { BacktestPack } from "../domain/pack.ts";
import type { Sha256 } from "../ports/hash.ts";
import type { LotMethod } from "../records/ledger/lots.ts";
import type { PrecomputedDay } from "../portfolio/overlay/precomputed.ts";
import { LAYER_SECTIONS, type LayerSettings, takeSection } from "./layers/settings.ts";
import { buildPlan } from "./plan.ts";
import type { PlanInput, Planned, StrategyUse } from "./plan-input.ts";
import { type Mandate, SECTIONS } from "./sections.ts";
import { buildWorld, type World } from "./world.ts";

export type Prepared = {
  readonly pack: BacktestPack;
  readonly world: World;
  /** What the plan was made of: a trial makes it again for other parameters. */
  readonly planInput: PlanInput;
  readonly planned: Planned;
  readonly name: string;
  readonly seed: number;
  readonly lotMethod: LotMethod;
  readonly periodsPerYear: number;
  readonly riskFree: number;
  /** Trading: instruments that split at the open of the coming session, so that no order of today's size waits for it. */
  readonly splitting?: ReadonlySet<string>;
};

export type PrepareInput = {
  readonly mandate: Mandate;
  readonly pack: BacktestPack;
  readonly uses: readonly StrategyUse[];
  readonly sourceOf: (instrument: string) => string;
  /** The named run's brake, under overlay.mode precomputed; else empty. */
  readonly precomputed: readonly PrecomputedDay[];
  readonly sha256: Sha256;
  /** Trading: the session that comes after the pack's newest one. */
  readonly comingMs?: number;
  /** Trading: signals pass the pause gate before every other. */
  readonly canPause?: boolean;
};

export function prepareRun(input: PrepareInput): Prepared {
  const { mandate, pack, uses } = input;
  const traded = new Set(uses.flatMap((use) => use.instruments));
  requireTraded(pack, traded);
  // Only what is traded makes sessions: an idle instrument's holidays are nobody's business.
  const { currency, currency_digits: digits } = mandate.account;
  const world = buildWorld(
    { ...pack, series: pack.series.filter((s) => traded.has(s.instrument.id)) },
    { currency, digits },
    input.comingMs ?? null,
  );
  const planInput: PlanInput = {
    world,
    actions: pack.actions,
    uses,
    settings: {
      initialEquity: mandate.account.initial_equity,
      currency,
      currencyDigits: digits,
      layers: mandate.allocation.method === "direct" ? null : takeLayers(mandate),
      execution: mandate.execution,
      slippage: mandate.slippage,
      fees: mandate.fees,
      financing: mandate.financing,
      limits: mandate.limits,
      freshness: mandate.freshness,
      schedule: mandate.schedule,
    },
    seed: mandate.seed,
    precomputed: input.precomputed,
    sha256: input.sha256,
    sourceOf: input.sourceOf,
    canPause: input.canPause ?? false,
  };
  return {
    pack,
    world,
    planInput,
    planned: buildPlan(planInput),
    name: mandate.name,
    seed: mandate.seed,
    lotMethod: mandate.account.lot_method,
    periodsPerYear: mandate.metrics.periods_per_year,
    riskFree: mandate.metrics.risk_free,
  };
}

function takeLayers(mandate: Mandate): LayerSettings {
  const take = <K extends keyof LayerSettings>(name: K): LayerSettings[K] => {
    const section = SECTIONS.find((each) => each.name === name);
    invariant(section !== undefined, 6, () => `the mandate has no section ${name}`);
    return takeSection(section, mandate[name]) as LayerSettings[K];
  };
  return {
    allocation: take("allocation"),
    policy: take("policy"),
    risk_targeting: take("risk_targeting"),
    overlay: take("overlay"),
    clamps: take("clamps"),
    sizing: take("sizing"),
    breakers: take("breakers"),
    heat: take("heat"),
    correlation: take("correlation"),
    volatility_regime: take("volatility_regime"),
  };
}

/** Under allocation direct nobody asks about the portfolio's stages. */
export function idleKeysOf(mandate: Mandate): readonly string[] {
  const idle = SECTIONS.flatMap((section) => {
    const values = mandate[section.name as keyof Mandate];
    const keys = section.inapplicable?.(values as never) ?? [];
    return keys.map((key) => `${section.name}.${key}`);
  });
  return mandate.allocation.method === "direct" ? [...idle, ...LAYER_SECTIONS] : idle;
}

/**
 * Invariant 6. A key that no owner took would be a promise that nobody keeps: our mistake, unless
 * its section says that these values give it no reader. Then a default is silent, and what a person
 * set is refused with its place.
 */
export function requireAllKeysTaken(
  unread: readonly string[],
  mandate: Mandate,
  originOf: (key: string) => { readonly isDefault: boolean; readonly place: string },
): void {
  const idle = idleKeysOf(mandate);
  const isIdle = (key: string) => idle.some((top) => key === top || key.startsWith(`${top}.`));
  const set = unread.filter((key) => isIdle(key) && !originOf(key).isDefault);
  if (set.length > 0) {
    const lines = set.map(
      (key) =>
        `${originOf(key).place}: with the other values as they are, nothing reads it; remove it`,
    );
    if (lines.length === 1) throw new Fault("mandate", lines[0]);
    throw new Fault(
      "mandate",
      `${set.length} keys are set that nothing would read, nothing was run`,
      {
        details: lines,
      },
    );
  }
  const lost = unread.filter((key) => !isIdle(key));
  invariant(lost.length === 0, 6, () => `no part of the run read the mandate's ${lost.join(", ")}`);
}

function requireTraded(pack: BacktestPack, traded: ReadonlySet<string>): void {
  const held = new Set(pack.series.map((s) => s.instrument.id));
  const missing = [...traded].filter((id) => !held.has(id));
  if (missing.length === 0) return;
  throw new Fault(
    "data",
    `the pack does not hold ${missing.join(", ")}, which strategies trade; it holds ${[...held].join(", ")}`,
  );
}
