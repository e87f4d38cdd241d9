"""Stable-Baselines3 PPO learns a market with a planted signal, and is held against a random agent on new episodes.

    python python/soak/sb3.py [--steps 200000] [--envs 64] [--threads 1]

Needs stable-baselines3. Ends with 1 where PPO is not better than random by more than three standard errors.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from stable_baselines3 import PPO

import ergodic.sb3

EPISODES = 256


def evaluate(act: object, seed: int) -> np.ndarray:
    """Total rewards of the first episodes of a seed."""
    envs = ergodic.VectorTrading(HERE / "planted.yaml", EPISODES)
    observations, _ = envs.reset(seed=seed)
    totals = np.zeros(EPISODES)
    over = np.zeros(EPISODES, bool)
    while not over.all():
        observations, rewards, terminated, truncated, _ = envs.step(act(observations))  # type: ignore[operator]
        totals += np.where(over, 0.0, rewards)
        over |= terminated | truncated
    envs.close()
    return totals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--envs", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    envs = ergodic.sb3.make_vec_env(HERE / "planted.yaml", given.envs, seed=1, threads=given.threads)
    model = PPO(
        "MlpPolicy", envs, n_steps=128, batch_size=1024, n_epochs=4, gamma=0.95, ent_coef=0.001, seed=1, device="cpu"
    )
    started = time.perf_counter()
    model.learn(given.steps)
    seconds = time.perf_counter() - started
    episodes = list(model.ep_info_buffer or [])
    envs.close()
    random = np.random.default_rng(1)
    learned = evaluate(lambda observations: model.predict(observations, deterministic=True)[0], seed=2)
    drawn = evaluate(lambda observations: random.integers(0, 3, len(observations)), seed=2)
    difference = learned - drawn
    error = difference.std(ddof=1) / np.sqrt(EPISODES)
    print(
        json.dumps(
            {
                "steps": model.num_timesteps,
                "seconds": round(seconds, 1),
                "stepsPerSecond": round(model.num_timesteps / seconds),
                "trainedEpisodes": model._episode_num or len(episodes),
                "meanReturnOfPpo": round(float(learned.mean()), 4),
                "meanReturnOfRandom": round(float(drawn.mean()), 4),
                "differenceInStandardErrors": round(float(difference.mean() / error), 1),
                "peakMemoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
            indent=2,
        )
    )
    return 0 if difference.mean() > 3 * error else 1


if __name__ == "__main__":
    sys.exit(main())
