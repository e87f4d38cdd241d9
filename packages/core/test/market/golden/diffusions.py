"""Reference values for the processes cev and cir, computed without any code of packages/core.

    pip install numpy==1.26.4 scipy==1.17.1 QuantLib==1.44
    python diffusions.py > diffusions.json

- cev: calls by QuantLib's AnalyticCEVEngine, which knows dF = alpha F^beta dW, absorbed at 0. A drift is a change of
  time: S_T = exp(drift T) F at the clock's time (1 - exp(-2 (1 - beta) drift T)) / (2 (1 - beta) drift), taken into alpha.
  Absorption is scipy's regularized upper incomplete gamma function (Cox 1975), the variance an integral over the
  transition density of the squared Bessel process (Bessel functions from scipy). Undiscounted, one year.
- cir: scipy's noncentral chi-square distribution function of the price after one year, at fractions of the long-run mean.
"""
import json
import math

import QuantLib as ql
import numpy as np
from scipy import integrate, special, stats

CEV = [
    {'drift': 0.0, 'volatility': 0.3, 'elasticity': 0.5},
    {'drift': 0.0, 'volatility': 0.8, 'elasticity': 0.5},
    {'drift': 0.1, 'volatility': 0.6, 'elasticity': 0.25},
    {'drift': -0.3, 'volatility': 0.5, 'elasticity': 0.8},
    {'drift': 0.2, 'volatility': 1.0, 'elasticity': 0.0},
    {'drift': 0.05, 'volatility': 0.3, 'elasticity': 0.999},
]
CIR = [
    {'price': 120.0, 'meanReversionSpeed': 2.0, 'longRunMean': 100.0, 'volatility': 6.0},
    {'price': 80.0, 'meanReversionSpeed': 0.5, 'longRunMean': 100.0, 'volatility': 12.0},
    {'price': 50.0, 'meanReversionSpeed': 1.0, 'longRunMean': 100.0, 'volatility': 20.0},
    {'price': 1.0, 'meanReversionSpeed': 1.0, 'longRunMean': 1.0, 'volatility': 5.0},
]
PRICE = 100.0


def call(strike, alpha, beta):
    today = ql.Date(1, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    curve = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, ql.Actual365Fixed()))
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, strike), ql.EuropeanExercise(today + 365))
    option.setPricingEngine(ql.AnalyticCEVEngine(PRICE, alpha, beta, curve))
    return option.NPV()


def cev(drift, volatility, elasticity):
    q = 2 * (1 - elasticity)
    clock = -math.expm1(-q * drift) / (q * drift) if drift else 1.0
    alpha = volatility * PRICE ** (1 - elasticity) * math.sqrt(clock)
    growth = math.exp(drift)
    lam = 2 / (volatility**2 * q**2 * clock)

    def weighted(z, power):
        root = 2 * math.sqrt(lam * z)
        log_density = (math.log(lam / z)) / (2 * q) - (math.sqrt(lam) - math.sqrt(z)) ** 2
        return (z / lam) ** (power / q) * math.exp(log_density) * special.ive(1 / q, root)

    def moment(power):
        top = (math.sqrt(lam) + 12) ** 2
        low = max(0.0, math.sqrt(lam) - 12) ** 2
        marks = np.linspace(low, top, 41)
        return sum(integrate.quad(weighted, a, b, args=(power,), epsabs=1e-13)[0] for a, b in zip(marks, marks[1:]))

    assert abs(moment(1) - 1) < 1e-8, moment(1)
    return {
        'drift': drift,
        'volatility': volatility,
        'elasticity': elasticity,
        'absorbed': float(special.gammaincc(1 / q, lam)),
        'variance': PRICE**2 * growth**2 * (moment(2) - 1),
        'calls': [{'strike': k, 'price': growth * call(k / growth, alpha, elasticity)} for k in (60.0, 100.0, 150.0)],
    }


def cir(price, meanReversionSpeed, longRunMean, volatility):
    decay = math.exp(-meanReversionSpeed)
    c = volatility**2 * (1 - decay) / (4 * meanReversionSpeed)
    degrees = 4 * meanReversionSpeed * longRunMean / volatility**2
    law = stats.ncx2(degrees, price * decay / c)
    points = [{'price': f * longRunMean, 'below': float(law.cdf(f * longRunMean / c))} for f in (0.01, 0.3, 0.8, 1.0, 1.5)]
    return {
        'price': price,
        'meanReversionSpeed': meanReversionSpeed,
        'longRunMean': longRunMean,
        'volatility': volatility,
        'degrees': degrees,
        'points': points,
    }


print(json.dumps({'cev': [cev(**p) for p in CEV], 'cir': [cir(**p) for p in CIR]}, indent=1))
