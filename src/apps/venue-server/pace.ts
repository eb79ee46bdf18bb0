/**
 * How the venue's time runs: it stands until somebody steps it, or it runs with the wall's clock times
 * a factor from the moment the server began. Milliseconds since the epoch.
 */
export type Speed =
  | { readonly kind: "step" }
  | { readonly kind: "factor"; readonly factor: number };

export type Pace = {
  readonly speed: Speed;
  readonly venueStartMs: number;
  readonly wallStartMs: number;
  readonly lastMs: number;
};

/** Where the venue's time should stand by now; null where nobody but a step moves it. */
export function paceMs(
  { speed, venueStartMs, wallStartMs, lastMs }: Pace,
  wallMs: number,
): number | null {
  if (speed.kind === "step") return null;
  return Math.min(lastMs, venueStartMs + Math.max(0, wallMs - wallStartMs) * speed.factor);
}

/** "step", or a factor: 1 is real time. Null for anything else. */
export function parseSpeed(text: string): Speed | null {
  if (text === "step") return { kind: "step" };
  const factor = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return factor > 0 && factor <= 1e9 ? { kind: "factor", factor } : null;
}
