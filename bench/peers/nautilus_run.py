"""The job in NautilusTrader: a market order sent on a bar fills at that bar's close, because the
bar has passed through its matching engine before the strategy hears of it."""

from decimal import Decimal

import nautilus_trader
from job import CASH, FEE, MARGIN, SHARES, answer, read_job
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

job = read_job()
VENUE = Venue("BENCH")
EQUITY = Equity(
    instrument_id=InstrumentId(Symbol("WALK"), VENUE),
    raw_symbol=Symbol("WALK"),
    currency=USD,
    price_precision=2,
    price_increment=Price.from_str("0.01"),
    lot_size=Quantity.from_int(1),
    ts_event=0,
    ts_init=0,
    maker_fee=Decimal(str(FEE)),
    taker_fee=Decimal(str(FEE)),
)
BAR_TYPE = BarType.from_str("WALK.BENCH-1-DAY-LAST-EXTERNAL")


class CrossConfig(StrategyConfig, frozen=True):
    fast: int
    slow: int


class Cross(Strategy):
    def __init__(self, config):
        super().__init__(config)
        self.quick = SimpleMovingAverage(config.fast)
        self.lazy = SimpleMovingAverage(config.slow)
        self.fills = []

    def on_start(self):
        self.register_indicator_for_bars(BAR_TYPE, self.quick)
        self.register_indicator_for_bars(BAR_TYPE, self.lazy)
        self.subscribe_bars(BAR_TYPE)

    def on_bar(self, bar):
        if not self.lazy.initialized:
            return
        flat = self.portfolio.is_flat(EQUITY.id)
        if self.quick.value - self.lazy.value > MARGIN:
            if flat:
                self.send(OrderSide.BUY)
        elif not flat:
            self.send(OrderSide.SELL)

    def send(self, side):
        order = self.order_factory.market(EQUITY.id, side, Quantity.from_int(SHARES))
        self.submit_order(order)

    def on_order_filled(self, event):
        lots = int(event.last_qty) if event.is_buy else -int(event.last_qty)
        self.fills.append([event.ts_event, lots, float(event.last_px)])


frame = job.frame.rename(columns=str.lower).tz_localize("UTC")
BARS = BarDataWrangler(BAR_TYPE, EQUITY).process(frame)
ROW_OF = {bar.ts_event: row for row, bar in enumerate(BARS)}


def prepared(fast, slow):
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=USD,
        starting_balances=[Money(CASH, USD)],
    )
    engine.add_instrument(EQUITY)
    engine.add_data(BARS)
    strategy = Cross(CrossConfig(fast=fast, slow=slow))
    engine.add_strategy(strategy)
    return engine, strategy


def work():
    results = []
    for fast, slow in job.pairs:
        engine, strategy = prepared(fast, slow)
        engine.run()
        account = engine.portfolio.account(VENUE)
        cash = float(account.balance_total(USD))
        held = sum(lots for _, lots, _ in strategy.fills)
        equity = cash + held * float(BARS[-1].close)
        results.append(([[ROW_OF[at], lots, price] for at, lots, price in strategy.fills], equity))
        engine.dispose()
    return results


answer("NautilusTrader", nautilus_trader.__version__, work, lambda results: results)
