/**
 * Live trading needs the mode, the environment's permission and an approved strategy (spec execution, 4).
 * Whatever is missing refuses first of all: before a file is read, a strategy loaded or a venue asked.
 */
import { Fault } from "../../domain/fault.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";

const LIVE_VARIABLE = "ASSAY_ALLOW_LIVE";

export function requireLivePermission(mode: TradingMode, environment: NodeJS.ProcessEnv): void {
  if (mode !== "live") return;
  const reasons = [
    ...(environment[LIVE_VARIABLE] === "yes"
      ? []
      : [
          `the environment does not permit it: set ${LIVE_VARIABLE}=yes where live orders may leave`,
        ]),
    "no strategy of this mandate is approved for it: the registry that approvals are kept in does not exist yet",
  ];
  throw new Fault("usage", `live trading is refused: ${reasons[0]}`, { details: reasons.slice(1) });
}
