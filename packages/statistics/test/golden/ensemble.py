"""Estimates of ensembles by other programs: numpy, scipy, statsmodels, arch and empyrical-reloaded.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 arch==8.0.0 empyrical-reloaded==0.7.1
    python ensemble.py > ensemble.json
"""
import json

import empyrical
import numpy as np
from arch.bootstrap import IIDBootstrap
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

random = np.random.default_rng(20260101)
returns = np.round(np.exp(0.5 * random.standard_normal(1000) - 0.05) - 1, 9)
small = [0.3, -0.2, 0.1, -0.05, 0.7, 0.1, -0.4]


def quantile(x, p):
    interval = stats.quantile_test(x, p=p).confidence_interval(0.95)
    return {"p": p, "value": float(np.quantile(x, p)), "low": float(interval.low), "high": float(interval.high)}


def shortfall(x, p):
    """Acerbi and Tasche's definition, by numpy; fractional weight at the quantile."""
    x = np.sort(x) if p < 0.5 else -np.sort(-x)
    mass = min(p, 1 - p) * len(x)
    weights = np.clip(mass - np.arange(len(x)), 0, 1)
    return {"p": p, "value": float(weights @ x / mass)}


def kelly(x):
    edge = 1 / np.max(-x)
    best = optimize.minimize_scalar(lambda f: -np.mean(np.log1p(f * x)), bounds=(0, edge * (1 - 1e-12)), method="bounded", options={"xatol": 1e-12})
    return float(best.x)


def bootstrap(statistic, deviation):
    """Studentized bootstrap (bootstrap-t), which is second-order correct as Hall's correction is."""
    interval = IIDBootstrap(returns, seed=np.random.default_rng(7)).conf_int(
        statistic, reps=20_000, method="studentized", size=0.95, std_err_func=lambda estimate, x: deviation(x)
    )
    return [float(end) for end in interval.ravel()]


def main():
    growth = 1 + returns
    document = {
        "returns": returns.tolist(),
        "small": small,
        "moments": {
            "mean": float(np.mean(returns)),
            "standardError": float(stats.sem(returns)),
            "skewness": float(stats.skew(returns)),
            "kurtosis": float(stats.kurtosis(returns, fisher=False)),
            "bootstrap": bootstrap(np.mean, stats.sem),
            "sd": float(np.std(returns, ddof=1)),
        },
        "quantiles": [quantile(returns, p) for p in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995)],
        "smallQuantiles": [{"p": p, "value": float(np.quantile(small, p))} for p in (0.05, 0.33, 0.5, 0.9)],
        "shortfalls": [shortfall(returns, p) for p in (0.001, 0.05, 0.0333, 0.49, 0.5, 0.95, 0.9871)],
        "smallShortfalls": [shortfall(np.array(small), p) for p in (0.05, 0.33, 0.95)],
        "conditionalValueAtRisk": float(empyrical.conditional_value_at_risk(returns, 0.05)),
        "interquartile": {
            "value": float(stats.trim_mean(returns, 0.25)),
            "interval": [float(x) for x in stats.mstats.trimmed_mean_ci(returns, limits=(0.25, 0.25))],
        },
        "wilson": [
            {"k": k, "n": n, "interval": [float(x) for x in proportion_confint(k, n, method="wilson")]}
            for k, n in ((0, 10), (1, 10), (3, 7), (10, 1000), (500, 1000), (999, 1000))
        ],
        "kelly": kelly(returns),
        "growth": {"time": float(np.mean(np.log(growth))), "ensemble": float(np.log(np.mean(growth)))},
    }
    print(json.dumps(document, indent=1))


main()
