"""A font of strokes: each glyph is a few lines on a grid of 5 by 9, drawn smooth at any size."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

ADVANCE = 5.6
"""Grid units from one glyph to the next."""
CAP_HEIGHT = 6.0

# Points are two digits, x and y; y grows downwards, 0 is the height of capitals, 6 the base line.
_STROKES = {
    "0": "01 10 30 41 45 36 16 05 01",
    "1": "01 20 26,06 46",
    "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 23,33 44 45 36 16 05",
    "4": "36 30 04 44",
    "5": "40 00 02 32 43 45 36 16 05",
    "6": "41 30 10 01 05 16 36 45 44 33 13 04",
    "7": "00 40 16",
    "8": "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
    "9": "05 16 36 45 41 30 10 01 02 13 33 42",
    "A": "06 20 46,14 34",
    "B": "03 33 42 41 30 00 06 36 45 44 33",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 30 41 45 36 06 00",
    "E": "40 00 06 46,03 33",
    "F": "40 00 06,03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06,40 46,03 43",
    "I": "10 30,20 26,16 36",
    "J": "30 35 26 16 05",
    "K": "00 06,40 03 46",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "O": "01 10 30 41 45 36 16 05 01",
    "P": "06 00 30 41 42 33 03",
    "Q": "01 10 30 41 45 36 16 05 01,24 46",
    "R": "06 00 30 41 42 33 03,23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40,20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 23 36 40",
    "X": "00 46,40 06",
    "Y": "00 23 40,23 26",
    "Z": "00 40 06 46",
    "a": "12 32 43 46 16 05 14 44",
    "b": "00 06 36 45 43 32 02",
    "c": "43 32 12 03 05 16 36 45",
    "d": "40 46 16 05 03 12 42",
    "e": "04 44 43 32 12 03 05 16 36",
    "f": "40 30 21 26,02 42",
    "g": "46 16 05 03 12 42 47 38 18",
    "h": "00 06,03 12 32 43 46",
    "i": "20 20,12 22 26,06 46",
    "j": "30 30,22 32 37 28 18",
    "k": "00 06,32 04 36",
    "l": "10 20 25 36",
    "m": "06 02,03 12 23 26,23 32 43 46",
    "n": "06 02,03 12 32 43 46",
    "o": "12 32 43 45 36 16 05 03 12",
    "p": "08 02 32 43 45 36 06",
    "q": "48 42 12 03 05 16 46",
    "r": "06 02,04 12 32",
    "s": "42 12 03 14 34 45 36 06",
    "t": "20 25 36,02 42",
    "u": "02 05 16 36 45,42 46",
    "v": "02 26 42",
    "w": "02 16 24 36 42",
    "x": "02 46,42 06",
    "y": "02 26,42 08",
    "z": "02 42 06 46",
    ".": "26 26",
    ",": "26 17",
    ":": "23 23,26 26",
    "-": "13 33",
    "+": "03 43,21 25",
    "/": "40 06",
    "%": "40 06,00 10 11 01 00,35 45 46 36 35",
    "=": "02 42,04 44",
    "(": "30 21 25 36",
    ")": "10 21 25 16",
    "[": "30 20 26 36",
    "]": "10 20 26 16",
    "_": "07 47",
    "'": "20 22",
    " ": "",
}
_UNKNOWN = "00 40 46 06 00"


def text_width(text: str, unit: float) -> float:
    """Pixels, at so many pixels a grid unit."""
    return max(0.0, (len(text) * ADVANCE - (ADVANCE - 4)) * unit)


@lru_cache(maxsize=1024)
def glyph(letter: str, unit: float, weight: float, shift: float) -> NDArray[np.float32]:
    """Coverage of a letter, 0 … 1, of shape (height, width). Its grid starts one unit from the left and the top, moved
    right by `shift` pixels."""
    height, width = int(10.5 * unit) + 2, int(6.5 * unit) + 3
    coverage = np.zeros((height, width), np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    for stroke in filter(None, _STROKES.get(letter, _UNKNOWN).split(",")):
        points = [((int(p[0]) + 1) * unit + shift, (int(p[1]) + 1) * unit) for p in stroke.split()]
        for (x0, y0), (x1, y1) in pairwise(points):
            length = (x1 - x0) ** 2 + (y1 - y0) ** 2
            along = 0.0 if length == 0 else np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0, 1)
            distance = np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))
            # A dot is larger than a line is wide.
            radius = weight * (0.5 if length > 0 else 0.75)
            coverage = np.maximum(coverage, np.clip(radius + 0.5 - distance, 0, 1))
    return coverage
