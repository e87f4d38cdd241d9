"""An episode so far, as an image and as a line of text."""

from __future__ import annotations

import math
from datetime import datetime, timezone

import numpy as np
from numpy.typing import NDArray

from .._history import History
from .canvas import Canvas, Color

WIDTH, HEIGHT = 960, 640
_LEFT, _RIGHT = 22, WIDTH - 92
_PANELS = {"price": (64, 370), "equity": (398, 508), "position": (536, 606)}

_PAPER: Color = (255, 255, 255)
_INK: Color = (31, 41, 51)
_FAINT: Color = (110, 122, 135)
_GRID: Color = (233, 237, 241)
_BUY: Color = (20, 148, 98)
_SELL: Color = (214, 62, 62)
_EQUITY: Color = (45, 96, 206)
_LONG: Color = (20, 148, 98)
_SHORT: Color = (214, 62, 62)
_SYMBOLS: tuple[Color, ...] = (_INK, (194, 120, 3), (124, 77, 190), (8, 131, 149), (190, 62, 120))
_MOST_TRIANGLES = 160


def tell(history: History) -> str:
    """The last decision, in a line."""
    i = history.length - 1
    parts = [f"episode {history.episode}", f"step {int(history.steps[i])}", _time(history.times_ms[i])]
    for j, symbol in enumerate(history.symbols):
        parts.append(f"{symbol} {_number(history.price(j)[i])} position {history.position(j)[i]:.6g}")
    equity = history.equity
    parts.append(f"equity {_number(equity[i])} ({_percent(equity[i] / equity[0] - 1)})")
    return "  ".join(parts)


def draw(history: History) -> NDArray[np.uint8]:
    """Prices with buys and sells, equity, and what part of it is invested: uint8 of shape (640, 960, 3)."""
    canvas = Canvas(WIDTH, HEIGHT, _PAPER)
    steps = history.steps
    axis = _Axis(steps)
    _title(canvas, history)
    _prices(canvas, history, axis)
    _equity(canvas, history, axis)
    _positions(canvas, history, axis)
    last = _PANELS["position"][1]
    for step in _ticks(steps[0], axis.last, 8):
        if step == int(step):
            canvas.text(float(axis.x(step)), last + 20, f"{int(step)}", _FAINT, unit=1.4, align="center")
    canvas.text(_RIGHT + 8, last + 20, "step", _FAINT, unit=1.4)
    return canvas.image()


class _Axis:
    """Steps from left to right. The room grows in powers of two, so that the picture does not shrink with every step."""

    def __init__(self, steps: NDArray[np.float64]) -> None:
        self.first = float(steps[0])
        span = max(32.0, float(steps[-1] - steps[0]))
        self.last = self.first + 2.0 ** math.ceil(math.log2(span))
        self._steps = steps

    def x(self, step: NDArray[np.float64] | float) -> NDArray[np.float64] | float:
        return _LEFT + (step - self.first) / (self.last - self.first) * (_RIGHT - _LEFT)

    def columns(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest of a line through `values`, in each pixel column up to the last."""
        x = np.asarray(self.x(self._steps)) - _LEFT
        edges = np.arange(0, max(1, math.ceil(x[-1])) + 1)
        at_edges = np.interp(edges, x, values)
        low, high = np.minimum(at_edges[:-1], at_edges[1:]), np.maximum(at_edges[:-1], at_edges[1:])
        column = np.minimum(x.astype(int), len(low) - 1)
        np.minimum.at(low, column, values)
        np.maximum.at(high, column, values)
        return low, high

    def held(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What held in each pixel column up to the last, of values that stay from one step to the next."""
        x = np.asarray(self.x(self._steps)) - _LEFT
        columns = np.arange(0, max(1, math.ceil(x[-1])))
        return values[np.clip(np.searchsorted(x, columns + 0.5, side="right") - 1, 0, None)]


class _Panel:
    """A panel with a scale at its right."""

    def __init__(self, canvas: Canvas, name: str, low: float, high: float, ticks: int, form: object) -> None:
        self.top, self.bottom = _PANELS[name]
        room = 0.06 * (high - low) or 0.01 * abs(high) or 1.0
        self.low, self.high = low - room, high + room
        self.canvas = canvas
        for value in _ticks(self.low, self.high, ticks):
            y = float(self.y(value))
            canvas.fill(_LEFT, y, _RIGHT - _LEFT, 1, _GRID)
            canvas.text(_RIGHT + 8, y + 5, form(value), _FAINT, unit=1.4)  # type: ignore[operator]

    def y(self, value: NDArray[np.float64] | float) -> NDArray[np.float64] | float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def line(self, axis: _Axis, values: NDArray[np.float64], color: Color) -> None:
        low, high = axis.columns(values)
        self.canvas.ranges(_LEFT, np.asarray(self.y(high)), np.asarray(self.y(low)), color)

    def caption(self, text: str, color: Color = _FAINT) -> None:
        self.canvas.text(_LEFT, self.top - 7, text, color, unit=1.5)


def _title(canvas: Canvas, history: History) -> None:
    i = history.length - 1
    shown = ", ".join(history.symbols[:4]) + (", ..." if len(history.symbols) > 4 else "")
    canvas.text(_LEFT, 30, shown, _INK, unit=2.1)
    place = f"episode {history.episode}   step {int(history.steps[i])}   {_time(history.times_ms[i])}"
    canvas.text(_RIGHT + 78, 30, place, _FAINT, unit=1.6, align="right")


def _prices(canvas: Canvas, history: History, axis: _Axis) -> None:
    count = len(history.symbols)
    # Several prices share a scale as multiples of their first.
    lines = [history.price(j) if count == 1 else history.price(j) / history.price(j)[0] for j in range(count)]
    form = _number if count == 1 else (lambda value: f"{value:.4g}")
    low, high = min(line.min() for line in lines), max(line.max() for line in lines)
    panel = _Panel(canvas, "price", low, high, 6, form)
    now = history.length - 1
    panel.caption(f"price {_number(lines[0][now])}" if count == 1 else "prices, first = 1")
    for j, line in enumerate(lines):
        color = _SYMBOLS[j % len(_SYMBOLS)]
        panel.line(axis, line, color)
        if count > 1 and j < len(_SYMBOLS):
            canvas.text(_LEFT + 190 + 130 * j, panel.top - 7, history.symbols[j][:12], color, unit=1.5)
    for j, line in enumerate(lines):
        _marks(canvas, axis, panel, line, np.diff(history.position(j), prepend=0.0))


def _marks(
    canvas: Canvas, axis: _Axis, panel: _Panel, prices: NDArray[np.float64], traded: NDArray[np.float64]
) -> None:
    where = np.flatnonzero(traded)
    size = 9.0 if len(where) <= _MOST_TRIANGLES else 5.0
    for i in where:
        x, y = float(axis.x(float(axis._steps[i]))), float(panel.y(float(prices[i])))
        if traded[i] > 0:
            canvas.triangle(x, y + 3, size, _BUY, up=True)
        else:
            canvas.triangle(x, y - 3, size, _SELL, up=False)


def _equity(canvas: Canvas, history: History, axis: _Axis) -> None:
    equity = history.equity
    panel = _Panel(canvas, "equity", float(equity.min()), float(equity.max()), 3, _number)
    panel.caption(f"equity {_number(equity[-1])} ({_percent(equity[-1] / equity[0] - 1)})", _EQUITY)
    low, high = axis.columns(equity)
    top = np.asarray(panel.y((low + high) / 2))
    canvas.area(_LEFT, top, np.full(len(top), float(panel.bottom)), _EQUITY, 0.10)
    canvas.dashes(_LEFT, _RIGHT, float(panel.y(float(equity[0]))), (150, 170, 210))
    panel.line(axis, equity, _EQUITY)


def _positions(canvas: Canvas, history: History, axis: _Axis) -> None:
    """Value of each position as a part of the equity."""
    safe = np.where(history.equity > 0, history.equity, np.nan)
    weights = [history.position(j) * history.price(j) / safe for j in range(len(history.symbols))]
    known = [weight[np.isfinite(weight)] for weight in weights]
    low = min(0.0, *(float(weight.min()) for weight in known if len(weight)))
    high = max(0.0, *(float(weight.max()) for weight in known if len(weight)))
    panel = _Panel(canvas, "position", low, max(high, low + 1), 2, _percent_tick)
    panel.caption("position, part of equity")
    zero = float(panel.y(0.0))
    for j, weight in enumerate(weights):
        y = np.asarray(panel.y(axis.held(weight)))
        if len(weights) == 1:
            canvas.area(_LEFT, y, np.full(len(y), zero), _LONG, 0.55)
            canvas.area(_LEFT, np.full(len(y), zero), y, _SHORT, 0.55)
        else:
            canvas.series(_LEFT, np.append(y, y[-1]), _SYMBOLS[j % len(_SYMBOLS)])
    canvas.fill(_LEFT, zero, _RIGHT - _LEFT, 1, (170, 178, 187))


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two, at most so many."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return []
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
    first = math.ceil(low / step)
    return [i * step for i in range(first, math.floor(high / step) + 1)]


def _number(value: float) -> str:
    size = abs(value)
    if not math.isfinite(value):
        return "-"
    if size >= 1e9 or (0 < size < 1e-4):
        return f"{value:.3e}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if size >= 10 else f"{value:.4g}"


def _percent(value: float) -> str:
    return f"{100 * value:+.1f} %" if math.isfinite(value) else "-"


def _percent_tick(value: float) -> str:
    return f"{100 * value:.0f} %"


def _time(time_ms: float) -> str:
    try:
        return datetime.fromtimestamp(time_ms / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return f"{time_ms:.0f} ms"
