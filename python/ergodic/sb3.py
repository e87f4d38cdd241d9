"""Environments for Stable-Baselines3, which is imported here and nowhere else.

Example:
    >>> from stable_baselines3 import PPO                                # doctest: +SKIP
    >>> envs = ergodic.sb3.make_vec_env("ergodic.yaml", n_envs=64)       # doctest: +SKIP
    >>> PPO("MlpPolicy", envs).learn(200_000)                            # doctest: +SKIP
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from ._spaces import Seed
from .vector import VectorTrading

try:
    from stable_baselines3.common.vec_env import VecEnv
except ImportError as error:
    raise ImportError(
        "ergodic.sb3 needs Stable-Baselines3, which is not installed: pip install 'ergodic[sb3]'"
    ) from error

__all__ = ["TradingVecEnv", "make_vec_env"]


class TradingVecEnv(VecEnv):
    """A VectorTrading with the interface of Stable-Baselines3, for which each step ends and begins episodes at once.

    ``step`` returns observations float32 ``(n_envs, n)``, rewards float32 ``(n_envs,)``, dones bool ``(n_envs,)`` and a list of infos. An
    info is empty but where an episode ended: ``terminal_observation``, ``TimeLimit.truncated`` (true where the steps were done),
    ``episode`` (``r`` the sum of rewards, ``l`` the steps, ``t`` seconds since the start), and ``episodeNumber``, ``step``, ``equity``,
    ``rewards``, ``endReason``, ``final`` as in ``TradingEnv``. What ``info_keys`` names (``equity``, ``step``, ``episodeNumber``) is in every info.

    Attributes and methods of single environments are those of ``envs``: there are no environments behind it.
    """

    def __init__(self, envs: VectorTrading, info_keys: Sequence[str] = ()) -> None:
        if envs.autoreset_mode != AutoresetMode.SAME_STEP:
            raise ValueError(f"envs: autoreset_mode must be SAME_STEP, got {envs.autoreset_mode}")
        known = ("episodeNumber", "step", "equity")
        for key in info_keys:
            if key not in known:
                raise ValueError(f"info_keys: must be of {', '.join(known)}, got {key!r}")
        self.envs = envs
        self._info_keys = tuple(info_keys)
        self._seed: Seed | None = None
        self._actions: NDArray[Any] | None = None
        self._returns = np.zeros(envs.num_envs)
        self._lengths = np.zeros(envs.num_envs, np.int64)
        self._started = time.perf_counter()
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)
        self.metadata = envs.metadata

    def seed(self, seed: int | None = None) -> list[None | int]:
        """The next reset starts with this seed. It is one for all, and none is seed + i: environment i plays episodes
        i, i + n_envs, … of it."""
        self._seed = seed
        return [seed] * self.num_envs

    def reset(self) -> NDArray[np.float32]:
        observations, infos = self.envs.reset(seed=self._seed, options=self._options[0] or None)
        self._seed = None
        self._reset_options()
        self._returns[:] = 0
        self._lengths[:] = 0
        self.reset_infos = [
            {key: infos[key][i] for key in ("episodeNumber", "step", "equity")} for i in range(self.num_envs)
        ]
        return observations

    def step_async(self, actions: NDArray[Any]) -> None:
        self._actions = actions

    def step_wait(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        observations, rewards, terminations, truncations, infos = self.envs.step(self._actions)
        self._actions = None
        self._returns += rewards
        self._lengths += 1
        each: list[dict[str, Any]]
        if self._info_keys:
            columns = [infos[key].tolist() for key in self._info_keys]
            each = [dict(zip(self._info_keys, row, strict=True)) for row in zip(*columns, strict=True)]
        else:
            each = [{} for _ in range(self.num_envs)]
        dones = terminations | truncations
        if "final_info" in infos:
            self._tell_ends(each, infos, terminations, np.flatnonzero(dones))
        return observations, rewards.astype(np.float32), dones, each

    def _tell_ends(
        self,
        each: list[dict[str, Any]],
        infos: dict[str, Any],
        terminations: NDArray[np.bool_],
        where: Iterable[np.intp],
    ) -> None:
        seconds = round(time.perf_counter() - self._started, 6)
        for i in where:
            info = each[i]
            info.update(_row(infos["final_info"], int(i)))
            info["terminal_observation"] = infos["final_obs"][i]
            info["TimeLimit.truncated"] = not bool(terminations[i])
            info["episode"] = {"r": float(self._returns[i]), "l": int(self._lengths[i]), "t": seconds}
            self._returns[i] = 0.0
            self._lengths[i] = 0

    def close(self) -> None:
        self.envs.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        images = self.envs.render() if self.envs.render_mode == "rgb_array" else None
        return [None] * self.num_envs if images is None else list(images)

    def get_attr(self, attr_name: str, indices: None | int | Iterable[int] = None) -> list[Any]:
        """The attribute of ``envs``, once for each."""
        value = getattr(self.envs, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: None | int | Iterable[int] = None) -> None:
        """Sets an attribute of ``envs``; for all alike."""
        if len(list(self._get_indices(indices))) != self.num_envs:
            raise NotImplementedError(f"set_attr({attr_name!r}): environments share their attributes, set it for all")
        setattr(self.envs, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: None | int | Iterable[int] = None, **method_kwargs: Any
    ) -> list[Any]:
        """``render`` of chosen environments; others step and reset together."""
        if method_name == "render":
            frames = self.envs.render() or [None] * self.num_envs
            return [frames[i] for i in self._get_indices(indices)]
        raise NotImplementedError(
            f"env_method({method_name!r}): there are no single environments behind this one, only render can be called"
        )

    def env_is_wrapped(self, wrapper_class: type, indices: None | int | Iterable[int] = None) -> list[bool]:
        """Infos have ``episode`` as with a Monitor, so that it need not be wrapped in one."""
        is_monitor = wrapper_class.__name__ == "Monitor"
        return [is_monitor for _ in self._get_indices(indices)]


def make_vec_env(
    config: str | os.PathLike[str] | Mapping[str, Any],
    n_envs: int = 1,
    *,
    seed: int | None = None,
    threads: int = 1,
    info_keys: Sequence[str] = (),
    render_mode: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    command: Sequence[str] | str | None = None,
) -> TradingVecEnv:
    """``n_envs`` environments in one child process, as Stable-Baselines3 takes them. Arguments as VectorTrading's."""
    envs = VectorTrading(
        config,
        n_envs,
        autoreset_mode=AutoresetMode.SAME_STEP,
        threads=threads,
        render_mode=render_mode,
        overrides=overrides,
        command=command,
    )
    vec_env = TradingVecEnv(envs, info_keys)
    if seed is not None:
        vec_env.seed(seed)
    return vec_env


def _row(infos: dict[str, Any], i: int) -> dict[str, Any]:
    """The info of one environment, out of arrays with masks."""
    row: dict[str, Any] = {}
    for key, value in infos.items():
        mask = infos.get(f"_{key}")
        if mask is None or not mask[i]:
            continue
        if isinstance(value, dict):
            row[key] = _row(value, i)
        else:
            row[key] = value[i].item() if isinstance(value[i], np.generic) else value[i]
    return row
