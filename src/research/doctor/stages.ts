/** What of the machinery was at work, and whether the strategies' answers may be believed. */
import { formatDate } from "../../base/instant.ts";
import type { StageRecord } from "../../domain/stage-record.ts";
import type { WarmUpEvidence } from "./evidence.ts";
import { clear, found, type Lint, notEvaluated, type Opinion } from "./lint.ts";
import { counted, decimal, listed, percent, whole } from "./words.ts";

/** A stage that had no effect can be left out, but it did no harm: a hint. */
const IDLE_WEIGHT = 0.1;

/** No mandate can switch these off: where there is nothing to net, netting does nothing. */
const ALWAYS_ON: ReadonlySet<string> = new Set(["allocation", "netting", "sizing"]);

export const INERT_STAGE: Lint = {
  name: "inert_stage",
  when: "an enabled stage or gate did not judge what reached it, or a stage that the mandate switched on changed nothing in the whole run",
  why: "what is configured and never acts is either broken or not needed. A gate that never refused is named and is no finding: most gates are there for the day that did not come",
  judge: ({ stages }) => {
    const enabled = stages.filter((stage) => stage.enabled);
    if (enabled.length === 0) return notEvaluated("the run records no enabled stage or gate");
    const inert = enabled.filter((stage) => stage.inert_reason !== null || !stage.effective);
    if (inert.length > 0) {
      const texts = inert.map(
        (s) => `${s.kind} ${s.name}: ${s.inert_reason ?? "its inputs were never there"}`,
      );
      return found(1, texts.join("; "));
    }
    return idleOpinion(enabled);
  },
};

function idleOpinion(enabled: readonly StageRecord[]): Opinion {
  const idle = enabled.filter((s) => s.bound === 0);
  const chosen = idle.filter((s) => s.kind === "stage" && !ALWAYS_ON.has(s.name));
  const others = idle.filter((s) => !chosen.includes(s)).map((s) => `${s.kind} ${s.name}`);
  const also =
    others.length === 0 ? "" : `; never bound, which is no finding: ${others.join(", ")}`;
  const measured = { observed: chosen.length, limit: 0, unit: "stages" };
  if (chosen.length === 0) {
    return clear(
      `${counted(enabled.length, "enabled stage or gate")} judged all that reached them${also}`,
      measured,
    );
  }
  const names = chosen.map((s) => s.name).join(", ");
  return found(IDLE_WEIGHT, `enabled, and never changed anything: ${names}${also}`, measured);
}

export const LOOK_AHEAD: Lint = {
  name: "look_ahead",
  when: "asked again on a pack that ends at the date, on one whose later bars are shifted, or in reversed order, a strategy gave another answer than the run recorded",
  why: "one such answer is enough: a result that knew the future is worth nothing",
  judge: ({ failure, answersAsked, forecasts }) => {
    if (failure?.invariant === 20 && failure.message.startsWith("strategy ")) {
      return found(1, failure.message);
    }
    if (answersAsked === null) {
      return notEvaluated("strategies were not asked again: the run failed an earlier check");
    }
    if (answersAsked === 0)
      return notEvaluated(`${counted(forecasts, "forecast")}: there was no answer to ask again`);
    return clear(
      `${counted(answersAsked, "recorded answer")} asked again in reversed order, a seeded sample on cut and on shifted bars: all the same`,
      { observed: 0, limit: 0, unit: "differing answers" },
    );
  },
};

/** Share of answers. A recursive column with enough warm-up has forgotten its start: 1 in 100 is rounding at a threshold. */
const DIFFERING = 0.01;

export const WARM_UP_DEPENDENCE: Lint = {
  name: "warm_up_dependence",
  when: `more than ${percent(DIFFERING, 0)} of the answers of strategies with recursive columns (ema, rsi, atr, adx, latch) differ by more than 0.01 on a pack that starts later, within a year after its warm-up`,
  why: "a recursive column never quite forgets where the data began; an answer that changes with the first bar is the file's, not the market's",
  judge: ({ mandate, failure }) => {
    if (mandate === null) return notEvaluated("the mandate and its strategies are not at hand");
    const { warmUp } = mandate;
    if (warmUp === null || failure !== null) {
      return notEvaluated("strategies were not asked on a later start: the run failed a check");
    }
    return warmUpOpinion(warmUp);
  },
};

function warmUpOpinion(warmUp: WarmUpEvidence): Opinion {
  const { recursive, tooShort, asked, differing, largestDifference, worst } = warmUp;
  if (recursive.length === 0) {
    return clear("no strategy has a recursive column: all look back over windows that end");
  }
  if (asked === 0) {
    return notEvaluated(`the history is too short to start later: ${listed(recursive)}`);
  }
  const share = differing / asked;
  const measured = { observed: share, limit: DIFFERING, unit: "share of answers" };
  const skipped = tooShort.length === 0 ? "" : `; history too short for ${listed(tooShort)}`;
  const what = `${whole(differing)} of ${counted(asked, "answer")} of ${listed(recursive)} (${percent(share)}) differ on a pack that starts later`;
  if (worst === null) return clear(`${what}${skipped}`, measured);
  const most = `by ${decimal(warmUp.totalDifference / differing)} on average and ${decimal(largestDifference)} at most (${worst.strategy} on ${worst.instrument}, ${formatDate(worst.atMs)})`;
  const text = `${what}, ${most}${skipped}`;
  return share > DIFFERING
    ? found(Math.min(1, 0.2 + share), text, measured)
    : clear(text, measured);
}
