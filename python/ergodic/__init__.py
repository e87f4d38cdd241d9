"""Trading environments for Gymnasium, over the event loop of ergodic.

Importing this package registers ``ergodic/Trading-v0`` for ``gymnasium.make`` and ``gymnasium.make_vec``.
"""

from __future__ import annotations

import gymnasium

from .env import TradingEnv
from .errors import (
    ActionError,
    ClosedError,
    ConfigError,
    EpisodeError,
    EpisodeOverError,
    ErgodicError,
    NotResetError,
    ServerError,
    ServerNotFoundError,
)
from .vector import VectorTrading

__version__ = "0.1.0"

__all__ = [
    "ActionError",
    "ClosedError",
    "ConfigError",
    "EpisodeError",
    "EpisodeOverError",
    "ErgodicError",
    "NotResetError",
    "ServerError",
    "ServerNotFoundError",
    "TradingEnv",
    "VectorTrading",
]

if "ergodic/Trading-v0" not in gymnasium.registry:
    gymnasium.register(
        "ergodic/Trading-v0",
        entry_point="ergodic.env:TradingEnv",
        vector_entry_point="ergodic.vector:VectorTrading",
    )
