"""A picture in memory, and what can be drawn on it: smooth lines of series, areas, marks and text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .font import ADVANCE, CAP_HEIGHT, glyph, text_width

Color = tuple[int, int, int]


class Canvas:
    """Pixels as float32 of shape (height, width, 3). Coordinates are pixels from the top left, y downwards."""

    def __init__(self, width: int, height: int, background: Color) -> None:
        self.width = width
        self.height = height
        self._pixels = np.empty((height, width, 3), np.float32)
        self._pixels[:] = background

    def image(self) -> NDArray[np.uint8]:
        """uint8 of shape (height, width, 3)."""
        return np.clip(self._pixels + 0.5, 0, 255).astype(np.uint8)

    def fill(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """A rectangle, to whole pixels."""
        left, top = max(0, round(x)), max(0, round(y))
        self._pixels[top : max(top, round(y + height)), left : max(left, round(x + width))] = color

    def series(self, left: int, y: NDArray[np.float64], color: Color, weight: float = 1.5) -> None:
        """A line through `y`, given at the edges of the pixel columns from `left` on; gaps are NaN."""
        low, high = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
        self._columns(left, low - weight / 2, high + weight / 2, color, 1.0)

    def ranges(
        self, left: int, low: NDArray[np.float64], high: NDArray[np.float64], color: Color, weight: float = 1.5
    ) -> None:
        """A line that covers `low` … `high` in each pixel column from `left` on."""
        self._columns(left, low - weight / 2, high + weight / 2, color, 1.0)

    def area(
        self, left: int, top: NDArray[np.float64], bottom: NDArray[np.float64], color: Color, opacity: float
    ) -> None:
        """What lies between two lines, a value a pixel column."""
        self._columns(left, top, bottom, color, opacity)

    def dashes(self, left: float, right: float, y: float, color: Color) -> None:
        """A dashed horizontal line."""
        for x in range(round(left), round(right), 7):
            self.fill(x, y, min(4, right - x), 1, color)

    def triangle(self, x: float, y: float, size: float, color: Color, *, up: bool) -> None:
        """A triangle whose tip is at (x, y), with a white rim."""
        for grow, shade in ((1.6, (255, 255, 255)), (0.0, color)):
            height = size + 2 * grow
            tip = y - grow if up else y + grow
            far = tip + height if up else tip - height
            first, last = sorted((tip, far))
            rows = np.arange(max(0, int(first)), min(self.height, int(last) + 2))
            columns = np.arange(max(0, int(x - height)), min(self.width, int(x + height) + 2))
            if len(rows) == 0 or len(columns) == 0:
                continue
            depth = np.abs(rows[:, None] + 0.5 - tip)
            half = depth * 0.62
            inside = np.clip(half - np.abs(columns[None, :] + 0.5 - x) + 0.5, 0, 1)
            inside *= np.clip(height - depth + 0.5, 0, 1)
            self._blend(slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1), shade, inside)

    def text(self, x: float, y: float, text: str, color: Color, *, unit: float = 1.5, align: str = "left") -> None:
        """Text whose capitals stand on the line `y`; `align`: what of it is at `x`."""
        width = text_width(text, unit)
        x -= {"left": 0.0, "center": width / 2, "right": width}[align]
        weight = 0.85 * unit if unit < 2 else 0.8 * unit
        for i, letter in enumerate(text):
            start = x + (i * ADVANCE - 1) * unit
            column = int(np.floor(start))
            # A quarter of a pixel is as fine as the eye can tell.
            shift = round((start - column) * 4) / 4
            coverage = glyph(letter, unit, weight, shift)
            top = round(y - (CAP_HEIGHT + 1) * unit)
            first, last = max(0, -column), min(coverage.shape[1], self.width - column)
            bottom = min(coverage.shape[0], self.height - top)
            if first >= last or top < 0 or bottom <= 0:
                continue
            rows = slice(top, top + bottom)
            self._blend(rows, slice(column + first, column + last), color, coverage[:bottom, first:last])

    def _columns(
        self, left: int, low: NDArray[np.float64], high: NDArray[np.float64], color: Color, opacity: float
    ) -> None:
        known = np.isfinite(low) & np.isfinite(high)
        if not known.any():
            return
        top = max(0, int(np.min(low[known])))
        bottom = min(self.height, int(np.max(high[known])) + 2)
        if top >= bottom:
            return
        rows = np.arange(top, bottom)[:, None]
        covered = np.minimum(high, rows + 1.0) - np.maximum(low, rows)
        covered = np.where(known, np.clip(covered, 0, 1), 0) * opacity
        self._blend(slice(top, bottom), slice(left, left + len(low)), color, covered)

    def _blend(self, rows: slice, columns: slice, color: Color | Sequence[int], coverage: NDArray[np.floating]) -> None:
        part = self._pixels[rows, columns]
        part += (np.asarray(color, np.float32) - part) * coverage[..., None].astype(np.float32)
