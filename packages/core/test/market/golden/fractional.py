"""Figures of fractional Brownian motion and of the rough Bergomi model, written to fractional.json beside this file.

Run `python fractional.py` with the packages of requirements.txt in this folder; it takes some minutes.

- autocovariance: of fractional Gaussian noise, by the function of the package stochastic.
- exceed: the probability that a fractional Brownian motion is 1 or more at some of the times 1/64, 2/64, ..., 1, by
  Monte Carlo with the package stochastic, with its standard error.
- covariance: of the process W~ of the rough Bergomi model at two times, by numerical integration (scipy).
- prices: of European options in the rough Bergomi model, by Monte Carlo, with their standard errors. W~ and its Brownian
  motion are drawn exactly, by the Cholesky factor of their joint covariance, and the price moves by log-Euler steps.
"""

import json
from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.special import hyp2f1
from stochastic.processes.noise import FractionalGaussianNoise
from stochastic.processes.noise.fractional_gaussian_noise import _fgn_autocovariance

HURSTS = [0.1, 0.5, 0.9]
EXCEED_STEPS = 64
EXCEED_PATHS = 400_000
TIMES = [0.25, 0.5, 1.0]
ROUGH_HURSTS = [0.05, 0.1, 0.4]
ROUGH = {"volatility": 0.235, "volOfVol": 1.9, "hurst": 0.07, "correlation": -0.9}
STEPS = 100
PATHS = 4_000_000
CHUNK = 50_000


def exceed(hurst: float, seed: int) -> dict:
    noise = FractionalGaussianNoise(hurst=hurst, t=1, rng=np.random.default_rng(seed))
    hits = sum(np.cumsum(noise.sample(EXCEED_STEPS)).max() >= 1 for _ in range(EXCEED_PATHS))
    probability = hits / EXCEED_PATHS
    error = np.sqrt(probability * (1 - probability) / EXCEED_PATHS)
    return {"hurst": hurst, "probability": float(probability), "error": float(error)}


def covariance(hurst: float, s: float, t: float) -> float:
    """2H * integral from 0 to s of ((s - u)(t - u))^(H - 1/2) du, s <= t."""
    if s == t:
        return t ** (2 * hurst)
    # The factor (s - u)^(H - 1/2) is a weight of the integration rule: it is infinite at the end.
    value, _ = quad(
        lambda u: 2 * hurst * (t - u) ** (hurst - 0.5), 0, s, weight="alg", wvar=(0, hurst - 0.5), epsabs=1e-12
    )
    closed = 2 * hurst / (hurst + 0.5) * s ** (hurst + 0.5) * t ** (hurst - 0.5)
    closed *= hyp2f1(0.5 - hurst, 1, hurst + 1.5, s / t)
    assert abs(value - closed) < 1e-8, (value, closed)
    return float(closed)


def joint_factor(hurst: float, times: np.ndarray) -> np.ndarray:
    n = len(times)
    power = hurst + 0.5
    matrix = np.empty((2 * n, 2 * n))
    for i, s in enumerate(times):
        for j, t in enumerate(times):
            matrix[i, j] = covariance(hurst, min(s, t), max(s, t))
            cross = np.sqrt(2 * hurst) / power * (s**power - (s - min(s, t)) ** power)
            matrix[i, n + j] = matrix[n + j, i] = cross
            matrix[n + i, n + j] = min(s, t)
    return np.linalg.cholesky(matrix)


def prices() -> dict:
    xi = ROUGH["volatility"] ** 2
    eta, hurst, rho = ROUGH["volOfVol"], ROUGH["hurst"], ROUGH["correlation"]
    dt = 1 / STEPS
    times = np.arange(1, STEPS + 1) * dt
    factor = joint_factor(hurst, times)
    rng = np.random.default_rng(20160601)
    options = [("put", 0.8), ("put", 1.0), ("call", 1.0), ("call", 1.2)]
    sums = np.zeros((len(options) + 1, 2))
    for _ in range(PATHS // CHUNK):
        joint = rng.standard_normal((CHUNK, 2 * STEPS)) @ factor.T
        rough = np.hstack([np.zeros((CHUNK, 1)), joint[:, : STEPS - 1]])
        brownian = np.diff(np.hstack([np.zeros((CHUNK, 1)), joint[:, STEPS:]]))
        start = np.concatenate([[0.0], times[:-1]])
        variance = xi * np.exp(eta * rough - eta**2 / 2 * start ** (2 * hurst))
        other = np.sqrt(dt) * rng.standard_normal((CHUNK, STEPS))
        shocks = rho * brownian + np.sqrt(1 - rho**2) * other
        final = np.exp(np.sum(np.sqrt(variance) * shocks - variance * dt / 2, axis=1))
        payoffs = [np.maximum(k - final, 0) if kind == "put" else np.maximum(final - k, 0) for kind, k in options]
        for i, payoff in enumerate([*payoffs, final]):
            sums[i] += payoff.sum(), (payoff**2).sum()
    mean = sums[:, 0] / PATHS
    error = np.sqrt((sums[:, 1] / PATHS - mean**2) / PATHS)
    assert abs(mean[-1] - 1) < 5 * error[-1]
    found = [
        {"kind": kind, "strike": k, "price": float(mean[i]), "error": float(error[i])}
        for i, (kind, k) in enumerate(options)
    ]
    return {**ROUGH, "steps": STEPS, "paths": PATHS, "options": found}


figures = {
    "autocovariance": [
        {"hurst": hurst, "values": [float(v) for v in _fgn_autocovariance(hurst, 20)]} for hurst in HURSTS
    ],
    "exceed": {
        "steps": EXCEED_STEPS,
        "paths": EXCEED_PATHS,
        "cases": [exceed(hurst, 1968 + i) for i, hurst in enumerate(HURSTS)],
    },
    "covariance": [
        {"hurst": hurst, "s": s, "t": t, "value": covariance(hurst, s, t)}
        for hurst in ROUGH_HURSTS
        for s in TIMES
        for t in TIMES
        if s <= t
    ],
    "prices": prices(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(figures, indent=2) + "\n")
