"""Infos, from what the server sends. Vector infos have Gymnasium's form: arrays, and a mask under ``_key`` for each key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._server import State

END_REASONS = ("completed", "ruined", "stopped", "failed")


@dataclass(frozen=True, slots=True)
class Ended:
    """Episodes that ended in a step, one row each."""

    environments: NDArray[np.uint32]
    """Environments they ended in, ascending."""
    reasons: list[str]
    episodes: NDArray[np.int64]
    figures: NDArray[np.float64]
    """(rows, fields); NaN where undefined."""
    observations: NDArray[np.float32]
    """(rows, observation) with same-step autoreset, else empty."""
    failures: dict[int, dict[str, str]]
    """By environment: ``code`` and ``message`` of episodes that failed."""


def read_ended(state: State, fields: int, observation: int) -> Ended | None:
    """What follows the arrays of a state; None where no episode ended."""
    if state.tail is None:
        return None
    tail, rows = state.tail, state.ended
    at = 0

    def take(dtype: Any, count: int) -> NDArray[Any]:
        nonlocal at
        array = np.frombuffer(tail, dtype, count, at)
        at += array.nbytes
        return array

    episodes = take("<f8", rows).astype(np.int64)
    figures = take("<f8", rows * fields).reshape(rows, fields)
    environments = take("<u4", rows)
    reasons = [END_REASONS[i] for i in take("<u4", rows)]
    left = len(tail) - at - state.failed_bytes
    observations = take("<f4", left // 4).reshape(-1, observation)
    failed = json.loads(tail[at:]) if state.failed_bytes else []
    failures = {one["index"]: {"code": one["code"], "message": one["message"]} for one in failed}
    return Ended(environments, reasons, episodes, figures, observations, failures)


def single_info(
    state: State, ended: Ended | None, reward_names: Sequence[str], fields: Sequence[str]
) -> dict[str, Any]:
    """The info of the only environment."""
    blocks = state.blocks
    info: dict[str, Any] = {
        "episodeNumber": int(blocks["episodes"][0]),
        "step": int(blocks["steps"][0]),
        "timeMs": int(blocks["times"][0]),
        "equity": float(blocks["equities"][0]),
        "rewards": {name: float(column[0]) for name, column in _parts(blocks, reward_names)},
    }
    if ended is not None:
        info["endReason"] = ended.reasons[0]
        info["final"] = {
            name: None if np.isnan(value) else float(value)
            for name, value in zip(fields, ended.figures[0], strict=True)
        }
        if ended.failures:
            info["failure"] = ended.failures[0]
    return info


def vector_infos(state: State, mask: NDArray[np.bool_], reward_names: Sequence[str]) -> dict[str, Any]:
    """The infos of all environments where ``mask`` is true."""
    blocks = state.blocks
    infos: dict[str, Any] = {
        "episodeNumber": blocks["episodes"].astype(np.int64),
        "_episodeNumber": mask,
        "step": blocks["steps"].astype(np.int64),
        "_step": mask,
        "equity": blocks["equities"],
        "_equity": mask,
    }
    if reward_names:
        rewards: dict[str, Any] = {}
        for name, column in _parts(blocks, reward_names):
            rewards[name] = column
            rewards[f"_{name}"] = mask
        infos["rewards"] = rewards
        infos["_rewards"] = mask
    return infos


def add_ends(infos: dict[str, Any], ended: Ended, count: int, fields: Sequence[str]) -> None:
    """Adds ``endReason``, ``final`` and, where one failed, ``failure``."""
    mask = np.zeros(count, np.bool_)
    mask[ended.environments] = True
    reasons = np.full(count, None, object)
    reasons[ended.environments] = ended.reasons
    final: dict[str, Any] = {}
    for j, name in enumerate(fields):
        column = np.zeros(count)
        column[ended.environments] = ended.figures[:, j]
        final[name] = column
        final[f"_{name}"] = mask
    infos |= {"endReason": reasons, "_endReason": mask, "final": final, "_final": mask}
    if ended.failures:
        failures = np.full(count, None, object)
        failed = np.zeros(count, np.bool_)
        for i, failure in ended.failures.items():
            failures[i] = failure
            failed[i] = True
        infos |= {"failure": failures, "_failure": failed}


def add_same_step(
    infos: dict[str, Any], state: State, ended: Ended, reward_names: Sequence[str], fields: Sequence[str]
) -> None:
    """Adds ``final_obs`` and ``final_info`` of episodes that ended in a step that also began the next."""
    count = len(state.blocks["equities"])
    where = ended.environments
    mask = np.zeros(count, np.bool_)
    mask[where] = True
    observations = np.full(count, None, object)
    for i, row in zip(where, ended.observations, strict=True):
        observations[i] = row
    number = np.zeros(count, np.int64)
    number[where] = ended.episodes
    step = np.zeros(count, np.int64)
    steps = ended.figures[:, fields.index("steps")]
    step[where] = np.where(np.isnan(steps), -1, steps)
    equity = np.zeros(count)
    equity[where] = ended.figures[:, fields.index("finalEquity")]
    final_info: dict[str, Any] = {
        "episodeNumber": number,
        "_episodeNumber": mask,
        "step": step,
        "_step": mask,
        "equity": equity,
        "_equity": mask,
    }
    if reward_names:
        final_info["rewards"] = {}
        for name, column in _parts(state.blocks, reward_names):
            final_info["rewards"] |= {name: np.where(mask, column, 0.0), f"_{name}": mask}
            # Of the new episode there is no reward yet.
            column[where] = 0.0
        final_info["_rewards"] = mask
    add_ends(final_info, ended, count, fields)
    infos |= {"final_obs": observations, "_final_obs": mask, "final_info": final_info, "_final_info": mask}


def _parts(blocks: dict[str, NDArray[Any]], names: Sequence[str]) -> list[tuple[str, NDArray[np.float64]]]:
    if not names:
        return []
    parts = blocks["rewardParts"]
    if len(names) == 1:
        return [(names[0], parts)]
    return [(name, parts[:, t]) for t, name in enumerate(names)]
