"""Densities and fits of price processes from SciPy and statsmodels.

    pip install -r requirements.txt
    python fits.py > fits.json

Densities are computed another way than in the package: Merton by a long sum of SciPy's normals, Kou by summing the inverse
Fourier integral of its characteristic function, variance gamma with SciPy's Bessel function, CIR and CEV with SciPy's
noncentral chi-square distribution. Fits maximise these by Nelder-Mead; the autoregression is statsmodels' OLS.
"""
import json

import numpy as np
import statsmodels.api as sm
from scipy import optimize, special, stats

DT = 1 / 365


def merton_density(x, mean, variance, jumps, jump_mean, jump_variance):
    k = np.arange(80)[:, None]
    weights = stats.poisson.pmf(k, jumps)
    return (weights * stats.norm.pdf(x[None, :], mean + k * jump_mean, np.sqrt(variance + k * jump_variance))).sum(axis=0)


def kou_density(x, mean, deviation, jumps, up_probability, up_rate, down_rate):
    u = np.arange(0, 12 / deviation, 0.25)
    jump = up_probability * up_rate / (up_rate - 1j * u) + (1 - up_probability) * down_rate / (down_rate + 1j * u)
    phi = np.exp(1j * u * mean - deviation**2 * u**2 / 2 + jumps * (jump - 1))
    phi[0] /= 2
    return (phi[None, :] * np.exp(-1j * np.outer(x, u))).real.sum(axis=1) * 0.25 / np.pi


def variance_gamma_density(x, t, mu, sigma, skew, rate):
    d = x - mu * t
    shape = t / rate
    width = 2 * sigma**2 / rate + skew**2
    root = np.sqrt(width) / sigma**2
    return (
        2 * np.exp(skew * d / sigma**2) / (rate**shape * np.sqrt(2 * np.pi) * sigma * special.gamma(shape))
        * (d**2 / width) ** (shape / 2 - 0.25) * special.kv(shape - 0.5, root * np.abs(d))
    )


def cir_log_density(start, end, t, speed, mean, volatility):
    c = 2 * speed / (volatility**2 * -np.expm1(-speed * t))
    return stats.ncx2.logpdf(2 * c * end, 4 * speed * mean / volatility**2, 2 * c * start * np.exp(-speed * t)) + np.log(2 * c)


def cev_log_density(start, end, t, drift, volatility, elasticity):
    """P(S_T > y) = P(χ²(2y'; 2 + 2ν, 2x) …) (Schroder 1989): the density in y is that of ncx2 in its noncentrality."""
    power = 2 * (1 - elasticity)
    nu = 1 / power
    k = 2 * drift / (volatility**2 * power * np.expm1(drift * power * t))
    x = k * start**power * np.exp(drift * power * t)
    z = k * end**power
    # Density of z given x is 2·ncx2.pdf(2x; 2 + 2ν, 2z): e^(−x−z)·(x/z)^(ν/2)·I_ν(2√(xz)).
    return stats.ncx2.logpdf(2 * x, 2 + 2 * nu, 2 * z) + np.log(2) + np.log(power * z / end)


def maximum(log_density, start):
    loss = lambda p: -np.sum(log_density(p))
    best = optimize.minimize(loss, start, method="Nelder-Mead", options={"maxiter": 40000, "maxfev": 40000, "xatol": 1e-10, "fatol": 1e-10, "adaptive": True})
    best = optimize.minimize(loss, best.x, method="Nelder-Mead", options={"maxiter": 40000, "maxfev": 40000, "xatol": 1e-10, "fatol": 1e-10})
    return {"values": best.x.tolist(), "logLikelihood": -best.fun}


def merton_fit(rng):
    n = 1500
    counts = rng.poisson(0.12, n)
    returns = 0.001 + 0.02 * rng.standard_normal(n) - 0.02 * counts + 0.05 * np.sqrt(counts) * rng.standard_normal(n)
    prices = 100 * np.exp(np.concatenate([[0], np.cumsum(returns)])).round(9)
    r = np.diff(np.log(prices))

    def log_density(p):
        drift, sigma, intensity, jump_mean, jump_deviation = p
        if sigma <= 0 or intensity <= 0 or jump_deviation <= 0:
            return np.array([-np.inf])
        lift = np.exp(jump_mean + jump_deviation**2 / 2) - 1
        mean = (drift - sigma**2 / 2 - intensity * lift) * DT
        return np.log(merton_density(r, mean, sigma**2 * DT, intensity * DT, jump_mean, jump_deviation**2)) - np.log(prices[1:])

    return {"prices": prices.tolist(), **maximum(log_density, [0.1, 0.4, 40, -0.01, 0.06])}


def cir_fit(rng):
    n, speed, mean, volatility = 800, 20, 5, 1.5
    c = 2 * speed / (volatility**2 * -np.expm1(-speed * DT))
    prices = [4.0]
    for _ in range(n):
        prices.append(float(rng.noncentral_chisquare(4 * speed * mean / volatility**2, 2 * c * prices[-1] * np.exp(-speed * DT)) / (2 * c)))
    prices = np.array(prices).round(9)
    return {"prices": prices.tolist(), **maximum(lambda p: cir_log_density(prices[:-1], prices[1:], DT, *p) if min(p) > 0 else np.array([-np.inf]), [10, 5, 1])}


def ou_fit(rng):
    n = 600
    prices = [50.0]
    for _ in range(n):
        prices.append(60 + 0.95 * (prices[-1] - 60) + 1.5 * rng.standard_normal())
    prices = np.array(prices).round(9)
    result = sm.OLS(prices[1:], sm.add_constant(prices[:-1])).fit()
    level, slope = result.params
    residual = float(np.mean(result.resid**2))
    speed = -np.log(slope) / DT
    return {
        "prices": prices.tolist(),
        "values": [speed, level / (1 - slope), np.sqrt(2 * speed * residual / (1 - slope**2))],
        "logLikelihood": result.llf,
        # Of the slope, with the maximum likelihood variance: the speed is −log(slope)/dt.
        "speedError": float(np.sqrt(result.cov_params()[1, 1] * (n - 2) / n) / slope / DT),
    }


def main():
    x = np.array([-0.6, -0.3, -0.12, -0.05, -0.02, -0.001, 0.0, 0.004, 0.03, 0.08, 0.2, 0.45])
    mertons = [(0.001, 4e-4, 0.1, -0.02, 2.5e-3), (0, 1e-4, 3, 0.001, 1e-4), (0.002, 4e-4, 1e-4, 0.05, 1e-2)]
    kous = [(0.001, 0.02, 0.1, 0.4, 20, 16), (0.0, 0.01, 2.0, 0.7, 60, 30), (-0.002, 0.03, 0.02, 0.1, 9, 12)]
    gammas = [(DT, 0.2, 0.6, -0.5, 0.0015), (DT, -0.3, 0.9, 2.0, 0.004), (0.5, 0.1, 0.3, -0.2, 0.2)]
    starts, ends = np.array([4.0, 5.0, 0.2, 90.0]), np.array([4.3, 4.9, 0.25, 95.0])
    cirs = [(DT, 20, 5, 1.5), (0.5, 3, 5, 1.5), (DT, 0.5, 30, 6)]
    cevs = [(0.25, 0.3, 0.4, 0.5), (0.25, -0.1, 0.5, 0.0), (1.0, 0.05, 0.3, 0.9)]
    rng = np.random.default_rng(20260101)
    print(json.dumps({
        "returns": x.tolist(),
        "merton": [{"parameters": p, "density": merton_density(x, *p).tolist()} for p in mertons],
        "kou": [{"parameters": p, "density": kou_density(x, *p).tolist()} for p in kous],
        "varianceGamma": [{"parameters": p, "density": variance_gamma_density(x, *p).tolist()} for p in gammas],
        "from": starts.tolist(),
        "to": ends.tolist(),
        "cir": [{"parameters": p, "logDensity": cir_log_density(starts, ends, *p).tolist()} for p in cirs],
        "cevFrom": [1.0, 0.8, 1.5, 1.0],
        "cevTo": [1.1, 0.7, 1.4, 1.6],
        "cev": [{"parameters": p, "logDensity": cev_log_density(np.array([1.0, 0.8, 1.5, 1.0]), np.array([1.1, 0.7, 1.4, 1.6]), *p).tolist()} for p in cevs],
        "mertonFit": merton_fit(rng),
        "cirFit": cir_fit(rng),
        "ouFit": ou_fit(rng),
    }))


main()
