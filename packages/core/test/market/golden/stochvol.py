"""Figures of stochastic-variance processes from other software, written to stochvol.json beside this file.

Run `python stochvol.py` with the packages of requirements.txt in this folder.

- heston, bates: European calls by QuantLib's AnalyticHestonEngine and BatesEngine (integrals over the characteristic
  function), and mean and variance of ln S_T by the linear differential equations that the moments of (ln S, v) obey. The calls
  must agree with published ones: Andersen 2008 ("Simple and efficient simulation of the Heston stochastic volatility
  model"), cases I and II, to the three digits printed there; and the 17 digits of A. Lewis, author of "Option Valuation under
  Stochastic Volatility" (2000), in the Wilmott forum, 30 May 2012.
- garch: variances of GARCH(1,1) and GJR-GARCH(1,1) that `arch` simulates from given shocks, and its log-likelihoods of the
  residuals.
- chain: transition matrix (scipy.linalg.expm) and stationary distribution (numpy.linalg.eig) of a Markov chain.
"""

import json
from pathlib import Path

import numpy as np
import QuantLib as ql
from arch.univariate import GARCH, Normal
from scipy.linalg import expm

PRICE = 100.0

HESTON = [
    # Andersen 2008, cases I, II, III.
    dict(name="Andersen I", years=10, rate=0.0, drift=0.0, initialVariance=0.04, longRunVariance=0.04,
         meanReversionSpeed=0.5, volOfVol=1.0, correlation=-0.9, strikes=[60, 70, 100, 140]),
    dict(name="Andersen II", years=15, rate=0.0, drift=0.0, initialVariance=0.04, longRunVariance=0.04,
         meanReversionSpeed=0.3, volOfVol=0.9, correlation=-0.5, strikes=[60, 70, 100, 140]),
    dict(name="Andersen III", years=5, rate=0.0, drift=0.0, initialVariance=0.09, longRunVariance=0.09,
         meanReversionSpeed=1.0, volOfVol=1.0, correlation=-0.3, strikes=[60, 70, 100, 140]),
    dict(name="Lewis", years=1, rate=0.01, drift=-0.01, initialVariance=0.04, longRunVariance=0.25,
         meanReversionSpeed=4.0, volOfVol=1.0, correlation=-0.5, strikes=[80, 90, 100, 110, 120]),
    # A coin: large variance, positive correlation, quick reversion.
    dict(name="coin", years=1, rate=0.0, drift=0.1, initialVariance=0.3, longRunVariance=0.6,
         meanReversionSpeed=12.0, volOfVol=3.0, correlation=0.3, strikes=[60, 100, 160]),
    # Half-life of 15 hours: daily steps are longer than that.
    dict(name="quick", years=18 / 365, rate=0.0, drift=0.0, initialVariance=2.0, longRunVariance=0.5,
         meanReversionSpeed=400.0, volOfVol=18.0, correlation=-0.6, strikes=[80, 100, 120]),
]

BATES = [
    dict(name="index", years=1, rate=0.03, drift=0.03, initialVariance=0.04, longRunVariance=0.04, meanReversionSpeed=1.5,
         volOfVol=0.4, correlation=-0.7, jumpIntensity=0.5, jumpMean=-0.15, jumpDeviation=0.1, strikes=[80, 100, 120]),
    dict(name="coin", years=1, rate=0.0, drift=0.2, initialVariance=0.5, longRunVariance=0.4, meanReversionSpeed=5.0,
         volOfVol=1.2, correlation=0.2, jumpIntensity=40.0, jumpMean=-0.005, jumpDeviation=0.05, strikes=[60, 100, 160]),
]

PUBLISHED = {
    "Andersen I": {60: 44.330, 100: 13.085, 140: 0.296},
    "Andersen II": {60: 45.287, 100: 16.649, 140: 5.138},
    "Lewis": {80: 26.774758743998854, 90: 20.933349000596710, 100: 16.070154917028834,
              110: 12.132211516709845, 120: 9.024913483457836},
}

GARCHES = [
    dict(name="garch", volatility=0.8, alpha=0.1, gamma=0.0, beta=0.85, drift=0.3),
    dict(name="gjr-garch", volatility=0.6, alpha=0.03, gamma=0.12, beta=0.88, drift=-0.1),
]
STEPS_PER_YEAR = 365

RATES = {"calm": {"trend": 3.0, "crash": 0.5}, "trend": {"calm": 8.0, "crash": 2.0}, "crash": {"calm": 40.0}}
INTERVALS = [1 / 8760, 1 / 52, 2.0]


def calls(case):
    today = ql.Date(1, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()

    def flat(rate):
        return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count))

    spot = ql.QuoteHandle(ql.SimpleQuote(PRICE))
    state = [flat(case["rate"]), flat(case["rate"] - case["drift"]), spot, case["initialVariance"],
             case["meanReversionSpeed"], case["longRunVariance"], case["volOfVol"], case["correlation"]]
    if "jumpIntensity" in case:
        jumps = [case["jumpIntensity"], case["jumpMean"], case["jumpDeviation"]]
        engine = ql.BatesEngine(ql.BatesModel(ql.BatesProcess(*state, *jumps)), 1e-12, 1_000_000)
    else:
        engine = ql.AnalyticHestonEngine(ql.HestonModel(ql.HestonProcess(*state)), 1e-12, 1_000_000)
    prices = []
    for strike in case["strikes"]:
        option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, strike),
                                  ql.EuropeanExercise(today + round(365 * case["years"])))
        option.setPricingEngine(engine)
        prices.append(option.NPV())
        published = PUBLISHED.get(case["name"], {}).get(strike)
        if published is not None:
            tolerance = 1e-9 if case["name"] == "Lewis" else 5.1e-4
            assert abs(prices[-1] - published) < tolerance, (case["name"], strike, prices[-1], published)
    return prices


def log_moments(case):
    """Mean and variance of ln(S_T / S_0): with X = ln(S_t / S_0) − drift·t, d/dt of the means of (1, v, X, v², Xv, X²)."""
    k, theta, s, rho = (case[n] for n in ["meanReversionSpeed", "longRunVariance", "volOfVol", "correlation"])
    slopes = np.array([
        [0, 0, 0, 0, 0, 0],
        [k * theta, -k, 0, 0, 0, 0],
        [0, -0.5, 0, 0, 0, 0],
        [0, 2 * k * theta + s * s, 0, -2 * k, 0, 0],
        [0, rho * s, k * theta, -0.5, -k, 0],
        [0, 1, 0, 0, -1, 0],
    ])
    v = case["initialVariance"]
    moments = expm(slopes * case["years"]) @ np.array([1, v, 0, v * v, 0, 0])
    mean, variance = moments[2] + case["drift"] * case["years"], moments[5] - moments[2] ** 2
    if "jumpIntensity" in case:
        jumps, m, d = case["jumpIntensity"] * case["years"], case["jumpMean"], case["jumpDeviation"]
        mean += jumps * (m - np.expm1(m + d * d / 2))
        variance += jumps * (m * m + d * d)
    return {"mean": float(mean), "variance": float(variance)}


def options(cases):
    return [{**case, "calls": calls(case), "log": log_moments(case)} for case in cases]


def garch(case):
    long_run = case["volatility"] ** 2 / STEPS_PER_YEAR
    omega = long_run * (1 - case["alpha"] - case["beta"] - case["gamma"] / 2)
    shocks = np.random.default_rng(7).standard_normal(120).round(6)
    model = GARCH(p=1, o=1, q=1)
    parameters = np.array([omega, case["alpha"], case["gamma"], case["beta"]])
    residuals, variances = model.simulate(parameters, len(shocks), lambda size: shocks, burn=0, initial_value=long_run)
    return {
        **case,
        "shocks": shocks.tolist(),
        "variances": variances.tolist(),
        "logLikelihood": float(Normal().loglikelihood(np.array([]), residuals, variances)),
    }


def chain():
    names = list(RATES)
    q = np.array([[RATES[a].get(b, 0.0) for b in names] for a in names])
    q -= np.diag(q.sum(axis=1))
    values, vectors = np.linalg.eig(q.T)
    stationary = vectors[:, np.argmin(abs(values))].real
    return {
        "rates": RATES,
        "stationary": (stationary / stationary.sum()).tolist(),
        "transitions": [{"years": t, "matrix": expm(q * t).tolist()} for t in INTERVALS],
    }


if __name__ == "__main__":
    result = {
        "heston": options(HESTON),
        "bates": options(BATES),
        "garch": {
            "stepsPerYear": STEPS_PER_YEAR,
            "cases": [garch(case) for case in GARCHES],
        },
        "chain": chain(),
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
