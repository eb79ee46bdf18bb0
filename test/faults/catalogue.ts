/**
 * The catalogue of planted faults, by what they break. catalogue.test.ts runs each and reads what the
 * run says of it; the table in docs/invariants.md is made of it.
 */
import { CONFIG_FAULTS } from "./config.ts";
import type { Fault } from "./fault.ts";
import { GATE_FAULTS } from "./gates.ts";
import { MARKET_FAULTS } from "./market.ts";
import { RECORD_FAULTS } from "./records.ts";
import { SIGNAL_FAULTS } from "./signals.ts";
import { SLEEVE_FAULTS } from "./sleeves-and-futures.ts";
import { WRONG_NUMBERS } from "./stage-numbers.ts";
import { STAGE_FAULTS } from "./stages.ts";

export const CATALOGUE: readonly Fault[] = [
  ...CONFIG_FAULTS,
  ...MARKET_FAULTS,
  ...SIGNAL_FAULTS,
  ...STAGE_FAULTS,
  ...WRONG_NUMBERS,
  ...GATE_FAULTS,
  ...SLEEVE_FAULTS,
  ...RECORD_FAULTS,
];
