/** What a terminal shows and a pipe does not: colour and a progress bar with rate and time left. */
import type { Progress } from "../../domain/progress.ts";

type Stream = { readonly isTTY?: boolean; readonly write: (text: string) => unknown };

export type Paint = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
};

/** Colour on a terminal only, and never where NO_COLOR is set (no-color.org). */
export function paintFor(stream: Stream, environment: NodeJS.ProcessEnv): Paint {
  const on = stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "";
  const code = (n: number) => (text: string) => (on ? `\u001b[${n}m${text}\u001b[0m` : text);
  return { bold: code(1), dim: code(2), red: code(31), green: code(32), yellow: code(33) };
}

const WIDTH = 28;
const LABEL = 20;
/** A rate from less than this is noise. */
const SETTLED_MS = 300;
const REDRAW_MS = 80;

/** A bar on standard error while work goes on; quiet in a pipe. `nowMs` is the wall clock. */
export function progressBar(stream: Stream, nowMs: () => number): Progress {
  if (stream.isTTY !== true) return () => undefined;
  let label = "";
  let startedMs = 0;
  let drawnMs = 0;
  return (done, total, name) => {
    const now = nowMs();
    if (name !== label) {
      label = name;
      startedMs = now;
      drawnMs = 0;
    }
    const finished = done >= total;
    if (!finished && now - drawnMs < REDRAW_MS) return;
    drawnMs = now;
    const filled = total === 0 ? WIDTH : Math.floor((WIDTH * done) / total);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    stream.write(
      `\r${label.padEnd(LABEL)} ${bar} ${done}/${total}${pace(now - startedMs, done, total)}\u001b[K`,
    );
    if (finished) stream.write("\r\u001b[K");
  };
}

function pace(elapsedMs: number, done: number, total: number): string {
  if (elapsedMs < SETTLED_MS || done === 0) return "";
  const perSecond = done / (elapsedMs / 1000);
  return `  ${Math.round(perSecond)}/s  ${Math.ceil((total - done) / perSecond)} s left`;
}
