/**
 * The mandate's section about the brake. Refused: `precomputed` without the run and the hash it is
 * checked by, either of them in another mode, and trading off-cycle where every session is on-cycle.
 */
import { z } from "zod";
import type { Companions } from "../../domain/probe.ts";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { OVERLAY_PROFILES, type OverlayTerms } from "./scalar.ts";

const schema = z.strictObject({
  mode: z.enum(["off", "precomputed", "compute"]),
  profile: z.enum(OVERLAY_PROFILES),
  smooth_down: z.boolean(),
  trade_on_upgrade: z.boolean(),
  during_warm_up: z.enum(["floor", "none"]),
  run: z.string().min(1).nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in lower case")
    .nullable(),
});

export type OverlaySettings = z.infer<typeof schema>;

/** Computed alone it is only written down. */
const APPLIED: Companions = { "overlay.mode": { to: "compute" } };

export const overlaySection: Section<typeof schema> = {
  name: "overlay",
  owner: "portfolio/overlay",
  schema,
  describe: {
    mode: "off: computed and written, not applied; precomputed: applied from another run; compute: computed and applied",
    profile:
      "how hard the brake pulls: H least, then M, then L; its floor is what the unknown gets",
    smooth_down:
      "true: the scalar falls towards a lower target by the profile's smoothing; false: at once; it always rises smoothly",
    trade_on_upgrade:
      "whether entering STRESS or CRISIS decides off-cycle, at the close after the one that saw it",
    during_warm_up:
      "the first 60 sessions with exposure: floor brakes as for the unknown; none does not brake, and is counted apart",
    run: "id of the run whose regimes are applied; null unless mode is precomputed",
    sha256: "hash of that run's regimes artifact; null unless mode is precomputed",
  },
  defaults: {
    mode: "off",
    profile: "H",
    smooth_down: true,
    trade_on_upgrade: false,
    during_warm_up: "floor",
    run: null,
    sha256: null,
  },
  profiles: {
    plain: { mode: "off" },
    "etf-trend": { mode: "compute", profile: "H" },
    "futures-layers": { mode: "compute", profile: "H" },
    "equity-signals": { mode: "off" },
  },
  tags: {},
  probes: {
    mode: { needs: ["brake_moved"], try: [{ to: "off" }, { to: "compute" }] },
    profile: {
      needs: ["brake_moved"],
      try: [{ to: "L" }, { to: "M" }, { to: "H" }, { to: "L", with: APPLIED }],
    },
    smooth_down: {
      needs: ["brake_moved"],
      try: [
        { toggle: true },
        { toggle: true, with: { ...APPLIED, "overlay.profile": { to: "L" } } },
      ],
    },
    trade_on_upgrade: {
      needs: ["brake_entered"],
      try: [{ toggle: true }, { toggle: true, with: { "schedule.decide": { to: "month_end" } } }],
    },
    during_warm_up: {
      try: [
        { to: "floor" },
        { to: "none" },
        { to: "none", with: APPLIED },
        { to: "floor", with: APPLIED },
      ],
    },
    run: { refuses: true, try: [{ to: "probed" }] },
    sha256: { refuses: true, try: [{ to: "0".repeat(64) }] },
  },
  inapplicable: ({ mode }: OverlaySettings): readonly string[] => {
    switch (mode) {
      case "off":
        return ["trade_on_upgrade", "run", "sha256"];
      case "compute":
        return ["run", "sha256"];
      case "precomputed":
        // The profile's floor stands in for a date that the named run does not hold.
        return ["smooth_down", "during_warm_up"];
    }
  },
  check: (values: OverlaySettings, mandate): readonly SectionIssue[] => [
    ...sourceIssues(values),
    ...offCycleIssues(values, mandate["schedule"] as { readonly decide: string }),
  ],
};

/** The settings in the words of the code that steps the brake. */
export function overlayTerms(settings: OverlaySettings): OverlayTerms {
  const { profile, smooth_down: smoothDown, during_warm_up: duringWarmUp } = settings;
  return { profile, smoothDown, duringWarmUp };
}

function sourceIssues(values: OverlaySettings): readonly SectionIssue[] {
  return (["run", "sha256"] as const).flatMap((key) => {
    const given = values[key] !== null;
    if (given === (values.mode === "precomputed")) return [];
    const message = given
      ? `mode is ${values.mode}, so nobody would read ${values[key]}; remove it, or set mode: precomputed`
      : `mode is precomputed and this is null; name the run and the hash of its regimes artifact, or set mode: compute`;
    return [{ path: [key], message }];
  });
}

function offCycleIssues(
  { mode, trade_on_upgrade: offCycle }: OverlaySettings,
  { decide }: { readonly decide: string },
): readonly SectionIssue[] {
  if (mode === "off" || !offCycle || decide !== "every_session") return [];
  const message =
    "can never fire: schedule.decide is every_session, so no session lies between two decisions; set it to false, or decide weekly or monthly";
  return [{ path: ["trade_on_upgrade"], message }];
}
