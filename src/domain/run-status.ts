/** How a run ended, and the exit code that says so (spec definitions, "Exit codes"). */

export const EXIT_CODES = {
  OK: 0,
  USAGE: 2,
  MANDATE: 3,
  DATA: 4,
  FAILED_RUN: 5,
  VERIFY: 6,
  NOTHING_TRADED: 7,
  RUINED: 8,
  PAUSED: 9,
  INTERRUPTED: 130,
} as const;

export type RunStatus =
  | "OK"
  | "ZERO_TRADES"
  | "ZERO_VARIANCE"
  | "RUINED"
  | "INERT_STAGE"
  | "SIGNAL_LEAK"
  | "BREAK"
  | "ERROR";

export function exitCodeOf(status: RunStatus): number {
  switch (status) {
    case "OK":
      return EXIT_CODES.OK;
    case "ZERO_TRADES":
    case "ZERO_VARIANCE":
      return EXIT_CODES.NOTHING_TRADED;
    case "RUINED":
      return EXIT_CODES.RUINED;
    case "INERT_STAGE":
    case "SIGNAL_LEAK":
    case "BREAK":
    case "ERROR":
      return EXIT_CODES.FAILED_RUN;
  }
}
