"""The job in backtesting.py: orders fill at the next open; `run` always computes its statistics."""

import warnings

import backtesting
from backtesting import Backtest, Strategy
from job import CASH, FEE, MARGIN, SHARES, answer, read_job

warnings.filterwarnings("ignore")


def mean(values, window):
    return values.s.rolling(window).mean()


class Cross(Strategy):
    fast = 20
    slow = 100

    def init(self):
        self.quick = self.I(mean, self.data.Close, self.fast)
        self.lazy = self.I(mean, self.data.Close, self.slow)

    def next(self):
        if self.quick[-1] - self.lazy[-1] > MARGIN:
            if not self.position:
                self.buy(size=SHARES)
        elif self.position:
            self.position.close()


job = read_job()
backtest = Backtest(
    job.frame, Cross, cash=CASH, commission=FEE, trade_on_close=False, finalize_trades=False
)


def work():
    return [backtest.run(fast=fast, slow=slow) for fast, slow in job.pairs]


def read(results):
    runs = []
    for stats in results:
        fills = []
        for trade in stats["_trades"].itertuples():
            fills.append([int(trade.EntryBar), int(trade.Size), float(trade.EntryPrice)])
            fills.append([int(trade.ExitBar), -int(trade.Size), float(trade.ExitPrice)])
        for trade in stats["_strategy"].trades:
            fills.append([int(trade.entry_bar), int(trade.size), float(trade.entry_price)])
        runs.append((sorted(fills), float(stats["Equity Final [$]"])))
    return runs


answer("backtesting.py", backtesting.__version__, work, read)
