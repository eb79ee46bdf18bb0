"""The job in vectorbt: arrays of entries and exits, shifted by one bar to fill at the next open."""

import pandas as pd
import vectorbt as vbt
from job import CASH, FEE, MARGIN, SHARES, answer, read_job

job = read_job()
close = job.frame["Close"]
opens = job.frame["Open"]


def work():
    windows = sorted({window for pair in job.pairs for window in pair})
    means = {window: close.rolling(window).mean() for window in windows}
    above = pd.concat(
        [
            (means[fast] - means[slow] > MARGIN).shift(1, fill_value=False)
            for fast, slow in job.pairs
        ],
        axis=1,
        keys=[f"{fast}/{slow}" for fast, slow in job.pairs],
    )
    portfolio = vbt.Portfolio.from_signals(
        close,
        entries=above,
        exits=~above,
        price=opens,
        size=SHARES,
        size_type="amount",
        fees=FEE,
        init_cash=CASH,
        freq="1D",
    )
    statistics = [
        portfolio.total_return(),
        portfolio.max_drawdown(),
        portfolio.sharpe_ratio(),
        portfolio.sortino_ratio(),
    ]
    return portfolio, statistics


def read(result):
    portfolio, _ = result
    records = portfolio.orders.values
    final = portfolio.value().iloc[-1].to_list()
    runs = [([], equity) for equity in final]
    for order in records:
        sign = 1 if order["side"] == 0 else -1
        runs[order["col"]][0].append(
            [int(order["idx"]), sign * int(order["size"]), float(order["price"])]
        )
    return runs


answer("vectorbt", vbt.__version__, work, read)
