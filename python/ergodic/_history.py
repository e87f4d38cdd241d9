"""What an environment has shown since its episode began: what images of it are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._server import State


class History:
    """Price and position of each symbol and equity, a row a decision; it grows by doubling."""

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        self.length = 0
        self.episode = -1
        self._rows = np.empty((256, 3 + 2 * len(symbols)))

    def begin(self, state: State, i: int) -> None:
        """Forgets what was, and notes the first decision of environment i."""
        self.length = 0
        self.episode = int(state.blocks["episodes"][i])
        self.add(state, i)

    def add(self, state: State, i: int) -> None:
        if self.length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        blocks = state.blocks
        row = self._rows[self.length]
        count = len(self.symbols)
        row[0] = blocks["steps"][i]
        row[1] = blocks["times"][i]
        row[2] = blocks["equities"][i]
        row[3 : 3 + count] = blocks["prices"][i]
        row[3 + count :] = blocks["positions"][i]
        self.length += 1

    @property
    def steps(self) -> NDArray[np.float64]:
        return self._column(0)

    @property
    def times_ms(self) -> NDArray[np.float64]:
        return self._column(1)

    @property
    def equity(self) -> NDArray[np.float64]:
        return self._column(2)

    def price(self, symbol: int) -> NDArray[np.float64]:
        return self._column(3 + symbol)

    def position(self, symbol: int) -> NDArray[np.float64]:
        """Base units; negative when short."""
        return self._column(3 + len(self.symbols) + symbol)

    def _column(self, j: int) -> NDArray[Any]:
        return self._rows[: self.length, j]
