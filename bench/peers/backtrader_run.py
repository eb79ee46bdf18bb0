"""The job in backtrader: market orders fill at the next open; drawdown and Sharpe as analyzers."""

import backtrader as bt
from job import CASH, FEE, MARGIN, SHARES, answer, read_job

job = read_job()


class Cross(bt.Strategy):
    params = (("fast", 20), ("slow", 100))

    def __init__(self):
        self.quick = bt.indicators.SMA(self.data.close, period=self.p.fast)
        self.lazy = bt.indicators.SMA(self.data.close, period=self.p.slow)
        self.fills = []

    def notify_order(self, order):
        if order.status == order.Completed:
            executed = order.executed
            self.fills.append([len(self) - 1, int(executed.size), float(executed.price)])

    def next(self):
        if self.quick[0] - self.lazy[0] > MARGIN:
            if not self.position:
                self.buy(size=SHARES)
        elif self.position:
            self.close()


def one(fast, slow):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=job.frame))
    cerebro.addstrategy(Cross, fast=fast, slow=slow)
    cerebro.addanalyzer(bt.analyzers.DrawDown)
    cerebro.addanalyzer(bt.analyzers.SharpeRatio, timeframe=bt.TimeFrame.Days)
    cerebro.broker.setcash(CASH)
    cerebro.broker.setcommission(commission=FEE)
    [strategy] = cerebro.run()
    return strategy.fills, float(cerebro.broker.getvalue())


def work():
    return [one(fast, slow) for fast, slow in job.pairs]


answer("backtrader", bt.__version__, work, lambda results: results)
