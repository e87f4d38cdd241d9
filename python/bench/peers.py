"""Steps a second of CPU time, beside gym-anytrading and Gym-Trading-Env, on the same candles with random actions.

    pip install gymnasium pandas matplotlib && pip install --no-deps gym-anytrading==2.0.0 gym-trading-env==0.3.5
    python python/bench/peers.py [--rounds 5]

All trade the hourly candles of examples/data, with 10 numbers to see: peers as their manuals show them, one environment each;
ergodic once with one environment and once with 1,024 (`make_vec`). CPU time is that of this process and of the server. The
rounds alternate; figures are medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import gymnasium
import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import ergodic

CANDLES = HERE.parents[1] / "examples" / "data" / "btc-usd-1h.csv"
CONFIG = {
    "interval": "1h",
    "markets": {"BTC/USD": {"process": "replay", "file": str(CANDLES)}},
    "portfolio": {"cash": 10_000},
    "execution": {"fees": {"taker": 0.001}},
    "rewards": [{"use": "log-return"}],
    "environment": {"observations": [{"use": "returns", "count": 9}, {"use": "position"}]},
}

Round = Callable[[], tuple[int, float]]


def server_seconds(pid: int) -> float:
    """CPU time of another process."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / 100


def one_by_one(env: gymnasium.Env, steps: int, seconds: Callable[[], float]) -> Round:
    actions = np.random.default_rng(1).integers(0, env.action_space.n, steps).tolist()  # type: ignore[attr-defined]

    def run() -> tuple[int, float]:
        env.reset(seed=1)
        started = seconds()
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        return steps, seconds() - started

    return run


def gym_anytrading(frame: pd.DataFrame) -> Round:
    from gym_anytrading.envs import StocksEnv

    env = StocksEnv(frame.rename(columns=str.capitalize), window_size=10, frame_bound=(10, len(frame)))
    return one_by_one(env, 20_000, time.process_time)


def gym_trading_env(frame: pd.DataFrame) -> Round:
    from gym_trading_env.environments import TradingEnv

    table = frame.copy()
    for lag in range(1, 9):
        table[f"feature_{lag}"] = table["close"].pct_change().shift(lag - 1)
    env = TradingEnv(df=table.dropna(), positions=[0, 1], trading_fees=0.001, verbose=0)
    return one_by_one(env, 20_000, time.process_time)


def ergodic_one() -> Round:
    env = ergodic.TradingEnv(CONFIG)
    pid = env._server.pid
    return one_by_one(env, 20_000, lambda: time.process_time() + server_seconds(pid))


def ergodic_many() -> Round:
    envs = ergodic.VectorTrading(CONFIG, 1024)
    pid = envs._server.pid
    steps = 1_000
    actions = np.random.default_rng(1).integers(0, 3, (steps, 1024), dtype=np.int32)

    def run() -> tuple[int, float]:
        envs.reset(seed=1)
        started = time.process_time() + server_seconds(pid)
        for row in actions:
            envs.step(row)
        return steps * 1024, time.process_time() + server_seconds(pid) - started

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    frame = pd.read_csv(CANDLES, parse_dates=["time"], index_col="time").tz_localize(None)
    subjects = {
        "gym-anytrading": gym_anytrading(frame),
        "gym-trading-env": gym_trading_env(frame),
        "ergodic": ergodic_one(),
        "ergodic, 1024 environments": ergodic_many(),
    }
    for run in subjects.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, run in subjects.items():
            steps, took = run()
            seconds[name].append(took / steps)
    cost = {name: statistics.median(values) for name, values in seconds.items()}
    ours = cost["ergodic, 1024 environments"]
    print(
        json.dumps(
            {
                name: {"cpuMicrosecondsAStep": round(1e6 * value, 3), "timesErgodic1024": round(value / ours, 1)}
                for name, value in cost.items()
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
