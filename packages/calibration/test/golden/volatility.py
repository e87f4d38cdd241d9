"""Likelihoods, estimates and block lengths from other software, and likelihoods by other ways to compute them.

    pip install -r requirements.txt
    python volatility.py > volatility.json

GARCH and block lengths: arch. Regimes: statsmodels. Fractional Brownian motion: the dense covariance matrix. Heston: a particle filter
whose weights are the exact density of a return given a finely sampled path of the variance. Rough volatility: the covariance of
the changes of ln r**2 from an integral, and the dense matrix.
"""
import json

import numpy as np
from arch import arch_model
from arch.bootstrap import optimal_block_length
from scipy.integrate import quad
from scipy.stats import multivariate_normal
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression


def garch_returns(n, rng):
    """Per cent, with leverage and tails."""
    h, out = 4.0, []
    for _ in range(n):
        e = rng.standard_t(7) * np.sqrt(5 / 7)
        shock = np.sqrt(h) * e
        out.append(0.05 + shock)
        h = 0.2 + (0.06 + 0.08 * (e < 0)) * shock**2 + 0.85 * h
    return np.round(out, 4)


def garch(r):
    fits = []
    for name, options in [("garch", {}), ("garch-t", {"dist": "t"}), ("gjr-garch", {"o": 1}), ("gjr-garch-t", {"o": 1, "dist": "t"})]:
        model = arch_model(r, mean="Constant", vol="GARCH", p=1, q=1, rescale=False, **options)
        backcast = float(np.var(r))
        fit = model.fit(disp="off", backcast=backcast, tol=1e-12, options={"maxiter": 1000})
        p = fit.params
        gamma = p.get("gamma[1]", 0.0)
        persistence = p["alpha[1]"] + gamma / 2 + p["beta[1]"]
        row = {
            "drift": p["mu"],
            "volatility": np.sqrt(p["omega"] / (1 - persistence)),
            "alpha": p["alpha[1]"],
            "gamma": gamma,
            "beta": p["beta[1]"],
            "degreesOfFreedom": p.get("nu"),
        }
        errors = {"drift": fit.std_err["mu"], "alpha": fit.std_err["alpha[1]"], "beta": fit.std_err["beta[1]"]}
        fits.append({
            "name": name,
            "parameters": row,
            "robustErrors": errors,
            "firstVariance": p["omega"] + persistence * backcast,
            "logLikelihood": fit.loglikelihood,
        })
    return fits


def regimes(rng):
    state, r = 0, []
    for _ in range(1500):
        r.append(rng.normal([0.001, -0.002][state], [0.01, 0.035][state]))
        if rng.random() < [0.03, 0.08][state]:
            state = 1 - state
    r = np.round(r, 6)
    np.random.seed(1)
    fit = MarkovRegression(r, k_regimes=2, trend="c", switching_variance=True).fit(search_reps=20, maxiter=500)
    p = dict(zip(fit.model.param_names, fit.params))
    calm = 0 if p["sigma2[0]"] < p["sigma2[1]"] else 1
    stay = p["p[0->0]"], 1 - p["p[1->0]"]
    return {
        "returns": list(r),
        "means": [p[f"const[{calm}]"], p[f"const[{1 - calm}]"]],
        "variances": [p[f"sigma2[{calm}]"], p[f"sigma2[{1 - calm}]"]],
        "leaving": [1 - stay[calm], 1 - stay[1 - calm]],
        "logLikelihood": fit.llf,
    }


def fbm(returns):
    n, dt, rows = len(returns), 1 / 365, []
    k = np.arange(n)
    for hurst, drift, volatility in [(0.1, 0.3, 0.2), (0.5, 0.0, 0.4), (0.9, -1.0, 1.5)]:
        t = np.arange(n + 1) * dt
        mean = drift * dt - volatility**2 / 2 * np.diff(t ** (2 * hurst))
        g = (np.abs(k + 1.0) ** (2 * hurst) + np.abs(k - 1.0) ** (2 * hurst) - 2 * np.abs(k * 1.0) ** (2 * hurst)) / 2
        cov = volatility**2 * dt ** (2 * hurst) * g[np.abs(k[:, None] - k[None, :])]
        rows.append({"hurst": hurst, "drift": drift, "volatility": volatility, "logLikelihood": multivariate_normal(mean, cov).logpdf(returns)})
    return rows


def rough(returns):
    y = np.diff(np.log(returns**2))
    n, rows = len(y), []
    k = np.arange(n)
    for hurst, eta in [(0.07, 0.6), (0.3, 0.2)]:
        a = hurst - 0.5
        tail = quad(lambda u: ((1 + u) ** a - u**a) ** 2, 0, 1, limit=500)[0] + quad(lambda u: ((1 + u) ** a - u**a) ** 2, 1, np.inf)[0]
        scale = eta**2 * 2 * hurst * (tail + 1 / (2 * hurst))
        g = (np.abs(k + 1.0) ** (2 * hurst) + np.abs(k - 1.0) ** (2 * hurst) - 2 * np.abs(k * 1.0) ** (2 * hurst)) / 2 * scale
        g[0] += np.pi**2
        g[1] -= np.pi**2 / 2
        logpdf = multivariate_normal(np.zeros(n), g[np.abs(k[:, None] - k[None, :])]).logpdf(y)
        # The package leaves out the constant.
        rows.append({"hurst": hurst, "stepVolOfVol": eta, "logLikelihood": logpdf + n / 2 * np.log(2 * np.pi)})
    return rows


def heston(rng):
    n, dt, sub = 250, 1 / 365, 16
    drift, theta, kappa, sigma, rho = 0.4, 0.5, 15.0, 3.0, -0.5
    path_v, returns = theta, []
    d = dt / sub

    def move(v):
        """Sub-steps of the variance: its next value, its integral and the integral of sqrt(v) dW."""
        integral, noise = 0 * v, 0 * v
        for _ in range(sub):
            positive = np.maximum(v, 0)
            shock = np.sqrt(positive * d) * rng.standard_normal(np.shape(v))
            integral, noise = integral + positive * d, noise + shock
            v = v + kappa * (theta - positive) * d + sigma * shock
        return v, integral, noise

    for _ in range(n):
        path_v, integral, noise = move(np.array(path_v))
        returns.append(drift * dt - integral / 2 + rho * noise + np.sqrt((1 - rho**2) * integral) * rng.standard_normal())
    returns = np.round(np.array(returns, dtype=float), 6)
    runs = []
    for _ in range(6):
        v = rng.gamma(2 * kappa * theta / sigma**2, sigma**2 / (2 * kappa), 40_000)
        total = 0.0
        for r in returns:
            v, integral, noise = move(v)
            variance = np.maximum((1 - rho**2) * integral, 1e-12)
            rest = r - (drift * dt - integral / 2 + rho * noise)
            w = np.exp(-(rest**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
            total += np.log(w.mean())
            points = (np.arange(len(v)) + rng.random()) / len(v)
            v = v[np.minimum(np.searchsorted(np.cumsum(w) / w.sum(), points), len(v) - 1)]
        runs.append(total)
    return {
        "parameters": {"drift": drift, "longRunVariance": theta, "meanReversionSpeed": kappa, "volOfVol": sigma, "correlation": rho},
        "returns": list(returns),
        "logLikelihood": float(np.mean(runs)),
        "error": float(np.std(runs, ddof=1) / np.sqrt(len(runs))),
    }


def main():
    rng = np.random.default_rng(20260101)
    r = garch_returns(2000, rng)
    short = r[:300] / 100
    blocks = {
        "returns": optimal_block_length(r).iloc[0].to_dict(),
        "sizes": optimal_block_length(np.abs(r)).iloc[0].to_dict(),
    }
    print(json.dumps({
        "returns": list(r),
        "garch": garch(r),
        "blockLengths": blocks,
        "regimes": regimes(rng),
        "fbm": fbm(short),
        "rough": rough(short),
        "heston": heston(rng),
    }, default=lambda x: float(x)))


main()
