"""One environment: Gymnasium's checks, infos, seeds and wrong use."""

from __future__ import annotations

import json
import subprocess
import tempfile
import unittest
import warnings
from pathlib import Path

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env

import ergodic

from .support import actions_config, config


def make(given: object = None, **options: object) -> ergodic.TradingEnv:
    return gymnasium.make("ergodic/Trading-v0", config=given or config(), **options)  # type: ignore[return-value]


def play(env: gymnasium.Env, seed: int, steps: int = 12) -> list[float]:
    env.action_space.seed(seed)
    env.reset(seed=seed)
    return [float(env.step(env.action_space.sample())[1]) for _ in range(steps)]


class Contract(unittest.TestCase):
    def test_gymnasium_finds_nothing_wrong(self) -> None:
        for use in ["discrete", "target-weights", "orders"]:
            for mode in [None, "rgb_array", "ansi"]:
                if use != "discrete" and mode is not None:
                    continue
                with self.subTest(use=use, mode=mode), warnings.catch_warnings():
                    # Features without bounds, such as the position, are warned of.
                    warnings.filterwarnings("ignore", message=".*infinity.*")
                    warnings.filterwarnings("ignore", message=".*normalized space.*")
                    warnings.filterwarnings("ignore", message=".*different from the unwrapped.*")
                    given = config() if use == "discrete" else actions_config(use)
                    env = make(given, render_mode=mode)
                    check_env(env.unwrapped)
                    env.close()
                    if mode is None and use == "discrete":
                        check_env(make(given))

    def test_spaces_follow_the_config(self) -> None:
        for use, kind, shape in [
            ("discrete", gymnasium.spaces.MultiDiscrete, (2,)),
            ("target-weights", gymnasium.spaces.Box, (2,)),
            ("orders", gymnasium.spaces.MultiDiscrete, (6,)),
        ]:
            with self.subTest(use=use):
                env = make(actions_config(use))
                self.assertIsInstance(env.action_space, kind)
                self.assertEqual(env.action_space.shape, shape)
                env.reset(seed=1)
                observation = env.step(env.action_space.sample())[0]
                self.assertEqual(observation.dtype, np.float32)
                self.assertEqual(observation.shape, (len(env.unwrapped.observation_labels),))
                env.close()

    def test_infos_tell_of_the_decision_and_at_the_end_of_the_episode(self) -> None:
        env = make()
        _, info = env.reset(seed=1)
        self.assertEqual(info["step"], 0)
        self.assertEqual(info["episodeNumber"], 0)
        self.assertEqual(info["equity"], 10_000)
        total = 0.0
        for step in range(1, 13):
            _, reward, terminated, truncated, info = env.step(2)
            total += reward
            self.assertEqual(info["step"], step)
            self.assertEqual(sorted(info["rewards"]), ["log-return", "order-frequency"])
            self.assertAlmostEqual(sum(info["rewards"].values()), reward, delta=1e-15)
            self.assertFalse(terminated)
            self.assertEqual(truncated, step == 12)
        self.assertEqual(info["endReason"], "completed")
        self.assertEqual(info["final"]["steps"], 12)
        self.assertAlmostEqual(info["final"]["totalReward"], total, delta=1e-12)
        self.assertEqual(info["final"]["finalEquity"], info["equity"])
        env.close()

    def test_an_episode_is_that_of_the_command_line(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            given = config(episodes=3, seed="shared") | {"strategy": {"use": "buy-and-hold"}}
            file = Path(folder) / "config.json"
            file.write_text(json.dumps(given))
            env = make(file)
            server = env.unwrapped._server
            words = [*server._command, "run", str(file), "--out", f"{folder}/run", "--workers", "1"]
            subprocess.run(words, check=True, capture_output=True)
            rows = subprocess.run(
                [*server._command, "export", f"{folder}/run", "--table", "episodes", "--format", "ndjson"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.splitlines()
            for episode, row in enumerate(rows):
                env.reset(seed="shared" if episode == 0 else None)  # type: ignore[arg-type]
                info: dict = {}
                for _ in range(12):
                    info = env.step(2)[4]
                self.assertEqual(info["episodeNumber"], episode)
                wanted = json.loads(row)
                self.assertEqual(info["final"], {name: wanted[name] for name in info["final"]})
            env.close()

    def test_an_episode_that_ends_in_ruin_is_terminated(self) -> None:
        market = {"process": "gbm", "price": 100, "volatility": 8}
        env = make(config(markets={"X": market}, steps=2000, interval="1d", portfolio={"ruin": 0.5}))
        env.reset(seed=4)
        for _ in range(2000):
            _, _, terminated, truncated, info = env.step(2)
            if terminated or truncated:
                break
        self.assertTrue(terminated)
        self.assertFalse(truncated)
        self.assertEqual(info["endReason"], "ruined")
        env.close()

    def test_wrappers_of_gymnasium_work_on_top(self) -> None:
        env = gymnasium.wrappers.RecordEpisodeStatistics(make(max_episode_steps=5))
        env.reset(seed=1)
        rewards = []
        for _ in range(5):
            _, reward, _, truncated, info = env.step(2)
            rewards.append(reward)
        self.assertTrue(truncated)
        self.assertEqual(info["episode"]["l"], 5)
        self.assertAlmostEqual(float(info["episode"]["r"]), sum(rewards), delta=1e-6)
        env.close()


class Seeds(unittest.TestCase):
    def test_a_seed_gives_the_same_episodes_and_another_gives_others(self) -> None:
        env = make()
        first = play(env, 5)
        self.assertEqual(play(env, 5), first)
        self.assertNotEqual(play(env, 6), first)
        env.reset(seed=5, options={"episode": 0})
        env.close()

    def test_reset_without_a_seed_goes_on_with_the_next_episode(self) -> None:
        env = make()
        env.reset(seed=5)
        self.assertEqual(env.reset()[1]["episodeNumber"], 1)
        self.assertEqual(env.reset()[1]["episodeNumber"], 2)
        self.assertEqual(env.reset(options={"episode": 40})[1]["episodeNumber"], 40)
        self.assertEqual(env.reset()[1]["episodeNumber"], 41)
        env.close()

    def test_environments_without_a_seed_differ(self) -> None:
        totals = []
        for _ in range(2):
            env = make()
            env.reset()
            totals.append([env.step(2)[1] for _ in range(5)])
            env.close()
        self.assertNotEqual(totals[0], totals[1])

    def test_what_is_no_seed_is_refused(self) -> None:
        env = make()
        for seed, error in [(-1, ValueError), (1.5, TypeError), ("", ergodic.ConfigError)]:
            with self.subTest(seed=seed), self.assertRaises(error):
                env.unwrapped.reset(seed=seed)  # type: ignore[arg-type]
        self.assertEqual(env.reset(seed=np.int64(3))[1]["step"], 0)
        with self.assertRaisesRegex(ValueError, "unknown key 'episod'; known are episode"):
            env.reset(options={"episod": 1})
        env.close()


class WrongUse(unittest.TestCase):
    def test_step_needs_an_episode(self) -> None:
        env = make().unwrapped
        with self.assertRaisesRegex(ergodic.NotResetError, "call reset first"):
            env.step(1)
        env.reset(seed=1)
        for _ in range(12):
            env.step(1)
        with self.assertRaises(ergodic.EpisodeOverError):
            env.step(1)
        with self.assertRaises(gymnasium.error.ResetNeeded):
            env.step(1)
        env.reset()
        env.step(1)
        env.close()

    def test_a_wrong_action_changes_nothing(self) -> None:
        env, twin = make().unwrapped, make().unwrapped
        env.reset(seed=1)
        twin.reset(seed=1)
        for wrong in [3, -1, 1.0, float("nan"), np.array([1]), None, "buy", 2**32 + 1, True]:
            with self.subTest(action=wrong), self.assertRaises(ergodic.ActionError):
                env.step(wrong)
        for action in [2, np.int64(0), np.array(2, np.uint8)]:
            self.assertEqual(env.step(action)[1], twin.step(int(action))[1])
        env.close()
        twin.close()

    def test_a_wrong_weight_changes_nothing(self) -> None:
        env = make(actions_config("target-weights")).unwrapped
        env.reset(seed=1)
        for wrong in [[np.nan, 0], [1e300, 0], [2, 0], [0.5], 0.5, [[0, 0]], ["a", "b"]]:
            with self.subTest(action=wrong), self.assertRaises(ergodic.ActionError):
                env.step(wrong)
        self.assertEqual(env.step([0.5, 0.5])[4]["step"], 1)
        env.close()

    def test_a_closed_environment_says_so(self) -> None:
        env = make().unwrapped
        env.reset(seed=1)
        env.close()
        env.close()
        with self.assertRaisesRegex(ergodic.ClosedError, "closed; make a new one"):
            env.step(1)

    def test_an_environment_is_not_copied(self) -> None:
        import copy

        env = make().unwrapped
        with self.assertRaisesRegex(TypeError, "make it where it is used"):
            copy.deepcopy(env)
        env.close()

    def test_its_spec_makes_it_again(self) -> None:
        env = make()
        again = gymnasium.make(env.spec)
        self.assertEqual(play(env, 3), play(again, 3))
        env.close()
        again.close()
