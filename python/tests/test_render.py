"""Pictures: what they show, and that every episode can be drawn."""

from __future__ import annotations

import unittest

import gymnasium
import numpy as np

import ergodic
from ergodic._history import History
from ergodic._server import State
from ergodic.render import draw, tell
from ergodic.render.chart import _BUY, _SELL
from ergodic.render.font import glyph

from .support import actions_config, config


def history(prices: list[float], positions: list[float], equities: list[float]) -> History:
    one = History(["X"])
    for step, row in enumerate(zip(prices, positions, equities, strict=True)):
        blocks = {"steps": [step], "times": [3_600_000.0 * step], "episodes": [4], "equities": [row[2]]}
        state = State(blocks | {"prices": np.array([row[0]]), "positions": np.array([row[1]])}, 0, 0, None)  # type: ignore[arg-type]
        if step == 0:
            one.begin(state, 0)
        else:
            one.add(state, 0)
    return one


def count(image: np.ndarray, color: tuple[int, int, int]) -> int:
    return int((image == np.array(color, np.uint8)).all(axis=2).sum())


class Render(unittest.TestCase):
    def test_an_episode_is_drawn_as_an_image(self) -> None:
        env = gymnasium.make("ergodic/Trading-v0", config=config(), render_mode="rgb_array")
        env.reset(seed=1)
        before = env.render()
        self.assertEqual((before.shape, before.dtype), ((640, 960, 3), np.uint8))
        for action in [2, 2, 0, 2]:
            env.step(action)
        after = env.render()
        self.assertEqual(count(before, _BUY), 0)
        self.assertGreater(count(after, _BUY), 20)
        self.assertGreater(count(after, _SELL), 20)
        env.close()

    def test_a_buy_is_marked_below_the_price_and_a_sell_above(self) -> None:
        image = draw(history([100, 100, 100], [0, 1, 1], [100, 100, 100]))[64:372]
        # The line is smooth: no pixel has quite its color.
        line = np.argwhere((image[:, 30:40] < 120).all(axis=2))[:, 0].mean()
        self.assertGreater(np.argwhere((image == _BUY).all(axis=2))[:, 0].min(), line)
        image = draw(history([100, 100, 100], [0, -1, -1], [100, 100, 100]))[64:372]
        self.assertLess(np.argwhere((image == _SELL).all(axis=2))[:, 0].max(), line)

    def test_the_line_goes_through_the_prices(self) -> None:
        prices = list(100 + np.arange(32.0))
        image = draw(history(prices, [0] * 32, [100] * 32))[64:372]
        rows, columns = np.nonzero((image < 90).all(axis=2))
        slope = np.polyfit(columns, rows, 1)[0]
        # 31 steps over half of 846 pixels, 31 units over 306 / 1.12 of them.
        wanted = -(306 / 1.12) / (846 * 31 / 32)
        self.assertAlmostEqual(slope, wanted, delta=0.01 * abs(wanted))

    def test_every_episode_can_be_drawn(self) -> None:
        far = [1e-9, 1e-9, 2e-9]
        for name, one in {
            "one decision": history([100], [0], [1]),
            "constant": history([5] * 3, [0] * 3, [5] * 3),
            "ruined": history([5, 1, 0], [1, 1, 1], [5, 1, -3]),
            "tiny": history(far, [1e9, -1e9, 0], far),
            "huge": history([1e12, 1e15, 1e14], [1, 1, 0], [1e15, 1e18, 1e17]),
            "long": history(list(100 + np.sin(np.arange(20_000))), list(np.arange(20_000) % 2), [1.0] * 20_000),
        }.items():
            with self.subTest(name=name):
                self.assertEqual(draw(one).shape, (640, 960, 3))
                self.assertIn("episode 4", tell(one))

    def test_several_markets_are_drawn(self) -> None:
        env = gymnasium.make("ergodic/Trading-v0", config=actions_config("orders"), render_mode="rgb_array")
        env.reset(seed=1)
        env.action_space.seed(1)
        for _ in range(12):
            env.step(env.action_space.sample())
        self.assertEqual(env.render().shape, (640, 960, 3))
        env.close()

    def test_a_vector_renders_each_of_its_environments(self) -> None:
        envs = ergodic.VectorTrading(config(), 2, render_mode="ansi", autoreset_mode="SameStep")
        with self.assertRaises(gymnasium.error.ResetNeeded):
            envs.render()
        envs.reset(seed=1)
        for _ in range(13):
            envs.step(np.array([2, 1]))
        lines = envs.render()
        self.assertIn("episode 2  step 1 ", lines[0])
        self.assertIn("episode 3  step 1 ", lines[1])
        envs.close()
        with self.assertRaisesRegex(ergodic.ConfigError, "needs threads = 1"):
            ergodic.VectorTrading(config(), 2, render_mode="ansi", threads=2)

    def test_without_a_mode_nothing_is_drawn(self) -> None:
        env = ergodic.TradingEnv(config())
        self.assertIsNone(env.render())
        env.close()

    def test_letters_differ(self) -> None:
        seen = {
            glyph(letter, 2.0, 1.6, 0.0).tobytes() for letter in "abcdefghijklmnpqrstuvwxyz123456789%+-,.:/()ABEGHK"
        }
        self.assertEqual(len(seen), len("abcdefghijklmnpqrstuvwxyz123456789%+-,.:/()ABEGHK"))
