"""Spaces, actions and seeds, as the server has them."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .errors import ActionError

Space = spaces.Discrete | spaces.MultiDiscrete | spaces.Box
Seed = int | str


def space_of(document: Mapping[str, Any]) -> Space:
    """The space that the server describes."""
    if document["type"] == "discrete":
        return spaces.Discrete(document["n"])
    if document["type"] == "multi-discrete":
        return spaces.MultiDiscrete(document["nvec"])
    low = np.array([float(value) for value in document["low"]], dtype=np.float32)
    high = np.array([float(value) for value in document["high"]], dtype=np.float32)
    shape = tuple(document["shape"])
    return spaces.Box(low.reshape(shape), high.reshape(shape), dtype=np.float32)


def encode_actions(space: Space, actions: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Actions as the server reads them: int32, or float32 for a Box; the server checks their range.

    Raises:
        ActionError: wrong shape, or numbers of the wrong kind.
    """
    given = np.asarray(actions)
    if given.shape != shape:
        raise ActionError(f"actions of {space} must have shape {shape}, got {given.shape}")
    if isinstance(space, spaces.Box):
        if given.dtype.kind not in "fiu":
            raise ActionError(f"actions of {space} must be numbers, got {given.dtype}")
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(given, dtype=np.float32)
    if given.dtype == np.int32:
        return np.ascontiguousarray(given)
    if given.dtype.kind not in "iu":
        raise ActionError(f"actions of {space} must be whole numbers, got {given.dtype}: {_short(given)}")
    encoded = given.astype(np.int32, order="C")
    if not np.array_equal(encoded, given):
        raise ActionError(f"actions must be in {space}, got {_short(given[encoded != given])}")
    return encoded


def _short(values: NDArray[Any]) -> str:
    return np.array2string(np.atleast_1d(values), threshold=4, edgeitems=2)


def seed_text(seed: Any) -> str:
    """A seed as the server has it: an integer becomes its decimal text.

    Raises:
        TypeError, ValueError: it is no integer of 0 or more, and no text.
    """
    if isinstance(seed, str):
        return seed
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(f"seed: must be an integer or a text, got {seed!r}") from None
    if number < 0:
        raise ValueError(f"seed: must be 0 or more, got {number}")
    return str(number)


def fresh_seed(random: np.random.Generator) -> str:
    """A seed that nobody asked for: two environments without a seed have different ones."""
    return str(int(random.integers(1 << 63)))


def check_options(options: Mapping[str, Any] | None, known: Sequence[str]) -> Mapping[str, Any]:
    """Raises ValueError for a key that would have no effect."""
    for key in options or {}:
        if key not in known:
            raise ValueError(f"options: unknown key {key!r}; known are {', '.join(known)}")
    return options or {}
