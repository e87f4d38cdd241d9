"""Configs and helpers of the tests."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

_CONFIG: dict[str, Any] = {
    "seed": "python",
    "steps": 12,
    "interval": "1h",
    "markets": {"BTC/USDT": {"process": "gbm", "price": 30000, "drift": 0.2, "volatility": 0.7}},
    "portfolio": {"cash": 10000, "sizing": {"targetWeight": 0.95}},
    "execution": {"fees": {"taker": 0.001}},
    "rewards": [{"use": "log-return"}, {"use": "order-frequency", "window": 10, "limit": 1, "scale": 0.01}],
    "environment": {
        "observations": [{"use": "returns", "count": 3, "normalize": "running", "clip": 5}, {"use": "position"}]
    },
}


def config(**changes: Any) -> dict[str, Any]:
    """The config of most tests, with changes at its top."""
    return copy.deepcopy(_CONFIG) | changes


def actions_config(use: str) -> dict[str, Any]:
    """The same with other actions, over two markets."""
    markets = _CONFIG["markets"] | {"ETH/USDT": {"process": "gbm", "price": 2000, "volatility": 0.9}}
    return config(markets=markets, environment=_CONFIG["environment"] | {"actions": {"use": use}})


def run_python(code: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs code in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(),
        check=False,
        **options,
    )


def start_python(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def exists(pid: int) -> bool:
    """Whether there is such a process, be it a zombie."""
    return Path(f"/proc/{pid}").exists()


def wait_until_gone(pid: int, seconds: float = 30.0) -> bool:
    """Waits for the end of a process that is not our child."""
    end = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
