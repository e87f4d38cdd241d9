"""Sharpe ratios and overfitting of one history by holdout-backtest, and by plain numpy where that takes no such input.

    pip install numpy==2.4.6 scipy==1.17.1 holdout-backtest==0.1.0
    python history.py > history.json
"""
import json
from itertools import combinations

import numpy as np
from holdout.deflated import deflated_sharpe_ratio, expected_maximum_sharpe, minimum_track_record_length, probabilistic_sharpe_ratio
from holdout.pbo import probability_of_backtest_overfitting
from scipy import stats

rng = np.random.default_rng(20260302)


def moments(returns):
    sharpe = float(returns.mean() / returns.std(ddof=1))
    skewness, kurtosis = float(stats.skew(returns)), float(stats.kurtosis(returns, fisher=False))
    shape = {"skewness": skewness, "kurtosis": kurtosis}
    return {
        "returns": returns.tolist(),
        "mean": float(returns.mean()),
        "deviation": float(returns.std(ddof=1)),
        "sharpe": sharpe,
        **shape,
        "probabilistic": [[b, probabilistic_sharpe_ratio(sharpe, len(returns), benchmark=b, **shape)] for b in (0, 0.05, 0.1)],
        "minimumTrackRecord": [[b, minimum_track_record_length(sharpe, benchmark=b, **shape)] for b in (0, 0.05)],
        "deflated": [[n, v, deflated_sharpe_ratio(sharpe, len(returns), n_trials=n, trials_variance=v, **shape)] for n, v in ((1, 0.01), (20, 0.002), (500, 0.004))],
    }


def overfitting(returns, blocks):
    result = probability_of_backtest_overfitting(returns, n_blocks=blocks)
    return {
        "returns": np.round(returns.T, 5).tolist(),
        "blocks": blocks,
        "probability": result.pbo,
        "probabilityOfLoss": result.probability_of_loss,
        "degradationSlope": result.degradation[0],
        "splits": result.n_partitions,
    }


def effective_trials(returns):
    """Mean of the correlations of all pairs."""
    pairs = [np.corrcoef(returns[i], returns[j])[0, 1] for i, j in combinations(range(len(returns)), 2)]
    rho = float(np.mean(pairs))
    return {"returns": returns.tolist(), "effective": rho + (1 - rho) * len(returns)}


def main():
    noise = np.round(rng.standard_normal((96, 7)), 5)
    skilled = noise.copy()
    skilled[:, 3] += 0.4
    series = np.round(0.6 * rng.standard_normal(50) + rng.standard_normal((6, 50)), 3)
    print(json.dumps({
        "moments": moments(np.round(0.3 + rng.standard_t(6, 120), 4)),
        "expectedMaximum": [[n, v, expected_maximum_sharpe(n, v)] for n, v in ((1, 1), (2, 1), (10, 0.5), (100, 1 / 500), (10_000, 0.25))],
        "overfitting": [overfitting(noise, 8), overfitting(skilled, 8), overfitting(np.round(noise - 0.05, 5), 12)],
        "effectiveTrials": effective_trials(series),
    }, indent=1))


main()
