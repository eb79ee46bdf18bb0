/** What spoils the healthy evidence for each lint, and what takes its evidence away. */
import type { Evidence } from "../../../src/research/doctor/evidence.ts";
import { healthy, instrument, SESSIONS, stage, timesMs } from "./evidence.ts";

export type Plant = {
  readonly lint: string;
  readonly title: string;
  readonly over: (healthy: Evidence) => Partial<Evidence>;
  readonly says: RegExp;
  readonly observed?: number;
};

const plant = (
  lint: string,
  title: string,
  over: Plant["over"],
  [says, observed]: readonly [RegExp, number?],
): Plant => ({ lint, title, over, says, ...(observed === undefined ? {} : { observed }) });

export const withMandate =
  (over: object): Plant["over"] =>
  (h) => ({
    mandate: { ...(h.mandate as NonNullable<Evidence["mandate"]>), ...over },
  });
export const warmUp =
  (over: object): Plant["over"] =>
  (h) =>
    withMandate({ warmUp: { ...h.mandate?.warmUp, ...over } })(h);
const navOf =
  (change: (nav: Float64Array) => void): Plant["over"] =>
  (h) => {
    const navMinor = h.navMinor.slice();
    change(navMinor);
    return { navMinor };
  };
export const volumes =
  (volume: Float64Array | null): Plant["over"] =>
  (h) => ({
    instruments: [h.instruments[0], instrument("BBB", { volume })],
  });
/** All but the last `kept` fills, and the orders that brought them. */
export const fewer =
  (kept: number): Plant["over"] =>
  ({ fills, orders }) => {
    const cut = <T extends Float64Array | Uint8Array>(column: T): T =>
      column.subarray(column.length - kept) as T;
    const rows = {
      session: cut(orders.session),
      instrument: cut(orders.instrument),
      lots: cut(orders.lots),
    };
    return {
      orders: rows,
      fills: {
        ...rows,
        ordered: cut(fills.ordered),
        notionalMinor: cut(fills.notionalMinor),
        feeMinor: cut(fills.feeMinor),
        tradedMinor: cut(fills.tradedMinor),
      },
    };
  };
export const held = (session: number, lots: number): Evidence["positions"] => ({
  session: Float64Array.of(session),
  instrument: Float64Array.of(0),
  lots: Float64Array.of(lots),
});
export const MARGINED = [instrument("AAA", { marginMinor: 1_000_000 }), instrument("BBB")];
const weekend = timesMs[100] + 1;

export const PLANTS: readonly Plant[] = [
  plant(
    "inert_stage",
    "a gate that did not judge all that reached it",
    () => ({
      stages: [
        stage({
          name: "heat",
          kind: "gate",
          inert_reason: "evaluated at 3 of the 10 that reached it",
        }),
      ],
    }),
    [/gate heat: evaluated at 3 of the 10/],
  ),
  plant(
    "inert_stage",
    "a stage without inputs",
    () => ({ stages: [stage({ name: "overlay", effective: false })] }),
    [/stage overlay: its inputs were never there/],
  ),
  plant(
    "inert_stage",
    "a stage that changed nothing",
    () => ({ stages: [stage({ name: "policy", bound: 0 }), stage({ name: "netting", bound: 0 })] }),
    [/never changed anything: policy; never bound, which is no finding: stage netting$/, 1],
  ),
  plant(
    "look_ahead",
    "an answer that differs",
    () => ({
      failure: { invariant: 20, message: "strategy x on AAA at 2015-02-03: column a looks ahead" },
    }),
    [/column a looks ahead/],
  ),
  plant(
    "warm_up_dependence",
    "two answers in a hundred differ",
    warmUp({ differing: 20, totalDifference: 10 }),
    [
      /^20 of 1,000 answers of cross \(2\.0 %\) differ .* by 0\.50 on average and 0\.90 at most \(cross on AAA, 2016-02-29\)$/,
      0.02,
    ],
  ),
  plant("same_close", "fills at the close that decided", () => ({ sameClose: true }), [
    /cannot be promoted/,
  ]),
  plant(
    "stale_fills",
    "a fill on a day without a bar",
    ({ fills }) => ({
      fills: { ...fills, session: Float64Array.from(fills.session, (s, n) => (n === 3 ? 100 : s)) },
      sessionsMs: timesMs.map((ms, s) => (s === 100 ? weekend : ms)),
    }),
    [
      /^of 74 fills 2 came in a session without a bar and 0 in a bar without trade \(first BBB 2015-05-25\)/,
      2,
    ],
  ),
  plant(
    "stale_fills",
    "a fill in a bar in which nothing was traded",
    volumes(new Float64Array(SESSIONS).fill(1_000_000).fill(0, 20, 21)),
    [/0 came in .* and 1 in a bar without trade \(first BBB 2015-02-02\)/, 1],
  ),
  plant(
    "stale_fills",
    "positions marked at an earlier close",
    () => ({
      positions: held(100, 5),
      sessionsMs: timesMs.map((ms, s) => (s === 100 ? weekend : ms)),
      fills: fewer(64)(healthy()).fills as Evidence["fills"],
    }),
    [/^1 of 1 position at a close \(100\.0 %\) marked at an earlier one$/, 1],
  ),
  plant("zero_trades", "no fill", fewer(0), [/^no fill from 750 forecasts$/, 0]),
  plant(
    "zero_trades",
    "legs of rolls alone",
    ({ fills }) => ({ fills: { ...fills, ordered: fills.ordered.map(() => 0) } }),
    [/^no fill from/, 0],
  ),
  plant("too_few_observations", "29 fills", fewer(29), [/^29 fills of orders on 750 days/, 29]),
  plant(
    "too_few_observations",
    "251 days",
    () => ({ evaluationStart: SESSIONS - 251, ...manyFills() }),
    [/on 251 days of the evaluation window/, 251],
  ),
  plant(
    "too_many_parameters",
    "74 fills for 8 parameters",
    withMandate({
      strategies: [
        { name: "a", parameters: 5 },
        { name: "b", parameters: 3 },
      ],
    }),
    [/^8 parameters \(a 5, b 3\) against 74 fills and 750 days: 9\.3 each$/, 74 / 8],
  ),
  plant(
    "costs_above_edge",
    "costs of two thirds of the profit before them",
    (h) => ({
      costsMinor: 2 * (h.navMinor[SESSIONS - 1] - h.depositMinor),
    }),
    [/ are 66\.7 % of the /, 2 / 3],
  ),
  plant(
    "costs_above_edge",
    "a loss before costs",
    navOf((nav) => nav.fill(90_000_000, SESSIONS - 1)),
    [/^before costs of 1,000 USD the result is -99,000 USD: there is no edge/],
  ),
  plant(
    "turnover",
    "the book replaced more than once a week",
    ({ fills }) => ({
      fills: { ...fills, tradedMinor: fills.tradedMinor.map((minor) => minor * 5000) },
    }),
    [/times the mean net asset value a year; costs take 0\.03 % of it a year/],
  ),
  plant(
    "capacity",
    "orders of a tenth of the volume",
    volumes(new Float64Array(SESSIONS).fill(1000)),
    [
      /^largest order 10\.00 % of the mean daily volume \(BBB\), 95th percentile 10\.00 % of 74 orders$/,
      0.1,
    ],
  ),
  plant(
    "capacity",
    "one order of half the volume",
    ({ orders }) => ({
      orders: { ...orders, lots: orders.lots.map((lots, n) => (n === 7 ? 500_000 : lots)) },
    }),
    [/^largest order 50\.00 % .* 95th percentile 0\.01 %/, 0.5],
  ),
  plant(
    "one_instrument",
    "one made all, the other lost",
    ({ fills }) => ({
      fills: {
        ...fills,
        feeMinor: fills.feeMinor.map((fee, n) => (fills.instrument[n] === 1 ? 20_000 : fee)),
      },
    }),
    [
      /^AAA made [\d,]+ of [\d,]+ USD \(1\d\d\.\d %\) among 2 traded; without it -[\d,]+; after financing the result is [\d,]+$/,
    ],
  ),
  plant(
    "one_instrument",
    "a dividend that made the result",
    () => ({ income: [{ instrument: 1, amountMinor: 9_000_000 }] }),
    [/^BBB made /],
  ),
  plant(
    "one_month",
    "a month that made all of it",
    navOf((nav) => nav.fill(100_000_000).fill(150_000_000, 400)),
    [
      /^2016-07 made 50\.0 % of 50\.0 % over 35 months \(100\.0 % of the log growth\); without it 0\.0 %$/,
      1,
    ],
  ),
  plant("volatility_off_target", "a target twice as high", () => ({ targetVolatility: 0.2 }), [
    /against a target of 20\.00 %: -\d\d\.\d % of it$/,
  ]),
  plant(
    "equity_below_zero",
    "a close at zero",
    navOf((nav) => nav.fill(-5, 700)),
    [/^net asset value was -0\.05 USD on 2017-09-11$/, -0.05],
  ),
  plant(
    "margin_breach",
    "margin above all that is owned",
    () => ({ instruments: MARGINED, positions: held(5, -150) }),
    [/above all of it at 1 close/],
  ),
  plant(
    "margin_breach",
    "margin when everything is lost",
    ({ navMinor }) => ({
      instruments: MARGINED,
      positions: held(705, 1),
      navMinor: navMinor.map((nav, s) => (s >= 700 ? -5 : nav)),
      cashMinor: navMinor.map((nav, s) => (s >= 700 ? -5 : nav)),
    }),
    [
      /^initial margin was needed at 1 close, each with a net asset value at or below zero; cash in debit by more than 1 % of net asset value on 6\.7 % of the sessions/,
    ],
  ),
  plant(
    "margin_breach",
    "margin above its limit",
    (h) => ({
      instruments: MARGINED,
      positions: held(5, 20),
      ...withMandate({ marginLimit: 0.1 })(h),
    }),
    [
      /^initial margin up to \d\d\.\d % of net asset value \(2015-01-12\), above the limit of 10\.0 % at 1 close; /,
    ],
  ),
  plant(
    "margin_breach",
    "a standing debit",
    ({ navMinor }) => ({ cashMinor: navMinor.map((nav) => -nav / 2) }),
    [
      /cash in debit by more than 1 % of net asset value on 100\.0 % of the sessions, up to 50\.0 %$/,
      1,
    ],
  ),
];

export function manyFills(): Partial<Evidence> {
  const { fills } = healthy();
  return { fills: { ...fills, session: fills.session.map((_, n) => SESSIONS - 100 + n) } };
}

const NO_VOLUME = volumes(null);
/** What is taken away, and what the lint then says is missing. */
export const MISSING: readonly Plant[] = [
  plant("inert_stage", "no stage recorded", () => ({ stages: [] }), [/no enabled stage or gate/]),
  plant(
    "look_ahead",
    "an earlier check failed",
    () => ({ failure: { invariant: 11, message: "off" }, answersAsked: null }),
    [/failed an earlier check/],
  ),
  plant("look_ahead", "nothing to ask", () => ({ answersAsked: 0, forecasts: 0 }), [
    /^0 forecasts: there was no answer/,
  ]),
  plant("warm_up_dependence", "no mandate", () => ({ mandate: null }), [/not at hand/]),
  plant("warm_up_dependence", "a run that failed", withMandate({ warmUp: null }), [
    /the run failed a check/,
  ]),
  plant("warm_up_dependence", "a short history", warmUp({ asked: 0, differing: 0, worst: null }), [
    /too short to start later: cross/,
  ]),
  plant("stale_fills", "no fill", fewer(0), [/no fill/]),
  plant("stale_fills", "no volume", NO_VOLUME, [/no volume of BBB; 0 of 74 positions/]),
  plant("too_many_parameters", "no mandate", () => ({ mandate: null }), [/not at hand/]),
  plant("costs_above_edge", "nothing traded", fewer(0), [/nothing was traded/]),
  plant("costs_above_edge", "nothing charged", () => ({ costsMinor: 0 }), [
    /what trading costs is not known/,
  ]),
  plant(
    "turnover",
    "a ruin",
    navOf((nav) => nav.fill(0, 700)),
    [/zero or below/],
  ),
  plant("turnover", "one session", () => ({ evaluationStart: SESSIONS - 1 }), [/one session/]),
  plant("capacity", "no volume", NO_VOLUME, [/no volume before some of 74 orders: BBB 37$/]),
  plant("capacity", "no order", fewer(0), [/there was no order/]),
  plant(
    "one_instrument",
    "no rate",
    (h) => ({
      instruments: [
        h.instruments[0],
        instrument("BBB", { rate: new Float64Array(SESSIONS).fill(Number.NaN) }),
      ],
    }),
    [/no rate at the end of the run for BBB/],
  ),
  plant("one_instrument", "nothing traded", fewer(0), [/nothing was traded/]),
  plant(
    "one_month",
    "a ruin",
    navOf((nav) => nav.fill(0, 700)),
    [/growth has no meaning/],
  ),
  plant("one_month", "a month", () => ({ evaluationStart: SESSIONS - 3 }), [/one month/]),
  plant(
    "one_month",
    "no change",
    navOf((nav) => nav.fill(100_000_000)),
    [/ended where it began/],
  ),
  plant("volatility_off_target", "no target", () => ({ targetVolatility: null }), [
    /no volatility was aimed at/,
  ]),
  plant("volatility_off_target", "no mandate", () => ({ mandate: null }), [/not at hand/]),
  plant(
    "volatility_off_target",
    "a ruin",
    navOf((nav) => nav.fill(0, 700)),
    [/no meaning/],
  ),
  plant("volatility_off_target", "two days", () => ({ evaluationStart: SESSIONS - 2 }), [/2 days/]),
  plant("margin_breach", "no mandate", () => ({ mandate: null }), [/not at hand/]),
];
