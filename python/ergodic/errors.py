"""What can go wrong. Each error has a stable ``code``; codes that the server gives are those of the TypeScript package."""

from __future__ import annotations

import gymnasium

__all__ = [
    "ActionError",
    "ClosedError",
    "ConfigError",
    "EpisodeError",
    "EpisodeOverError",
    "ErgodicError",
    "NotResetError",
    "ServerError",
    "ServerNotFoundError",
]


class ErgodicError(Exception):
    """Base of all errors of this package."""

    code: str = "FAULT"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ServerNotFoundError(ErgodicError):
    """Node or the ``ergodic`` command is missing, or too old."""

    code = "SERVER_NOT_FOUND"


class ServerError(ErgodicError):
    """The server has ended or failed; the message has the last lines that it printed. Make a new environment."""

    code = "SERVER_ENDED"


class ClosedError(ErgodicError):
    """The environment was closed, or belongs to another process."""

    code = "CLOSED"


class ConfigError(ErgodicError, ValueError):
    """The config is wrong. The message is the command's own: place, rule, value received, way out."""

    code = "USAGE"


class ActionError(ErgodicError, ValueError):
    """The action space does not have this action. Nothing has changed: a valid one may follow."""

    code = "ACTION_INVALID"


class NotResetError(ErgodicError, gymnasium.error.ResetNeeded):
    """``step`` before ``reset``. Nothing has changed."""

    code = "NOT_RESET"


class EpisodeOverError(ErgodicError, gymnasium.error.ResetNeeded):
    """``step`` after the end of the episode. Nothing has changed."""

    code = "EPISODE_OVER"


class EpisodeError(ErgodicError):
    """Episodes fail before their first decision, one after the other; ``code`` says why."""

    code = "EPISODE_FAILED"


_BY_CODE: dict[str, type[ErgodicError]] = {
    "ACTION_INVALID": ActionError,
    "NOT_RESET": NotResetError,
    "EPISODE_OVER": EpisodeOverError,
    "USAGE": ConfigError,
    "CONFIG_INVALID": ConfigError,
    "CANDLES_INVALID": ConfigError,
    "BUNDLE_FAILED": ConfigError,
    "STRATEGY_INVALID": ConfigError,
    "REQUEST_INVALID": ConfigError,
    "THREAD_ENDED": ServerError,
    "FAULT": ServerError,
}


def error_of(code: str, message: str) -> ErgodicError:
    """The error for a code that the server gave."""
    return _BY_CODE.get(code, EpisodeError)(message, code)
