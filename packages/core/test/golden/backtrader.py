"""Goldens from another backtester (backtrader) and another library of figures (empyrical), without any of our code.

    pip install -r requirements.txt
    python backtrader.py > backtrader.json

Two strategies on the candles of examples/data, both with 10,000 cash and 0.1 % commission:

- sma-cross: at each close, long while the mean of the last 10 closes is above that of the last 50, else flat; first
  compared when 50 closes are there; equality keeps the state. Means are compared as whole cents, so equality is exact.
  0.95 x equity / close is bought at the next open, 5 bp slippage.
- brackets: while flat, at each close, a buy limit 1 % below it for half of the equity, good for the UTC day. From its
  fill: a stop 3 % below and a limit 4 % above the fill price (of daily candles 6 and 12 %); one cancels the other. Stops slip
  by 5 bp, limits never.
  Where a candle touches both, the stop comes first. None of these candles opens above the limit and falls to the stop:
  the engines would differ there (backtrader tries orders in their sequence), and the script would end with an error.

What backtrader has to be told:

- The candles' times are their closes. A day order is valid to the end of the UTC day in which it was sent; one sent at
  midnight belongs to the new day.
- slip_out: a slipped price may lie outside of the candle. `LimitsNeverSlip`: backtrader also slips limit orders.
- checksubmit off: an order is not refused for cash that it would need at the close's price.
- Nothing is decided at the last candle.

A fill is [time of the candle's open, side, quantity, price, commission]. Sums are over all fills in double precision.
"""
import sys

# This file would hide the package of the same name.
sys.path.pop(0)

import csv  # noqa: E402
import datetime  # noqa: E402
import importlib.metadata  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import pathlib  # noqa: E402

import backtrader as bt  # noqa: E402
import empyrical  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

DATA = pathlib.Path(__file__).resolve().parents[4] / 'examples' / 'data'
CASH = 10_000.0
DAY = datetime.timedelta(days=1)


class LimitsNeverSlip(bt.brokers.BackBroker):
    def _slip_up(self, pmax, price, doslip=True, lim=False):
        return price if lim else super()._slip_up(pmax, price, doslip, lim)

    def _slip_down(self, pmin, price, doslip=True, lim=False):
        return price if lim else super()._slip_down(pmin, price, doslip, lim)


class Recording(bt.Strategy):
    params = {'times': None}

    def __init__(self):
        self.fills = []
        self.expired = 0
        self.equity = []

    def notify_order(self, order):
        if order.status == order.Completed:
            done = order.executed
            side = 'buy' if order.isbuy() else 'sell'
            self.fills.append([self.p.times[len(self) - 1], side, abs(done.size), done.price, done.comm])
        elif order.status == order.Expired:
            self.expired += 1
        elif order.status in (order.Margin, order.Rejected):
            raise RuntimeError('an order was refused')
        self.on_order(order)

    def next(self):
        self.equity.append(self.broker.getvalue())
        if len(self) < len(self.p.times):
            self.decide()

    def on_order(self, order):
        pass


class SmaCross(Recording):
    fast, slow = 10, 50

    def __init__(self):
        super().__init__()
        self.cents = []
        self.is_long = False

    def decide(self):
        close = self.data.close[0]
        self.cents.append(round(close * 100))
        if len(self.cents) < self.slow:
            return
        fast = sum(self.cents[-self.fast :]) * self.slow
        slow = sum(self.cents[-self.slow :]) * self.fast
        if fast > slow and not self.is_long:
            self.is_long = True
            self.buy(size=0.95 * self.broker.getvalue() / close)
        elif fast < slow and self.is_long:
            self.is_long = False
            self.sell(size=self.position.size)


class Brackets(Recording):
    params = {'stop': None, 'limit': None}

    def __init__(self):
        super().__init__()
        self.entry = None
        self.exits = ()
        self.both = 0

    def decide(self):
        if self.entry is not None or self.position.size != 0:
            return
        close = self.data.close[0]
        now = self.data.datetime.datetime(0)
        end = datetime.datetime(now.year, now.month, now.day) + DAY
        size = 0.5 * self.broker.getvalue() / close
        self.entry = self.buy(exectype=bt.Order.Limit, price=close * 0.99, size=size, valid=end)

    def on_order(self, order):
        # backtrader hands out copies: only `ref` tells which order it is.
        if self.entry is not None and order.ref == self.entry.ref:
            if order.status not in (order.Completed, order.Expired):
                return
            self.entry = None
            if order.status == order.Expired:
                return
            price, size = order.executed.price, order.executed.size
            # The stop is sent first, so it is tried first.
            stop = self.sell(exectype=bt.Order.Stop, price=price * (1 - self.p.stop), size=size)
            limit = self.sell(exectype=bt.Order.Limit, price=price * (1 + self.p.limit), size=size, oco=stop)
            self.exits = (stop, limit)
        elif self.exits and order.ref == self.exits[0].ref and order.status == order.Completed:
            limit = self.exits[1].created.price
            if self.data.high[0] >= limit:
                self.both += 1
            if self.data.open[0] >= limit:
                raise RuntimeError(f'{self.p.times[len(self) - 1]}: the engines define this candle differently')


def read(file):
    with open(DATA / file, newline='') as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        for name in ('open', 'high', 'low', 'close'):
            # Whole cents, or the comparison of the means would not be exact.
            assert abs(float(row[name]) * 100 - round(float(row[name]) * 100)) < 1e-6, row
    return rows


def figures(equity, steps_per_year):
    """Undefined parts do not occur here. empyrical's drawdown is negative."""
    returns = pd.Series(equity).pct_change().dropna()
    drawdown = empyrical.max_drawdown(returns)
    by_hand = np.max(1 - np.array(equity) / np.maximum.accumulate(equity))
    assert math.isclose(-drawdown, by_hand, rel_tol=1e-12)
    return {
        'sharpe': empyrical.sharpe_ratio(returns, annualization=steps_per_year),
        'sortino': empyrical.sortino_ratio(returns, annualization=steps_per_year),
        'calmar': empyrical.calmar_ratio(returns, annualization=steps_per_year),
        'maxDrawdown': -drawdown,
    }


def run(file, strategy, interval, steps_per_year, **parameters):
    rows = read(file)
    times = [row['time'] for row in rows]
    opens = pd.to_datetime(times, utc=True).tz_localize(None)
    prices = {name: [float(row[name]) for row in rows] for name in ('open', 'high', 'low', 'close')}
    candles = pd.DataFrame(prices, index=opens + interval)
    cerebro = bt.Cerebro(stdstats=False)
    broker = LimitsNeverSlip()
    broker.setcash(CASH)
    broker.setcommission(commission=0.001)
    broker.set_slippage_perc(0.0005, slip_open=True, slip_match=True, slip_out=True)
    broker.set_checksubmit(False)
    cerebro.setbroker(broker)
    cerebro.adddata(bt.feeds.PandasData(dataname=candles))
    cerebro.addstrategy(strategy, times=times, **parameters)
    done = cerebro.run()[0]
    fills, equity = done.fills, done.equity
    kept = fills if len(fills) <= 80 else fills[:40] + fills[-40:]
    return {
        'file': file,
        'strategy': {'SmaCross': 'sma-cross', 'Brackets': 'brackets'}[strategy.__name__],
        **parameters,
        'stepsPerYear': steps_per_year,
        'steps': len(equity) - 1,
        'fillCount': len(fills),
        'expired': done.expired,
        'bothTouched': getattr(done, 'both', 0),
        'sums': {
            'quantity': math.fsum(fill[2] for fill in fills),
            'price': math.fsum(fill[3] for fill in fills),
            'commission': math.fsum(fill[4] for fill in fills),
            'equity': math.fsum(equity),
        },
        'finalEquity': equity[-1],
        **figures(equity, steps_per_year),
        'fills': kept,
    }


def main():
    hour, day = datetime.timedelta(hours=1), DAY
    golden = {
        'versions': {
            name: importlib.metadata.version(name) for name in ('backtrader', 'empyrical-reloaded', 'numpy', 'pandas')
        },
        'cases': [
            run('btc-usd-1h.csv', SmaCross, hour, 365 * 24),
            run('btc-usd-1d.csv', SmaCross, day, 365),
            run('btc-usd-1h.csv', Brackets, hour, 365 * 24, stop=0.03, limit=0.04),
            run('btc-usd-1d.csv', Brackets, day, 365, stop=0.06, limit=0.12),
        ],
    }
    # One fill a line.
    text = json.dumps(golden, indent=1)
    for case in golden['cases']:
        for fill in case['fills']:
            text = text.replace(json.dumps(fill, indent=1).replace('\n', '\n    '), json.dumps(fill))
    print(text)


main()
