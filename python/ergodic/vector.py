"""Many environments in step, in one child process."""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from ._history import History
from ._infos import add_ends, add_same_step, read_ended, vector_infos
from ._server import Server, State
from ._spaces import Seed, check_options, encode_actions, fresh_seed, seed_text, space_of
from .env import NOT_COPIED, RENDER_FPS, RENDER_MODES, check_render_mode, show

_MODES = {
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.DISABLED: "disabled",
}


class VectorTrading(VectorEnv[NDArray[np.float32], NDArray[Any], NDArray[Any]]):
    """``num_envs`` markets to act in: ``gymnasium.make_vec("ergodic/Trading-v0", num_envs=1024, config="ergodic.yaml")``.

    Environment i plays episodes i, i + num_envs, i + 2 num_envs, … of one seed, so that no two play the same market; those are
    the episodes of ``ergodic run`` with that seed. Arrays that are returned are new each time, and the caller's.

    - Observations: float32 of shape ``(num_envs, n)``; actions: int64 or int32 of shape ``(num_envs,)`` for ``Discrete``,
      ``(num_envs, k)`` for ``MultiDiscrete``, float32 ``(num_envs, k)`` for ``Box``.
    - Rewards: float64, terminations and truncations: bool, each of shape ``(num_envs,)``.
    - Infos: arrays of ``num_envs`` with a mask under ``_key`` each: ``episodeNumber``, ``step``, ``equity``, ``rewards`` (a dict of
      the parts). Where episodes ended: ``endReason``, ``final`` (a dict of the figures of the table of episodes, NaN where
      undefined), and ``failure`` where one failed (it counts as truncated, with reward 0). With ``SAME_STEP`` these
      are in ``final_info``, beside ``final_obs``. Masks are read-only where they are true throughout.

    Args:
        config: path of a config, or the config itself as a mapping, whose relative paths start at the current folder.
        num_envs: environments.
        autoreset_mode: ``NEXT_STEP``: the step after an end ignores the action, resets, and reports reward 0. ``SAME_STEP``: the
            step that ends an episode resets too. ``DISABLED``: the caller resets with ``options={"reset_mask": mask}``.
        threads: threads of the server that share the environments; no result depends on it.
        render_mode: as TradingEnv; ``render()`` gives one for each environment. It slows steps down and needs ``threads=1``.
        overrides: values over those of the config, by path.
        command: words that start the server, see ``docs/python.md``.

    Raises:
        ServerNotFoundError, ConfigError, ServerError

    Example:
        >>> import numpy, ergodic
        >>> config = {"markets": {"BTC": {"process": "gbm", "price": 30000, "volatility": 0.7}}, "steps": 100, "interval": "1h"}
        >>> envs = ergodic.VectorTrading(config, 4)
        >>> observations, infos = envs.reset(seed=7)
        >>> observations.shape, infos["episodeNumber"]
        ((4, 9), array([0, 1, 2, 3]))
        >>> observations, rewards, terminations, truncations, infos = envs.step(numpy.array([2, 2, 1, 0]))
        >>> infos["step"]
        array([1, 1, 1, 1])
        >>> envs.close()
    """

    def __init__(
        self,
        config: str | os.PathLike[str] | Mapping[str, Any],
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        threads: int = 1,
        render_mode: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        command: Sequence[str] | str | None = None,
    ) -> None:
        self.num_envs = _count("num_envs", num_envs)
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.render_mode = check_render_mode(render_mode)
        self.metadata = {
            "render_modes": RENDER_MODES,
            "render_fps": RENDER_FPS,
            "autoreset_mode": self.autoreset_mode,
        }
        self._server = Server(
            config,
            count=self.num_envs,
            autoreset=_MODES[self.autoreset_mode],
            threads=_count("threads", threads),
            history=render_mode is not None,
            overrides=overrides,
            command=command,
        )
        ready = self._server.ready
        self.single_observation_space = space_of(ready["observationSpace"])
        self.single_action_space = self._single_actions = space_of(ready["actionSpace"])
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.observation_labels: tuple[str, ...] = tuple(ready["observationLabels"])
        self.reward_names: tuple[str, ...] = tuple(ready["rewardNames"])
        self.symbols: tuple[str, ...] = tuple(ready["symbols"])
        self._fields: list[str] = ready["fields"]
        self._width: int = self.single_observation_space.shape[0]  # type: ignore[index]
        single = self.single_action_space
        self._action_shape = (self.num_envs, *([] if isinstance(single, spaces.Discrete) else single.shape or ()))
        self._all = np.ones(self.num_envs, np.bool_)
        self._all.flags.writeable = False
        self._histories = [] if render_mode is None else [History(self.symbols) for _ in range(self.num_envs)]
        self._has_seed = False

    def reset(  # type: ignore[override]
        self, *, seed: Seed | Sequence[Seed | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Starts episodes in all environments, or where a mask is true.

        Args:
            seed: one for all: environment i plays episodes i, i + num_envs, … of it. Or a list of one for each: environment i plays
                episodes 0, 1, 2, … of its own; None in it draws one. Without: the next episodes; before any seed, of one
                that is drawn.
            options: ``{"reset_mask": mask}``: bool, resets these alone; ``{"episodes": numbers}`` plays these.
        """
        given = check_options(options, ["reset_mask", "episodes"])
        request: dict[str, Any] = {}
        if isinstance(seed, (list, tuple, np.ndarray)):
            request["seed"] = self._seeds_of(list(seed))
        elif seed is not None:
            request["seed"] = seed_text(seed)
            if not isinstance(seed, str):
                super().reset(seed=operator.index(seed))  # type: ignore[arg-type]
        elif not self._has_seed:
            request["seed"] = fresh_seed(self.np_random)
        mask = self._all
        if given.get("reset_mask") is not None:
            mask = self._checked_mask(given["reset_mask"])
            request["only"] = np.flatnonzero(mask).tolist()
        if given.get("episodes") is not None:
            request["episodes"] = [int(episode) for episode in given["episodes"]]
        state = self._server.reset(request)
        self._has_seed = True
        for i, history in enumerate(self._histories):
            if mask[i]:
                history.begin(state, i)
        return state.blocks["observations"], vector_infos(state, mask, self.reward_names)

    def step(
        self, actions: Any
    ) -> tuple[NDArray[np.float32], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Acts in all environments; all actions are checked before any takes effect.

        Raises:
            ActionError: an action that the space does not have, and whose; nothing has changed.
            NotResetError, and EpisodeOverError with ``DISABLED``; nothing has changed.
        """
        state = self._server.step(encode_actions(self._single_actions, actions, self._action_shape))
        blocks = state.blocks
        infos = vector_infos(state, self._all, self.reward_names)
        ended = read_ended(state, len(self._fields), self._width)
        if ended is not None:
            if self.autoreset_mode == AutoresetMode.SAME_STEP:
                add_same_step(infos, state, ended, self.reward_names, self._fields)
            else:
                add_ends(infos, ended, self.num_envs, self._fields)
        if self._histories:
            self._keep(state)
        return blocks["observations"], blocks["rewards"], blocks["terminations"], blocks["truncations"], infos

    def render(self) -> tuple[Any, ...] | None:
        """One image or line for each environment; None without a ``render_mode``."""
        if self.render_mode is None:
            return None
        return tuple(show(history, self.render_mode) for history in self._histories)

    def close_extras(self, **kwargs: Any) -> None:
        """Ends the server."""
        if hasattr(self, "_server"):
            self._server.close()

    def _seeds_of(self, seeds: list[Seed | None]) -> list[str]:
        if len(seeds) != self.num_envs:
            raise ValueError(f"seed: a list must have {self.num_envs} entries, one an environment, got {len(seeds)}")
        return [fresh_seed(self.np_random) if seed is None else seed_text(seed) for seed in seeds]

    def _keep(self, state: State) -> None:
        episodes = state.blocks["episodes"]
        for i, history in enumerate(self._histories):
            if history.episode == episodes[i]:
                history.add(state, i)
            else:
                history.begin(state, i)

    def _checked_mask(self, mask: Any) -> NDArray[np.bool_]:
        given = np.asarray(mask)
        if given.dtype != np.bool_ or given.shape != (self.num_envs,):
            raise ValueError(
                f"options['reset_mask']: must be a bool array of shape ({self.num_envs},), got {given.dtype} {given.shape}"
            )
        if not given.any():
            raise ValueError("options['reset_mask']: must be true for an environment, it is for none")
        return given.copy()

    def __getstate__(self) -> Any:
        raise TypeError(NOT_COPIED)


def _count(name: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(f"{name}: must be a whole number of 1 or more, got {value!r}")
    return number
