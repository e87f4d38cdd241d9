"""Steps a second through Python, beside those of the same environments inside Node, in alternating rounds.

    python python/bench/speed.py [--envs 1024] [--rounds 9]

Run it from a built checkout. The figures are medians over rounds; the ratio is the median of the ratios of neighbouring rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import ergodic

STEPS_A_ROUND = 2_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--envs", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    steps = max(1, STEPS_A_ROUND // given.envs)
    envs = ergodic.VectorTrading(HERE / "environment.yaml", given.envs, threads=given.threads)
    envs.reset(seed=1)
    random = np.random.default_rng(1)
    sets = [random.integers(0, 3, given.envs, dtype=np.int32) for _ in range(64)]
    node = subprocess.Popen(
        ["node", str(HERE / "speed.mjs"), str(given.envs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdin is not None and node.stdout is not None

    def in_node() -> float:
        node.stdin.write(f"{steps}\n")
        node.stdin.flush()
        return float(node.stdout.readline())

    def in_python() -> float:
        started = time.perf_counter()
        for k in range(steps):
            envs.step(sets[k % len(sets)])
        return time.perf_counter() - started

    for _ in range(2):
        in_node()
        in_python()
    pairs = [(in_node(), in_python()) for _ in range(given.rounds)]
    node.stdin.close()
    node.wait()
    envs.close()
    total = steps * given.envs
    print(
        json.dumps(
            {
                "environments": given.envs,
                "threads": given.threads,
                "nodeStepsPerSecond": round(total / statistics.median(n for n, _ in pairs)),
                "pythonStepsPerSecond": round(total / statistics.median(p for _, p in pairs)),
                "ratio": round(statistics.median(n / p for n, p in pairs), 3),
                "ratios": [round(n / p, 3) for n, p in pairs],
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
