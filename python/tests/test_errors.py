"""What is wrong with Node, the command or the config is said before anything else."""

from __future__ import annotations

import os
import stat
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import ergodic

from .support import config


class Command(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def program(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    def refused(
        self, message: str, kind: type = ergodic.ServerNotFoundError, **options: object
    ) -> ergodic.ErgodicError:
        with self.assertRaisesRegex(kind, message) as caught:
            ergodic.TradingEnv(config(), **options)  # type: ignore[arg-type]
        return caught.exception

    def test_node_is_missing(self) -> None:
        with mock.patch.dict(os.environ, {"PATH": str(self.folder)}):
            os.environ.pop("ERGODIC_COMMAND", None)
            error = self.refused("no program node on the PATH.*install Node.js 20.19 or later")
            self.assertEqual(error.code, "NODE_NOT_FOUND")

    def test_node_is_too_old(self) -> None:
        node = self.program(
            "node", 'if [ "$1" = --version ]; then echo v18.20.4; else echo "SyntaxError" >&2; exit 1; fi'
        )
        error = self.refused("needs Node.js 20.19 or later, v18.20.4 was found", command=[str(node), "ergodic.js"])
        self.assertEqual(error.code, "NODE_TOO_OLD")

    def test_the_command_is_missing(self) -> None:
        self.refused("command: there is no program 'no-such-thing'; install", command="no-such-thing")
        self.refused("command: must name a program, got nothing", command=[])
        with mock.patch.dict(os.environ, {"ERGODIC_COMMAND": "/no/such/ergodic"}):
            self.refused("ERGODIC_COMMAND: there is no program '/no/such/ergodic'")

    def test_there_is_no_command_at_all(self) -> None:
        node = self.program("node", "exit 0")
        with (
            mock.patch.dict(os.environ, {"PATH": str(node.parent)}),
            mock.patch("ergodic._command.__file__", str(self.folder / "ergodic.py")),
            mock.patch("pathlib.Path.cwd", return_value=self.folder),
        ):
            os.environ.pop("ERGODIC_COMMAND", None)
            self.refused("the ergodic command was not found: it is not on the PATH")

    def test_the_command_is_something_else(self) -> None:
        self.refused("ended with exit code 0", ergodic.ServerError, command=["true"])
        file = self.folder / "text"
        file.write_text("no program")
        self.refused("there is no program", command=[str(file)])
        file.chmod(0o755)
        self.refused("cannot be started|ended with exit code", ergodic.ServerError, command=[str(file)])


class Config(unittest.TestCase):
    def refused(self, given: object, message: str, **options: object) -> None:
        with self.assertRaisesRegex(ergodic.ConfigError, message):
            ergodic.TradingEnv(given, **options)  # type: ignore[arg-type]

    def test_a_file_that_is_wrong_is_told_of_with_its_place(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "ergodic.yaml"
            file.write_text("steps: 10\ninterval: 1h\nmarkets:\n  X: { process: gbm, price: -1, volatility: 0.5 }\n")
            self.refused(file, r"ergodic.yaml:4:29: markets.X.price")
            self.refused(Path(folder) / "ergodic.yml", "there is no such file; did you mean .*ergodic.yaml")
            self.refused(folder, "must be a file, is a folder; did you mean .*ergodic.yaml")

    def test_a_mapping_that_is_wrong_is_told_of_with_its_path(self) -> None:
        self.refused(config(stepps=3), "config: stepps: is not a known key, got 3; did you mean steps")
        self.refused(config(environment={"observations": [{"use": "return"}]}), "did you mean.*returns")
        self.refused(config(environment={"warmup": 12}), "warmup")
        self.refused(7, "must be the path of a file or a mapping, got 7")
        self.refused({"steps": {1, 2}}, "must hold plain values")
        self.refused({"steps": float("nan")}, "must hold finite numbers")
        self.refused({}, "markets")

    def test_an_override_that_is_wrong_is_named(self) -> None:
        self.refused(config(), "--set steps=-5: steps", overrides={"steps": -5})
        self.refused(config(), "--set stepps=5: stepps: is not a known key", overrides={"stepps": 5})

    def test_overrides_change_the_config(self) -> None:
        env = ergodic.TradingEnv(config(), overrides={"steps": 2, "markets.BTC/USDT.volatility": 0.1})
        env.reset(seed=1)
        self.assertFalse(env.step(1)[3])
        self.assertTrue(env.step(1)[3])
        env.close()

    def test_a_mapping_may_hold_numpy_numbers_and_paths(self) -> None:
        import numpy as np

        ergodic.TradingEnv(config(steps=np.int64(5))).close()
