"""Pictures of an episode, drawn with NumPy alone."""

from .chart import draw, tell

__all__ = ["draw", "tell"]
