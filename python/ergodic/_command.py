"""Finds the program that serves environments."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import ServerNotFoundError

OLDEST_NODE = (20, 19)
_WAY_OUT = (
    "install Node.js 20.19 or later and the package (npm install -g ergodic), set ERGODIC_COMMAND, "
    "or pass command=['node', 'path/to/ergodic.js']"
)


def find_command(command: Sequence[str] | str | None, config_folder: Path) -> list[str]:
    """The words before ``serve``.

    In this order: ``command``; the environment variable ``ERGODIC_COMMAND``; ``node_modules/.bin/ergodic`` in the
    folder of the config, in the current one, or above; ``ergodic`` on the PATH; the checkout that this file lies in.

    Raises:
        ServerNotFoundError: there is none, or it needs a Node that is missing.
    """
    if command is not None:
        words = shlex.split(command) if isinstance(command, str) else [os.fspath(word) for word in command]
        return _checked(words, "command")
    named = os.environ.get("ERGODIC_COMMAND", "").strip()
    if named:
        return _checked(shlex.split(named), "ERGODIC_COMMAND")
    for candidate in _candidates(config_folder):
        if candidate is not None and candidate.is_file():
            script = candidate.resolve()
            # Some package managers put a shell script there, which starts Node itself.
            return _run_by_node(script) if script.suffix == ".js" else [str(candidate)]
    raise ServerNotFoundError(
        f"the ergodic command was not found: it is not on the PATH, nor in a node_modules folder above {config_folder} "
        f"or {Path.cwd()}; {_WAY_OUT}"
    )


def _candidates(config_folder: Path) -> Iterator[Path | None]:
    for folder in dict.fromkeys([config_folder, Path.cwd()]):
        for above in [folder, *folder.parents]:
            yield above / "node_modules" / ".bin" / "ergodic"
    on_path = shutil.which("ergodic")
    yield None if on_path is None else Path(on_path)
    for above in Path(__file__).resolve().parents:
        yield above / "packages" / "cli" / "bin" / "ergodic.js"


def _checked(words: list[str], source: str) -> list[str]:
    if not words:
        raise ServerNotFoundError(f"{source}: must name a program, got nothing; {_WAY_OUT}", "COMMAND_EMPTY")
    program = words[0]
    if shutil.which(program) is None:
        what = _missing_node() if Path(program).name == "node" else f"{source}: there is no program {program!r}"
        raise ServerNotFoundError(f"{what}; {_WAY_OUT}")
    return words


def _run_by_node(script: Path) -> list[str]:
    node = shutil.which("node")
    if node is None:
        raise ServerNotFoundError(f"{_missing_node()}, which {script} needs; {_WAY_OUT}", "NODE_NOT_FOUND")
    return [node, str(script)]


def _missing_node() -> str:
    return "there is no program node on the PATH"


def check_node(version: str) -> None:
    """Raises ServerNotFoundError for a Node that is older than the package needs."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) >= OLDEST_NODE:
        return
    oldest = ".".join(map(str, OLDEST_NODE))
    raise ServerNotFoundError(
        f"ergodic needs Node.js {oldest} or later, {version} was found; install a newer one", "NODE_TOO_OLD"
    )


def diagnose(words: Sequence[str]) -> None:
    """After a start that failed: raises ServerNotFoundError where an old Node is the reason."""
    node = words[0] if Path(words[0]).name == "node" else shutil.which("node")
    if node is None:
        raise ServerNotFoundError(f"{_missing_node()}; {_WAY_OUT}", "NODE_NOT_FOUND")
    try:
        asked = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
    check_node(asked.stdout.strip())
