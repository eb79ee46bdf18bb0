/**
 * A mandate with one stage switched off: `compare MANDATE --without STAGE`. The override is a layer
 * above everything a person set, with an origin of its own, and what the mandate says of the stage
 * then finds no reader, on purpose. Everything else stays as it was: breakers that count in the
 * volatility target keep their levels, as fractions of net asset value, when the target goes.
 * Refuses a name that is no stage, one that cannot be left out, and one that is off already.
 */
import { nearest } from "../../base/nearest.ts";
import { Fault } from "../../domain/fault.ts";
import { type Mandate, SECTIONS } from "../../engine/sections.ts";
import { breakerLevels } from "../../execution/gates/breakers.ts";
import { type Flag, type LoadedMandate, loadMandate } from "./compose.ts";

type Values = readonly (readonly [key: string, value: string])[];

type Switch = {
  readonly isOn: (mandate: Mandate) => boolean;
  readonly off: (mandate: Mandate) => Values;
};

const CLAMPS = ["caps", "throttle", "clusters", "tail"] as const;

const section = (name: "policy" | "breakers" | "volatility_regime"): Switch => ({
  isOn: (mandate) => mandate[name].enabled,
  off: () => [[`${name}.enabled`, "false"]],
});

const clamp = (name: (typeof CLAMPS)[number]): Switch => ({
  isOn: ({ clamps }) => clamps[name].enabled,
  off: () => [[`clamps.${name}.enabled`, "false"]],
});

const limit = (name: "heat" | "correlation"): Switch => ({
  isOn: (mandate) => mandate[name].limit !== null,
  off: () => [[`${name}.limit`, "null"]],
});

/** In the order of the river. */
const SWITCHES: ReadonlyMap<string, Switch> = new Map([
  ["policy", section("policy")],
  [
    "risk_targeting",
    {
      isOn: ({ risk_targeting: targeting }) => targeting.enabled,
      off: (mandate) => [["risk_targeting.enabled", "false"], ...breakersInNav(mandate)],
    },
  ],
  [
    "overlay",
    {
      isOn: ({ overlay }) => overlay.mode !== "off",
      off: ({ overlay }) => [
        ["overlay.mode", "off"],
        ...(["run", "sha256"] as const)
          .filter((key) => overlay[key] !== null)
          .map((key) => [`overlay.${key}`, "null"] as const),
      ],
    },
  ],
  [
    "clamps",
    {
      isOn: ({ clamps }) => CLAMPS.some((name) => clamps[name].enabled),
      off: ({ clamps }) =>
        CLAMPS.filter((name) => clamps[name].enabled).map(
          (name) => [`clamps.${name}.enabled`, "false"] as const,
        ),
    },
  ],
  ...CLAMPS.map((name) => [name, clamp(name)] as const),
  ["correlation", limit("correlation")],
  ["buffer", { isOn: ({ sizing }) => sizing.buffer > 0, off: () => [["sizing.buffer", "0"]] }],
  [
    "min_notional",
    { isOn: ({ sizing }) => sizing.min_notional > 0, off: () => [["sizing.min_notional", "0"]] },
  ],
  [
    "stops",
    { isOn: ({ sizing }) => sizing.stop_atr !== null, off: () => [["sizing.stop_atr", "null"]] },
  ],
  ["breakers", section("breakers")],
  ["heat", limit("heat")],
  ["volatility_regime", section("volatility_regime")],
]);

/** Stage -> why there is no run without it. */
const FIXED: ReadonlyMap<string, string> = new Map([
  ["allocation", "without it no sleeve has a weight; compare with another allocation.method"],
  ["netting", "without it nobody knows what an instrument is to hold"],
  ["sizing", "without it there are no lots; buffer, min_notional and stops can be left out"],
  ["freshness", "nothing may trade on a price nobody has seen for days"],
  ["duplicate", "nothing may be ordered twice"],
  ["limits", "no run is without limits; compare with other values of limits"],
  ["cash", "nothing may be bought beyond the buying power, limits.gross"],
]);

/** The mandate as it is written, loaded again without the stage. */
export function withoutStage(
  path: string,
  stage: string,
  given: {
    readonly whole: LoadedMandate;
    readonly flags: readonly Flag[];
    readonly environment: NodeJS.ProcessEnv;
  },
): { readonly loaded: LoadedMandate; readonly overrides: readonly string[] } {
  const { whole, flags, environment } = given;
  // The values themselves: looking whether a stage is on is not reading its keys.
  const mandate = whole.resolved.values as unknown as Mandate;
  const option = `--without ${stage}`;
  const off = switchOf(stage, mandate).off(mandate);
  const name = JSON.stringify(`${mandate.name}, without ${stage}`);
  const overrides = [...off, ["name", name] as const].map(
    ([key, value]): Flag => ({ key, value, option }),
  );
  const loaded = loadMandate(path, [...flags, ...overrides], environment);
  const idle = idleKeys(
    loaded,
    off.map(([key]) => key.slice(0, key.indexOf("."))),
  );
  const isIdle = (key: string) => idle.some((top) => key === top || key.startsWith(`${top}.`));
  return {
    loaded: {
      ...loaded,
      home: whole.home,
      unread: () => loaded.unread().filter((key) => !isIdle(key)),
    },
    overrides: off.map(([key, value]) => `${key}=${value}`),
  };
}

function switchOf(stage: string, mandate: Mandate): Switch {
  const names = [...SWITCHES.keys()];
  if (mandate.allocation.method === "direct") {
    throw new Fault(
      "usage",
      `--without ${stage}: allocation.method is direct, so the strategies' own targets are traded and there are no stages to leave out; compare two mandates or runs instead`,
    );
  }
  const found = SWITCHES.get(stage);
  const on = names.filter((name) => SWITCHES.get(name)?.isOn(mandate));
  const enabled = on.length === 0 ? "none is enabled" : `enabled are ${on.join(", ")}`;
  if (found === undefined) {
    const fixed = FIXED.get(stage);
    if (fixed !== undefined) {
      throw new Fault("usage", `--without ${stage}: it cannot be left out: ${fixed}; ${enabled}`);
    }
    const near = nearest(stage, [...names, ...FIXED.keys()]);
    const hint = near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
    throw new Fault("usage", `--without ${stage}: there is no such stage; ${hint}`);
  }
  if (found.isOn(mandate)) return found;
  throw new Fault(
    "usage",
    `--without ${stage}: it is not enabled in this mandate, so there is nothing to leave out; ${enabled}`,
  );
}

/** The same losses as fractions of net asset value: breakers must not go with the target. */
function breakersInNav({ breakers, risk_targeting: targeting }: Mandate): Values {
  if (!breakers.enabled || breakers.unit !== "target_vol") return [];
  const { dailyLoss, halt, panic } = breakerLevels(breakers, targeting.target_vol);
  return [
    ["breakers.unit", "nav"],
    ["breakers.daily_loss", String(dailyLoss)],
    ["breakers.halt", String(halt)],
    ["breakers.panic", String(panic)],
  ];
}

/** What the mandate still says of the stage that is off. */
function idleKeys({ resolved }: LoadedMandate, sections: readonly string[]): readonly string[] {
  return SECTIONS.filter(({ name }) => sections.includes(name)).flatMap(({ name, inapplicable }) =>
    (inapplicable?.(resolved.values[name] as never) ?? []).map((key) => `${name}.${key}`),
  );
}
