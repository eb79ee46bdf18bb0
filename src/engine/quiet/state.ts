/**
 * What is known ahead of the sessions that are walked: until when each strategy is going to repeat
 * its last answer, and when something is due whatever it answers. Sessions throughout.
 */
import type { World } from "../world.ts";

/** What a variant's last answer was, as far as a repetition of it could be told from it. */
export const HEARD = {
  /** A wish that expired and is to be tried again, whatever it repeats: it is asked anew. */
  other: 0,
  none: 1,
  /** The weight or the units in `previousTarget`. */
  weight: 2,
  units: 3,
  /** It is warming up and is not asked. */
  silent: 4,
} as const;

export type Quiet = {
  /** By variant, a value of HEARD. */
  readonly heard: Uint8Array;
  /** By variant: on every session before this it answers as it did last, or is not asked. */
  readonly sameUntil: Int32Array;
  /** By variant, 1: on that very session it does not. */
  readonly ended: Uint8Array;
  readonly decidesAlways: boolean;
  /** Ascending, with a place in it. */
  readonly actionSessions: Int32Array;
  nextAction: number;
  /** The first session at which something is due whatever is answered; looked up again once it is past. */
  nextDue: number;
};

/** The part of a plan that it is made of. */
type Timetable = {
  readonly variants: readonly { readonly start: number }[];
  readonly decideOn: Uint8Array;
};

export function createQuiet(
  { actions }: Pick<World, "actions">,
  { variants, decideOn }: Timetable,
): Quiet {
  return {
    heard: new Uint8Array(variants.length).fill(HEARD.silent),
    sameUntil: Int32Array.from(variants, ({ start }) => start),
    ended: new Uint8Array(variants.length).fill(1),
    decidesAlways: !decideOn.includes(0),
    actionSessions: Int32Array.from(actions.keys()).sort(),
    nextAction: 0,
    nextDue: -1,
  };
}
