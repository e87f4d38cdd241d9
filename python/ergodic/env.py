"""One environment."""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from ._history import History
from ._infos import read_ended, single_info
from ._server import Server
from ._spaces import Seed, check_options, encode_actions, fresh_seed, seed_text, space_of
from .render import draw, tell

RENDER_MODES = ["rgb_array", "ansi"]
RENDER_FPS = 8


class TradingEnv(gymnasium.Env[NDArray[np.float32], Any]):
    """A market to act in: ``gymnasium.make("ergodic/Trading-v0", config="ergodic.yaml")``.

    Episode e of a seed is episode e of ``ergodic run`` with that seed. ``reset(seed=…)`` starts episode 0 of the seed,
    ``reset()`` the next one; an environment that never had a seed draws one. ``step(action)`` covers the time from one decision
    to the next and returns that interval's reward.

    - Observation: float32 of shape ``(n,)``; ``observation_labels`` names the numbers.
    - Action: what the config's ``environment.actions`` says: ``Discrete``, ``MultiDiscrete`` or ``Box`` (float32).
    - Info: ``episodeNumber``, ``step``, ``timeMs``, ``equity``, ``rewards`` (part by name; they add up to the reward); at the end
      also ``endReason`` and ``final`` (the figures of the table of episodes, None where undefined). An episode that fails is
      truncated with reward 0, ``endReason`` ``"failed"`` and ``failure`` (``code``, ``message``).
    - ``terminated``: ruin or a stop; ``truncated``: the episode's steps are done.

    Args:
        config: path of a config, or the config itself as a mapping, whose relative paths start at the current folder.
        render_mode: ``"rgb_array"``: ``render()`` draws the episode so far, uint8 of shape (height, width, 3); ``"ansi"``: a line.
        overrides: values over those of the config, by path: ``{"steps": 500, "markets.BTC/USDT.volatility": 0.9}``.
        command: words that start the server, see ``docs/python.md``.

    Raises:
        ServerNotFoundError, ConfigError, ServerError

    Example:
        >>> import gymnasium, ergodic
        >>> env = gymnasium.make("ergodic/Trading-v0", config={"markets": {"BTC": {"process": "gbm", "price": 30000,
        ...     "volatility": 0.7}}, "steps": 100, "interval": "1h"})
        >>> observation, info = env.reset(seed=7)
        >>> observation.dtype, env.action_space
        (dtype('float32'), Discrete(3))
        >>> info["step"], info["equity"]
        (0, 10000.0)
        >>> observation, reward, terminated, truncated, info = env.step(2)
        >>> sum(info["rewards"].values()) == reward
        True
        >>> env.close()
    """

    metadata: dict[str, Any] = {"render_modes": RENDER_MODES, "render_fps": RENDER_FPS}

    def __init__(
        self,
        config: str | os.PathLike[str] | Mapping[str, Any],
        *,
        render_mode: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        command: Sequence[str] | str | None = None,
    ) -> None:
        self.render_mode = check_render_mode(render_mode)
        self._server = Server(config, count=1, autoreset="disabled", history=True, overrides=overrides, command=command)
        ready = self._server.ready
        self.observation_space = space_of(ready["observationSpace"])  # type: ignore[assignment]
        self.action_space = space_of(ready["actionSpace"])
        self.observation_labels: tuple[str, ...] = tuple(ready["observationLabels"])
        self.reward_names: tuple[str, ...] = tuple(ready["rewardNames"])
        self.symbols: tuple[str, ...] = tuple(ready["symbols"])
        self._fields: list[str] = ready["fields"]
        self._width = self.observation_space.shape[0]  # type: ignore[index]
        self._history = History(self.symbols) if render_mode is not None else None
        self._has_seed = False

    def reset(
        self, *, seed: Seed | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Starts an episode: the first of a seed, or the next of the same one.

        Args:
            seed: an integer of 0 or more, or a text.
            options: ``{"episode": e}`` plays episode e instead.
        """
        given = check_options(options, ["episode"])
        text = None if seed is None else seed_text(seed)
        super().reset(seed=None if seed is None or isinstance(seed, str) else operator.index(seed))
        if text is None and not self._has_seed:
            text = fresh_seed(self.np_random)
        request: dict[str, Any] = {}
        if text is not None:
            request["seed"] = text
        if "episode" in given:
            request["episodes"] = [int(given["episode"])]
        state = self._server.reset(request)
        self._has_seed = True
        if self._history is not None:
            self._history.begin(state, 0)
        return state.blocks["observations"][0], single_info(state, None, self.reward_names, self._fields)

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Acts, and goes on to the next decision or the end.

        Raises:
            ActionError: the space does not have the action; nothing has changed.
            NotResetError, EpisodeOverError: there is no episode; nothing has changed.
        """
        encoded = encode_actions(self.action_space, action, self.action_space.shape or ())  # type: ignore[arg-type]
        state = self._server.step(encoded.reshape(-1))
        if self._history is not None:
            self._history.add(state, 0)
        blocks = state.blocks
        ended = read_ended(state, len(self._fields), self._width)
        return (
            blocks["observations"][0],
            float(blocks["rewards"][0]),
            bool(blocks["terminations"][0]),
            bool(blocks["truncations"][0]),
            single_info(state, ended, self.reward_names, self._fields),
        )

    def render(self) -> Any:
        """The episode so far: price with buys and sells, equity, position. None without a ``render_mode``."""
        return None if self._history is None else show(self._history, self.render_mode)

    def close(self) -> None:
        """Ends the server. May be called again."""
        if hasattr(self, "_server"):
            self._server.close()

    def __getstate__(self) -> Any:
        raise TypeError(NOT_COPIED)


NOT_COPIED = (
    "an environment holds a process: it cannot be pickled or copied; make it where it is used, for example "
    "lambda: gymnasium.make('ergodic/Trading-v0', config=…)"
)


def check_render_mode(mode: str | None) -> str | None:
    if mode is None or mode in RENDER_MODES:
        return mode
    raise ValueError(f"render_mode: must be None, {' or '.join(map(repr, RENDER_MODES))}, got {mode!r}")


def show(history: History, mode: str | None) -> Any:
    if history.length == 0:
        raise gymnasium.error.ResetNeeded("render: there is no episode yet, call reset first")
    return tell(history) if mode == "ansi" else draw(history)


__all__ = ["TradingEnv"]
