/** Whether the fills are ones that could have been had. */
import { formatDate } from "../../base/instant.ts";
import { rowAt } from "./bars.ts";
import { orderedFills } from "./curve.ts";
import type { Evidence } from "./evidence.ts";
import { clear, found, type Lint, notEvaluated, type Opinion } from "./lint.ts";
import { counted, listed, percent, whole } from "./words.ts";

/** Share of positions at closes. An exchange has some ten holidays a year of its own, 1 day in 25. */
const STALE_MARKS = 0.05;

export const STALE_FILLS: Lint = {
  name: "stale_fills",
  when: `a fill in a session without a bar of its instrument or in a bar in which nothing was traded, or more than ${percent(STALE_MARKS, 0)} of the positions at a close marked at an earlier one`,
  why: "a price that nobody traded at cannot be had. Holidays of one exchange among several make 1 stale mark in 25; more are gaps",
  judge: (evidence) => {
    const { fills, positions } = evidence;
    if (fills.session.length === 0) return notEvaluated("there was no fill");
    const seen = looksOf(evidence);
    const held = positions.session.length;
    const stale = held === 0 ? 0 : seen.staleMarks / held;
    const marks = `${whole(seen.staleMarks)} of ${counted(held, "position")} at a close (${percent(stale)}) marked at an earlier one`;
    return opinionOf(seen, fills.session.length, marks) ?? marksOpinion(seen, stale, marks);
  },
};

type Looks = {
  withoutBar: number;
  withoutTrade: number;
  staleMarks: number;
  first: string;
  readonly unknown: Set<string>;
};

function looksOf({ fills, positions, instruments, sessionsMs }: Evidence): Looks {
  const looks: Looks = {
    withoutBar: 0,
    withoutTrade: 0,
    staleMarks: 0,
    first: "",
    unknown: new Set(),
  };
  for (let n = 0; n < fills.session.length; n++) {
    const { id, timesMs, volume } = instruments[fills.instrument[n]];
    const atMs = sessionsMs[fills.session[n]];
    const row = rowAt(timesMs, atMs);
    const isBar = row >= 0 && timesMs[row] === atMs;
    const isTraded = isBar && volume !== null && volume[row] > 0;
    if (isTraded) continue;
    if (!isBar) looks.withoutBar++;
    else if (volume === null) looks.unknown.add(id);
    else looks.withoutTrade++;
    if (!isBar || volume !== null) looks.first ||= `${id} ${formatDate(atMs)}`;
  }
  const rows = new Int32Array(instruments.length);
  for (let n = 0; n < positions.session.length; n++) {
    const i = positions.instrument[n];
    const { timesMs } = instruments[i];
    const atMs = sessionsMs[positions.session[n]];
    // Positions come session by session, so each instrument's rows are walked once.
    while (rows[i] + 1 < timesMs.length && timesMs[rows[i] + 1] <= atMs) rows[i]++;
    if (timesMs[rows[i]] !== atMs) looks.staleMarks++;
  }
  return looks;
}

/** Null where every fill had a bar, and none is known to be in one without trade. */
function opinionOf(looks: Looks, fills: number, marks: string): Opinion | null {
  const { withoutBar, withoutTrade, first } = looks;
  const bad = withoutBar + withoutTrade;
  if (bad === 0) return null;
  const text = `of ${counted(fills, "fill")} ${whole(withoutBar)} came in a session without a bar and ${whole(withoutTrade)} in a bar without trade (first ${first}); ${marks}`;
  const weight = withoutBar > 0 ? 1 : Math.min(0.8, 0.2 + bad / fills);
  return found(weight, text, { observed: bad, limit: 0, unit: "fills" });
}

function marksOpinion({ unknown }: Looks, stale: number, marks: string): Opinion {
  const measured = { observed: stale, limit: STALE_MARKS, unit: "share of positions" };
  if (stale > STALE_MARKS) return found(Math.min(0.5, stale), marks, measured);
  if (unknown.size > 0) {
    return notEvaluated(
      `every fill had a bar, but whether anything was traded in it is not known: no volume of ${listed([...unknown].sort())}; ${marks}`,
    );
  }
  return clear(`every fill had a bar with trade; ${marks}`, measured);
}

export const SAME_CLOSE: Lint = {
  name: "same_close",
  when: "orders are filled on the close that decided them",
  why: "nobody can trade at a price that was needed to decide the trade (LOOKAHEAD)",
  judge: (evidence) => {
    const fills = `${counted(orderedFills(evidence), "fill")} of orders`;
    return evidence.sameClose
      ? found(
          1,
          `execution.fill same_close: ${fills} at the close that decided them; the result cannot be promoted`,
        )
      : clear(`${fills}, each later than the close that decided it`);
  },
};
