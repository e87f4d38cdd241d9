"""Examples of docstrings and of docs/python.md do what they say."""

from __future__ import annotations

import doctest
import json
import os
import re
import tempfile
import unittest
from pathlib import Path

import ergodic.env
import ergodic.vector

from .support import ROOT, config
from .test_sb3 import HAS_SB3


class Examples(unittest.TestCase):
    def test_docstrings(self) -> None:
        for module in [ergodic.env, ergodic.vector]:
            with self.subTest(module=module.__name__):
                failed, tried = doctest.testmod(module)
                self.assertEqual(failed, 0)
                self.assertGreater(tried, 3)

    def test_pages(self) -> None:
        for page in [ROOT / "README.md", ROOT.parent / "docs" / "python.md"]:
            blocks = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
            self.assertGreater(len(blocks), 0)
            for block in blocks:
                if "stable_baselines3" in block and not HAS_SB3:
                    continue
                with self.subTest(page=page.name), tempfile.TemporaryDirectory() as folder:
                    self.addCleanup(os.chdir, Path.cwd())
                    os.chdir(folder)
                    Path("ergodic.yaml").write_text(json.dumps(config()))
                    scope: dict = {}
                    exec(block.replace("200_000", "100"), scope)  # noqa: S102
                    for name in ("env", "envs"):
                        if name in scope:
                            scope[name].close()
                    os.chdir(ROOT)
