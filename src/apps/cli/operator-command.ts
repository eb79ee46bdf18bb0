/**
 * `assay pause | resume | adopt | flatten`: what a named person does to an account. A pause reaches an account
 * that another process holds, too: it lies in its folder until that process has journalled it.
 */
import type { Json } from "../../base/canonical-json.ts";
import { counted, minorText, signed as signedMoney } from "../../base/figures.ts";
import { formatDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import {
  adoptAccount,
  flattenAccount,
  pauseAccount,
  resumeAccount,
  type Signed,
  startTrial,
} from "../../engine/trading/operator.ts";
import { takeUp } from "../../engine/trading/day.ts";
import { dayBefore } from "../../engine/trading/begin-day.ts";
import type { Desk } from "../../engine/trading/desk.ts";
import { accountFolder } from "./account-folder.ts";
import { askForPause, openTrading, type TradeOptions } from "./compose-trade.ts";
import { sessionFor } from "./trade-command.ts";
import type { StartTrialRequest } from "./trial-command.ts";

export type OperatorResult = { readonly document: Json; readonly lines: readonly string[] };

export async function pauseResult(options: TradeOptions, signed: Signed): Promise<OperatorResult> {
  const { operator, reason } = signed;
  try {
    return await atDesk(options, async (desk) => {
      await pauseAccount(desk, signed);
      return said({ paused: true, operator, reason }, [
        `paused by ${operator}: every signal ends REJECTED_BY_PAUSE until assay resume`,
      ]);
    });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "busy") throw error;
    const name = `${formatDate(Date.now())}-${Date.now()}-${process.pid}`;
    askForPause(accountFolder(options.loaded.home, options.mode), name, signed);
    return said({ paused: false, asked: true, operator, reason, because: error.message }, [
      `${error.message}: the pause is asked for, and is journalled at its next step`,
    ]);
  }
}

export function resumeResult(
  options: TradeOptions,
  signed: Signed,
  force: boolean,
): Promise<OperatorResult> {
  return atDesk(options, async (desk) => {
    await resumeAccount(desk, signed, { force });
    const forced = desk.core.view.safety.reconciliation?.waived === true;
    return said({ resumed: true, forced, ...signed }, [
      forced
        ? `resumed by ${signed.operator} WITHOUT a PASS: it is journalled as forced, and alerted`
        : `resumed by ${signed.operator} after a fresh PASS`,
    ]);
  });
}

export function adoptResult(options: TradeOptions, signed: Signed): Promise<OperatorResult> {
  return atDesk(options, async (desk) => {
    const { date } = await sessionFor(desk, null);
    const at = { packId: null, until: dayBefore(date), coming: date };
    const { positions, cashMinor } = await adoptAccount(desk, signed, at);
    const { currency, currencyDigits } = desk.terms;
    const cash = `${signedMoney(minorText(cashMinor, currencyDigits))} ${currency}`;
    const opens = desk.core.view.safety.pause === null ? "assay trade" : "assay resume";
    return said({ adopted: positions, cash_minor: cashMinor, ...signed }, [
      `${signed.operator} adopted ${counted(positions, "position")} and ${cash} of cash; ${opens} compares afresh`,
    ]);
  });
}

export function flattenResult(options: TradeOptions, signed: Signed): Promise<OperatorResult> {
  return atDesk(options, async (desk) => {
    const orders = await flattenAccount(desk, signed);
    return said({ orders, ...signed }, [
      `${signed.operator} closes everything: ${counted(orders, "order")} at the venue; assay trade books what fills`,
    ]);
  });
}

/** For `assay trial start`: the first session that counts is the next one to be traded. */
export function startTrialFrom(
  { loaded, mode, days, operator, venueUrl }: StartTrialRequest,
  environment: NodeJS.ProcessEnv,
) {
  const options = { loaded, mode, environment, venueUrl, requestsPerMinute: null, date: null };
  return atDesk(options, async (desk) => {
    const { date } = await sessionFor(desk, null);
    const trialId = await startTrial(desk, { operator, days, date });
    return { trialId, date, mandateHash: loaded.resolved.hash };
  });
}

async function atDesk<T>(options: TradeOptions, work: (desk: Desk) => Promise<T>): Promise<T> {
  const trading = await openTrading(options);
  try {
    return await work(await takeUp(trading.ports, trading.terms));
  } finally {
    await trading.close();
  }
}

function said(document: Json, lines: readonly string[]): OperatorResult {
  return { document, lines };
}
