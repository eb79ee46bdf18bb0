/**
 * Measured figures as lines on a terminal and as bench/RESULTS.md. A figure is quoted by the median
 * of its rounds with their range; a peer by the ratio of times round by round, ours beside theirs in
 * the same run.
 */
import type { Figure } from "./figure.ts";

export type Comparison = {
  readonly job: string;
  readonly library: string;
  readonly version: string;
  /** Per round, in seconds. */
  readonly theirs: readonly number[];
  readonly ours: readonly number[];
  readonly fills: number;
  readonly largestEquityDifference: number;
  /** What is not the same work. */
  readonly differs: string;
};

export type Machine = { readonly runtime: string; readonly processors: string };

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function figureLine(figure: Figure): string {
  const asked =
    figure.needed === null ? "" : `  asked ${compact(figure.needed)}: ${reached(figure)}`;
  const middle = `${compact(median(figure.values))} ${figure.unit}`;
  return `${figure.work.padEnd(52)} ${middle.padStart(24)}  (${range(figure.values)})${asked}`;
}

export function comparisonLine(comparison: Comparison): string {
  const { job, library, theirs, ours } = comparison;
  const ratios = ratiosOf(comparison);
  return `${job.padEnd(40)} ${library.padEnd(15)} ${milliseconds(theirs).padStart(10)}  ours ${milliseconds(ours).padStart(10)}  ratio ${compact(median(ratios))} (${range(ratios)})`;
}

/** The page that stands beside the measurements. */
export function resultsPage(
  machine: Machine,
  figures: readonly Figure[],
  comparisons: readonly Comparison[],
): string {
  return `# Results

Written by \`npm run bench\` in one run: ${machine.runtime}, ${machine.processors}. Each figure is the median of
its rounds with the range of them; ratios hold better than rates from one machine to the next. A
timing decides no test.

## Assay

${figureTable(figures)}

## Against other libraries

The same job in processes that take turns, warm, round after round: moving averages over closes,
100 shares long while the fast one is above the slow one by more than rounding can make, else flat,
a fee of 1 bp of each fill, equity at every bar. Each fill (bar, shares, price) is required to be the same and the final equity
to agree to half a cent per amount that Assay rounds to cents, or the run of the measurements fails.
Timed is a library's own work, from its own form of the bars in memory to its statistics; ours is
a trial lane made anew for each job, on one thread, with all statistics of a run. The ratio is their
time over ours.

${comparisonTable(comparisons)}

What is not the same work:

${differences(comparisons)}
`;
}

function figureTable(figures: readonly Figure[]): string {
  return table(
    ["work", "median", "range", "asked", "", "what was done"],
    figures.map((figure) => [
      figure.work,
      `${compact(median(figure.values))} ${figure.unit}`,
      range(figure.values),
      figure.needed === null ? "" : compact(figure.needed),
      figure.needed === null ? "" : reached(figure),
      figure.note,
    ]),
  );
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  return table(
    ["job", "library", "theirs", "ours", "ratio", "range", "fills, all the same", "equity apart"],
    comparisons.map((comparison) => [
      comparison.job,
      `${comparison.library} ${comparison.version}`,
      milliseconds(comparison.theirs),
      milliseconds(comparison.ours),
      compact(median(ratiosOf(comparison))),
      range(ratiosOf(comparison)),
      String(comparison.fills),
      comparison.largestEquityDifference.toFixed(2),
    ]),
  );
}

function differences(comparisons: readonly Comparison[]): string {
  const said = new Map(comparisons.map(({ library, differs }) => [library, differs]));
  return [...said].map(([library, differs]) => `- ${library}: ${differs}.`).join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Their time over ours, round by round. */
function ratiosOf({ theirs, ours }: Comparison): readonly number[] {
  return theirs.map((seconds, n) => seconds / ours[n]);
}

function reached({ values, needed, better }: Figure): string {
  if (needed === null) return "";
  const middle = median(values);
  return (better === "higher" ? middle >= needed : middle <= needed) ? "reached" : "not reached";
}

function milliseconds(seconds: readonly number[]): string {
  return `${compact(1000 * median(seconds))} ms`;
}

function range(values: readonly number[]): string {
  return `${compact(Math.min(...values))} to ${compact(Math.max(...values))}`;
}

/** Three digits that count: "12,300,000" as 12.3 M. */
function compact(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  if (Math.abs(value) >= 1e4) return `${(value / 1e3).toPrecision(3)} k`;
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
