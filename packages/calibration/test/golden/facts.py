"""Stylized facts of a series of returns, computed without any code of packages/calibration, written to facts.json.

Run `python facts.py` with numpy 1.26.4, scipy 1.17.1 and statsmodels 0.15.0.

- returns: a GARCH(1,1) series with Student-t shocks of 5 degrees of freedom and a leverage term, rounded to 1e-7.
- skewness, kurtosis: scipy.stats; autocorrelations: statsmodels; the others from their definitions, in numpy.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.tsa.stattools import acf

N = 2500
STEPS_PER_YEAR = 365


def series():
    rng = np.random.default_rng(20260102)
    shocks = rng.standard_t(5, N) * np.sqrt(3 / 5)
    variance, previous, returns = 4e-4, 0.0, []
    for z in shocks:
        variance = 4e-6 + (0.06 + (0.04 if previous < 0 else 0)) * previous**2 + 0.91 * variance
        previous = np.sqrt(variance) * z
        returns.append(previous + 5e-4)
    return np.round(np.array(returns), 7)


def hill(values):
    k = int(np.floor(0.05 * len(values)))
    largest = np.sort(values)[::-1]
    return 1 / np.mean(np.log(largest[:k] / largest[k]))


def aggregated(r, steps):
    whole = len(r) // steps * steps
    return stats.kurtosis(r[:whole].reshape(-1, steps).sum(axis=1))


def dfa(x):
    profile = np.cumsum(x - np.mean(x))
    largest = len(x) // 4
    sizes = sorted({int(np.floor(s + 0.5)) for s in 10 * (largest / 10) ** (np.arange(16) / 15)})
    fluctuations = []
    for size in sizes:
        boxes = profile[: len(profile) // size * size].reshape(-1, size)
        t = np.arange(size)
        squares = [np.mean((box - np.polyval(np.polyfit(t, box, 1), t)) ** 2) for box in boxes]
        fluctuations.append(np.sqrt(np.mean(squares)))
    return np.polyfit(np.log(sizes), np.log(fluctuations), 1)[0]


def decay(rho):
    x, y, first = [], [], 1
    while 2 * first - 1 < len(rho):
        lags = np.arange(first, 2 * first)
        x.append(np.log(lags.mean()))
        y.append(np.log(rho[lags].mean()))
        first *= 2
    return -np.polyfit(x, y, 1)[0]


def drawdowns(r):
    level = np.concatenate([[0.0], np.cumsum(r)])
    peak = np.maximum.accumulate(level)
    longest = run = 0
    for below in level < peak:
        run = run + 1 if below else 0
        longest = max(longest, run)
    return 1 - np.exp(np.min(level - peak)), longest / len(r)


def main():
    r = series()
    a = np.abs(r)
    rho, rho_abs = acf(r, nlags=100, adjusted=False, fft=False), acf(a, nlags=100, adjusted=False, fft=False)
    deepest, longest = drawdowns(r)
    facts = {
        'mean': np.mean(r) * STEPS_PER_YEAR,
        'volatility': np.std(r, ddof=1) * np.sqrt(STEPS_PER_YEAR),
        'skewness': stats.skew(r),
        'excessKurtosis': stats.kurtosis(r),
        'excessKurtosis5': aggregated(r, 5),
        'excessKurtosis20': aggregated(r, 20),
        'lowerTailIndex': hill(-r),
        'upperTailIndex': hill(r),
        'largestMovesShare': np.sum(np.sort(r**2)[-round(0.01 * len(r)) :]) / np.sum(r**2),
        'autocorrelation1': rho[1],
        'autocorrelation5': rho[5],
        'absoluteAutocorrelation1': rho_abs[1],
        'absoluteAutocorrelation5': rho_abs[5],
        'absoluteAutocorrelation20': rho_abs[20],
        'absoluteAutocorrelation100': rho_abs[100],
        'absoluteAutocorrelationDecay': decay(rho_abs),
        'leverageEffect': np.mean([np.corrcoef(r[:-lag], a[lag:])[0, 1] for lag in range(1, 11)]),
        'hurst': dfa(r),
        'hurstAbsolute': dfa(a),
        'maxDrawdown': deepest,
        'longestDrawdown': longest,
    }
    versions = {'numpy': np.__version__, 'scipy': scipy.__version__, 'statsmodels': statsmodels.__version__}
    golden = {
        'versions': versions,
        'stepsPerYear': STEPS_PER_YEAR,
        'returns': r.tolist(),
        'facts': {name: None if np.isnan(value) else float(value) for name, value in facts.items()},
        'quantiles': {str(p): float(np.quantile(r, p)) for p in (0, 0.025, 0.5, 0.975, 1)},
    }
    Path(__file__).with_suffix('.json').write_text(json.dumps(golden) + '\n')


main()
