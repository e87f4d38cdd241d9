"""European calls on processes with jumps, written to jumps.json beside this file.

    pip install -r requirements.txt
    python jumps.py

- merton: Merton's series (1976, "Option pricing when underlying stock returns are discontinuous") over the number of
  jumps; QuantLib's Python package has no engine for it.
- variance-gamma: QuantLib's VarianceGammaEngine, an integral over the business time.
- kou, hawkes-jumps: Lewis's integral (2001, "A Simple Option Formula for General Jump-Diffusion and Other Exponential
  Levy Processes") over the characteristic function. That of kou is in closed form; that of hawkes-jumps solves the
  Riccati equations of an affine jump process (Duffie, Pan and Singleton 2000).

The integral is also taken for merton and variance-gamma and must agree with the other way to 1e-6, and with the
published price of Kou (2002), "A Jump-Diffusion Model for Option Pricing", p. 1095: 9.14732.
"""

import json
from pathlib import Path

import numpy as np
import QuantLib as ql
from scipy.integrate import solve_ivp
from scipy.stats import norm, poisson

PRICE = 100.0
STRIKES = [80.0, 100.0, 120.0]
DAYS = [73, 219, 365]  # of a year of 365

CASES = {
    "merton": [
        {"drift": 0.05, "volatility": 0.2, "jumpIntensity": 1.0, "jumpMean": -0.1, "jumpDeviation": 0.15},
        {"drift": 0.2, "volatility": 0.6, "jumpIntensity": 50.0, "jumpMean": -0.01, "jumpDeviation": 0.05},
    ],
    "kou": [
        {"drift": 0.05, "volatility": 0.16, "jumpIntensity": 1.0, "upProbability": 0.4, "upRate": 10.0, "downRate": 5.0},
        {"drift": 0.2, "volatility": 0.6, "jumpIntensity": 60.0, "upProbability": 0.3, "upRate": 30.0, "downRate": 20.0},
    ],
    "variance-gamma": [
        {"drift": 0.05, "volatility": 0.2, "skew": -0.5, "varianceRate": 0.05},
        {"drift": 0.1, "volatility": 0.6, "skew": -0.2, "varianceRate": 0.2},
    ],
    "hawkes-jumps": [
        {
            "drift": 0.05, "volatility": 0.2, "baseIntensity": 5.0, "excitation": 15.0, "decay": 20.0,
            "jumpMean": -0.04, "jumpDeviation": 0.05,
        },
        {
            "drift": 0.2, "volatility": 0.5, "baseIntensity": 30.0, "excitation": 200.0, "decay": 400.0,
            "jumpMean": 0.01, "jumpDeviation": 0.04,
        },
    ],
}


def half_line(points=1500, middle=10.0):
    """Nodes and weights on (0, infinity), for the thick tail of variance-gamma."""
    x, w = np.polynomial.legendre.leggauss(points)
    return middle * (1 + x) / (1 - x), middle * 2 * w / (1 - x) ** 2


NODES = half_line()


def normal_jump(c, s):
    """E[e^{sJ}]."""
    return np.exp(s * c["jumpMean"] + s * s * c["jumpDeviation"] ** 2 / 2)


def exponential_jump(c, s):
    p, up, down = c["upProbability"], c["upRate"], c["downRate"]
    return p * up / (up - s) + (1 - p) * down / (down + s)


def diffusion(c, s, t):
    return c["volatility"] ** 2 * (s * s - s) * t / 2


def exponent_poisson(jump):
    def exponent(c, s, t):
        return diffusion(c, s, t) + c["jumpIntensity"] * t * (jump(c, s) - 1 - s * (jump(c, 1.0) - 1))

    return exponent


def exponent_variance_gamma(c, s, t):
    nu, theta, variance = c["varianceRate"], c["skew"], c["volatility"] ** 2

    def cumulant(z):
        return -np.log(1 - nu * (theta * z + variance * z * z / 2)) / nu

    return t * (cumulant(s) - s * cumulant(1.0))


def exponent_hawkes(c, s, t):
    mu, alpha, beta = c["baseIntensity"], c["excitation"], c["decay"]
    jump = normal_jump(c, s)
    kappa = normal_jump(c, 1.0) - 1
    n = len(s)

    def slope(_, y):
        b = y[:n]
        return np.concatenate([-beta * b + jump * np.exp(alpha * b) - 1 - s * kappa, beta * mu * b])

    start = np.zeros(2 * n, dtype=complex)
    end = solve_ivp(slope, (0, t), start, method="DOP853", rtol=1e-11, atol=1e-13).y[:, -1]
    intensity = mu / (1 - alpha / beta)
    return diffusion(c, s, t) + end[:n] * intensity + end[n:]


EXPONENTS = {
    "merton": exponent_poisson(normal_jump),
    "kou": exponent_poisson(exponential_jump),
    "variance-gamma": exponent_variance_gamma,
    "hawkes-jumps": exponent_hawkes,
}


def lewis(process, c, years, price, strikes):
    """Calls from ln E[(S_T / E[S_T])^s] at s = 1/2 + iu."""
    u, w = NODES
    if process == "hawkes-jumps":
        # Beyond, the diffusion alone makes the integrand less than 1e-30.
        keep = u * u * c["volatility"] ** 2 * years / 2 < 70
        u, w = u[keep], w[keep]
    phi = np.exp(EXPONENTS[process](c, 0.5 + 1j * u, years))
    rate = c["drift"]
    out = []
    for strike in strikes:
        k = np.log(price / strike) + rate * years
        integral = np.sum(w * (np.exp(1j * u * k) * phi).real / (u * u + 0.25))
        out.append(price - np.sqrt(price * strike) * np.exp(-rate * years / 2) / np.pi * integral)
    return out


def merton_series(c, years, price, strikes):
    """Black-Scholes prices over the number of jumps (Merton 1976, equation 19)."""
    kappa = normal_jump(c, 1.0) - 1
    tilted = c["jumpIntensity"] * (1 + kappa) * years
    n = np.arange(int(tilted + 40 * np.sqrt(tilted) + 60))
    weight = poisson.pmf(n, tilted)
    deviation = np.sqrt(c["volatility"] ** 2 * years + n * c["jumpDeviation"] ** 2)
    growth = (c["drift"] - c["jumpIntensity"] * kappa) * years + n * np.log1p(kappa)
    out = []
    for strike in strikes:
        d1 = (np.log(price / strike) + growth + deviation**2 / 2) / deviation
        calls = price * norm.cdf(d1) - strike * np.exp(-growth) * norm.cdf(d1 - deviation)
        out.append(float(np.sum(weight * calls)))
    return out


def quantlib_variance_gamma(c, days, price, strikes):
    today = ql.Date(1, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    day_count = ql.Actual365Fixed()
    spot = ql.QuoteHandle(ql.SimpleQuote(price))

    def flat(rate):
        return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, day_count))

    model = ql.VarianceGammaProcess(
        spot, flat(0.0), flat(c["drift"]), c["volatility"], c["varianceRate"], c["skew"]
    )
    engine = ql.VarianceGammaEngine(model)
    out = []
    for strike in strikes:
        option = ql.EuropeanOption(
            ql.PlainVanillaPayoff(ql.Option.Call, strike), ql.EuropeanExercise(today + days)
        )
        option.setPricingEngine(engine)
        out.append(option.NPV())
    return out


def agreed(by_integral, other):
    assert np.allclose(by_integral, other, rtol=0, atol=1e-6), (by_integral, other)
    return other


def main():
    kou = lewis("kou", CASES["kou"][0], 0.5, PRICE, [98.0])[0]
    assert abs(kou - 9.14732) < 1e-5, kou
    result = {}
    for process, cases in CASES.items():
        result[process] = []
        for c in cases:
            calls = []
            for days in DAYS:
                prices = lewis(process, c, days / 365, PRICE, STRIKES)
                if process == "merton":
                    prices = agreed(prices, merton_series(c, days / 365, PRICE, STRIKES))
                if process == "variance-gamma":
                    prices = agreed(prices, quantlib_variance_gamma(c, days, PRICE, STRIKES))
                calls += [
                    {"years": days / 365, "strike": k, "call": round(float(p), 6)} for k, p in zip(STRIKES, prices)
                ]
            result[process].append({"parameters": c, "calls": calls})
    text = json.dumps(result, indent=1) + "\n"
    Path(__file__).with_suffix(".json").write_text(text)


if __name__ == "__main__":
    main()
