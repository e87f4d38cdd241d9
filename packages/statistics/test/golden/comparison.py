"""Comparisons of samples by other software, and by other ways to compute them, without any code of packages/statistics.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 arch==8.0.0 pysdtest==0.0.21
    python comparison.py > comparison.json

- Welch, Brunner-Munzel: scipy. Holm: statsmodels. Which contenders are better: arch's StepM. Dominance: PySDTest.
- Errors of the correlation, the variance ratio and the expected shortfall: the infinitesimal jackknife, by numerical derivatives of the
  weighted figure with respect to each episode's weight.
- Tango's interval: the likelihood of the constrained trinomial, maximised numerically.
- Romano-Wolf, and dominance of paired and antithetic samples: plain resampling in numpy, 100,000 times.
"""
import json

import numpy as np
from arch.bootstrap import StepM
from pysdtest.pysdtest import test_sd
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20260301)
REPLICATIONS = 100_000


def samples(n=60):
    common = rng.standard_t(5, n)
    a = np.round(common + 0.4 * rng.standard_normal(n), 1)
    b = np.round(0.9 * common + 0.2 + 0.4 * rng.standard_normal(n), 1)
    return a, b


def numerical_influence(figure, n):
    """Derivative of figure(weights) when the weight of one episode grows, at equal weights that are kept at sum 1."""
    influence, step = np.empty(n), 1e-5
    for i in range(n):
        ends = []
        for sign in (1, -1):
            weights = np.full(n, (1 - sign * step) / n)
            weights[i] += sign * step
            ends.append(figure(weights))
        influence[i] = (ends[0] - ends[1]) / (2 * step)
    return influence


def half_width(influence, antithetic):
    """Student's t with the degrees of freedom of Satterthwaite 1946."""
    if antithetic:
        influence = influence.reshape(-1, 2).mean(axis=1)
    n = len(influence)
    freedom = min(n - 1, 2 * n / (stats.kurtosis(influence, fisher=False) - 1))
    return float(stats.t.ppf(0.975, freedom) * influence.std(ddof=1) / np.sqrt(n))


def interval(value, half, transform=lambda x: x):
    return [float(transform(value - half)), float(transform(value + half))]


def moments(w, a, b):
    a, b = a - w @ a, b - w @ b
    return w @ (a * a), w @ (b * b), w @ (a * b)


def fisher(w, a, b):
    aa, bb, ab = moments(w, a, b)
    return np.arctanh(ab / np.sqrt(aa * bb))


def log_ratio(w, a, b):
    aa, bb, ab = moments(w, a, b)
    return np.log((aa + bb) / (aa + bb - 2 * ab))


def paired(a, b, antithetic):
    n = len(a)
    groups = n // 2 if antithetic else n
    even = np.full(n, 1 / n)
    z = fisher(even, a, b)
    out = {"correlation": [float(np.corrcoef(a, b)[0, 1]), *interval(z, half_width(numerical_influence(lambda w: fisher(w, a, b), n), antithetic), np.tanh)]}
    # Of antithetic episodes the variances are those of pairs.
    pa, pb = (x.reshape(-1, 2).mean(axis=1) if antithetic else x for x in (a, b))
    ratio = log_ratio(np.full(groups, 1 / groups), pa, pb)
    influence = numerical_influence(lambda w: log_ratio(w, pa, pb), groups)
    out["varianceRatio"] = [float(np.exp(ratio)), *interval(ratio, half_width(influence, False), np.exp)]
    d = (pb - pa).astype(float)
    skewness = stats.skew(d) / np.sqrt(groups)
    statistic = d.mean() / (d.std(ddof=1) / np.sqrt(groups))
    straight = statistic + skewness * statistic**2 / 3 + skewness**2 * statistic**3 / 27 + skewness / 6
    freedom = min(groups - 1, 2 * groups / (stats.kurtosis(d, fisher=False) - 1))
    out["pValue"] = float(2 * stats.t.sf(abs(straight), freedom))
    return out


def independent(a, b):
    welch = stats.ttest_ind(b, a, equal_var=False)
    bounds = welch.confidence_interval()
    p = float(np.mean((b[:, None] > a[None, :]) + 0.5 * (b[:, None] == a[None, :])))
    statistic = stats.brunnermunzel(a, b).statistic
    deviation = (p - 0.5) / statistic
    # Satterthwaite's degrees of freedom from all pairs of values.
    wins = (b[:, None] > a[None, :]) + 0.5 * (b[:, None] == a[None, :])
    parts = [wins.mean(axis=axis).var(ddof=1) / n for axis, n in ((1, len(b)), (0, len(a)))]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(b) - 1) + parts[1] ** 2 / (len(a) - 1))
    half = stats.t.ppf(0.975, freedom) * deviation / (p * (1 - p))
    logit = np.log(p / (1 - p))
    return {
        "welch": [float(b.mean() - a.mean()), float(bounds.low), float(bounds.high), float(welch.pvalue)],
        "improvement": [p, *interval(logit, half, lambda x: 1 / (1 + np.exp(-x)))],
    }


def tango(better, worse, n, tail=0.05):
    z = stats.norm.isf(tail / 2)

    def score(difference):
        def unlikely(worse_share):
            shares = np.array([worse_share + difference, worse_share, 1 - 2 * worse_share - difference])
            counts = np.array([better, worse, n - better - worse])
            return -np.sum(counts[counts > 0] * np.log(np.maximum(shares[counts > 0], 1e-300)))

        low, high = max(0.0, -difference), (1 - difference) / 2
        best = optimize.minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
        return (better - worse - n * difference) / np.sqrt(n * (2 * best + difference - difference**2))

    estimate = (better - worse) / n
    low = optimize.brentq(lambda d: score(d) - z, -1 + 1e-9, estimate - 1e-12) if estimate > -1 else -1.0
    high = optimize.brentq(lambda d: score(d) + z, estimate + 1e-12, 1 - 1e-9) if estimate < 1 else 1.0
    return {"better": better, "worse": worse, "n": n, "interval": [low, high]}


def holm():
    p = [0.04, 0.001, 0.3, 0.02, 0.02, 0.9, 0.0004]
    return {"pValues": p, "adjusted": multipletests(p, method="holm")[1].tolist()}


def stepdown(series, two_sided, antithetic):
    """Romano and Wolf 2016, algorithm 4.1, with studentised means."""
    x = series.reshape(len(series), -1, 2).mean(axis=2) if antithetic else series
    m, n = x.shape
    error = x.std(axis=1, ddof=1) / np.sqrt(n)
    fold = np.abs if two_sided else (lambda t: t)
    observed = fold(x.mean(axis=1) / error)
    resampled = np.empty((REPLICATIONS, m))
    for r in range(REPLICATIONS):
        drawn = x[:, rng.integers(0, n, n)]
        resampled[r] = fold((drawn.mean(axis=1) - x.mean(axis=1)) / (drawn.std(axis=1, ddof=1) / np.sqrt(n)))
    order, adjusted, largest = np.argsort(-observed), np.empty(m), 0.0
    for rank, k in enumerate(order):
        maxima = resampled[:, order[rank:]].max(axis=1)
        largest = max(largest, (np.sum(maxima >= observed[k]) + 1) / (REPLICATIONS + 1))
        adjusted[k] = largest
    return {"pValues": adjusted.tolist(), "criticalValue": float(np.quantile(resampled.max(axis=1), 0.95))}


def contenders():
    n = 80
    common = rng.standard_normal(n)
    means = np.array([0.45, 0.28, 0.2, 0.0, 0.0, -0.1, 0.0, 0.33])
    series = np.round(means[:, None] + 0.5 * common + 0.8 * rng.standard_normal((8, n)), 3)
    losses = StepM(np.zeros(n), -series.T, size=0.05, block_size=1, reps=20_000, bootstrap="circular", seed=1)
    losses.compute()
    return {
        "differences": series.tolist(),
        "stepM": [int(k) for k in losses.superior_models],
        "greater": stepdown(series, False, False),
        "twoSided": stepdown(series, True, False),
        "antithetic": stepdown(series, False, True),
    }


def dominance(a, b, order, antithetic=False):
    """Largest excesses over all values that occur, and p-values of recentred multiplier resampling of episodes, or of pairs."""
    points = np.unique(np.concatenate([a, b]))
    area = lambda x: (np.maximum(points[None, :] - x[:, None], 0) if order == 2 else (x[:, None] <= points[None, :]).astype(float))
    by_episode = area(a) - area(b)
    if antithetic:
        by_episode = by_episode.reshape(-1, 2, len(points)).mean(axis=1)
    n = len(by_episode)
    difference = by_episode.mean(axis=0)
    residuals = (by_episode - difference) / np.sqrt(n * (n - 1))
    excess = [float(max(0, s * difference[np.argmax(s * difference)])) for s in (1, -1)]
    reached = np.zeros(2)
    for _ in range(REPLICATIONS // 1000):
        process = rng.standard_normal((1000, n)) @ residuals
        for k, s in enumerate((1, -1)):
            reached[k] += np.sum(np.maximum(0, (s * process).max(axis=1)) >= excess[k])
    return {"order": order, "antithetic": antithetic, "excess": excess, "pValues": (reached / REPLICATIONS).tolist()}


def pysdtest():
    n = 200
    common = rng.standard_normal(n)
    a, b = np.round(common, 1), np.round(0.8 * common + 0.8 * rng.standard_normal(n) + 0.1, 1)
    rows = []
    for resampling in ("bootstrap", "paired_bootstrap"):
        for order in (1, 2):
            for against, first, second in (("A", a, b), ("B", b, a)):
                np.random.seed(1)
                test = test_sd(first, second, ngrid=10, s=order, resampling=resampling, b1=n, b2=n, nboot=2000, quiet=True)
                # It counts the values below a point, on a grid of equal steps.
                test.grid = np.unique(np.concatenate([a, b])) + (1e-9 if order == 1 else 0)
                test.testing()
                excess = float(test.result["test_stat"] / np.sqrt(n / 2))
                rows.append({"paired": resampling != "bootstrap", "order": order, "against": against, "excess": excess, "pValue": float(test.result["p_val"])})
    return {"a": a.tolist(), "b": b.tolist(), "replications": 2000, "tests": rows}


def main():
    a, b = samples()
    print(json.dumps({
        "a": a.tolist(),
        "b": b.tolist(),
        "paired": paired(a, b, False),
        "antithetic": paired(a, b, True),
        "independent": independent(a, b[:45]),
        "tango": [tango(*case) for case in ((12, 5, 40), (5, 12, 40), (0, 0, 30), (9, 0, 25), (20, 10, 30), (300, 200, 1000), (0, 1, 50))],
        "holm": holm(),
        "contenders": contenders(),
        "dominance": [dominance(a, b, order, antithetic) for order in (1, 2) for antithetic in (False, True)],
        "pysdtest": pysdtest(),
    }, indent=1))


main()
