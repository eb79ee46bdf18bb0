/**
 * What a manifest says of instruments, corporate actions and reference series: domain values to
 * JSON in snake_case and back. Pure; refuses nothing, because text that comes back was hashed.
 *
 * What an instrument or a pack does not have (a sector, references) is left out, not written as
 * null: content that has none of it keeps the name it had before there was any.
 */
import { invariant } from "../../base/assert.ts";
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { AssetClass, Instrument } from "../../domain/instrument.ts";
import type { PackKind, ReferenceSeries } from "../../domain/pack.ts";

type ColumnJson = { readonly name: string; readonly sha256: string };

export type ManifestJson = {
  readonly format: string;
  readonly kind: PackKind;
  readonly rights: readonly string[];
  readonly actions: readonly ActionJson[];
  readonly series: readonly {
    readonly instrument: InstrumentJson;
    readonly rows: number;
    readonly columns: readonly ColumnJson[];
  }[];
  /** Absent: none. */
  readonly references?: readonly {
    readonly reference: ReferenceJson;
    readonly rows: number;
    readonly columns: readonly ColumnJson[];
  }[];
};

type ActionJson =
  | {
      readonly kind: "split";
      readonly instrument: string;
      readonly ex_date: string;
      readonly ratio: number;
    }
  | {
      readonly kind: "dividend";
      readonly instrument: string;
      readonly ex_date: string;
      readonly pay_date: string;
      readonly amount_per_unit: number;
    };

export function actionJson(action: CorporateAction): ActionJson {
  const { instrument } = action;
  const ex_date = formatDate(action.exDateMs);
  if (action.kind === "split") return { kind: "split", instrument, ex_date, ratio: action.ratio };
  const pay_date = formatDate(action.payDateMs);
  return { kind: "dividend", instrument, ex_date, pay_date, amount_per_unit: action.amountPerUnit };
}

export function actionFrom(json: ActionJson): CorporateAction {
  const exDateMs = instantOf(json.ex_date);
  const { instrument } = json;
  if (json.kind === "split") return { kind: "split", instrument, exDateMs, ratio: json.ratio };
  const payDateMs = instantOf(json.pay_date);
  return { kind: "dividend", instrument, exDateMs, payDateMs, amountPerUnit: json.amount_per_unit };
}

function instantOf(date: string): number {
  const ms = parseIsoDate(date);
  invariant(ms !== null, 9, () => `a hashed manifest holds the date ${date}`);
  return ms;
}

type InstrumentJson = {
  readonly id: string;
  readonly asset_class: AssetClass;
  readonly currency: string;
  readonly currency_digits: number;
  readonly lot: number;
  readonly tick: number | null;
  readonly multiplier: number;
  readonly allow_nonpositive: boolean;
  readonly sector?: string;
  readonly calendar?: string;
  readonly initial_margin?: number;
};

export function instrumentJson(instrument: Instrument): InstrumentJson {
  const { sector, calendar, initialMargin } = instrument;
  return {
    id: instrument.id,
    asset_class: instrument.assetClass,
    currency: instrument.currency,
    currency_digits: instrument.currencyDigits,
    lot: instrument.lot,
    tick: instrument.tick,
    multiplier: instrument.multiplier,
    allow_nonpositive: instrument.allowNonpositive,
    ...(sector === null ? {} : { sector }),
    ...(calendar === null ? {} : { calendar }),
    ...(initialMargin === null ? {} : { initial_margin: initialMargin }),
  };
}

export function instrumentFrom(json: InstrumentJson): Instrument {
  return {
    id: json.id,
    assetClass: json.asset_class,
    currency: json.currency,
    currencyDigits: json.currency_digits,
    lot: json.lot,
    tick: json.tick,
    multiplier: json.multiplier,
    allowNonpositive: json.allow_nonpositive,
    sector: json.sector ?? null,
    calendar: json.calendar ?? null,
    initialMargin: json.initial_margin ?? null,
  };
}

type FxJson = {
  readonly id: string;
  readonly kind: "fx";
  readonly currency: string;
  readonly quote: string;
};
type ReferenceJson = FxJson | { readonly id: string; readonly kind: "volatility_index" };

export function referenceJson(reference: ReferenceSeries): ReferenceJson {
  const { id } = reference;
  if (reference.kind === "volatility_index") return { id, kind: reference.kind };
  return { id, kind: reference.kind, currency: reference.currency, quote: reference.quote };
}

export function referenceFrom(
  json: ReferenceJson,
  columns: Pick<ReferenceSeries, "timesMs" | "values">,
): ReferenceSeries {
  return { ...json, ...columns };
}
