"""The adapter for Stable-Baselines3; skipped aloud where that is not installed."""

from __future__ import annotations

import importlib.util
import unittest

import numpy as np

import ergodic

from .support import config

HAS_SB3 = importlib.util.find_spec("stable_baselines3") is not None


@unittest.skipIf(HAS_SB3, "stable-baselines3 is installed")
class Missing(unittest.TestCase):
    def test_what_to_install_is_said(self) -> None:
        with self.assertRaisesRegex(ImportError, r"pip install 'ergodic\[sb3\]'"):
            import ergodic.sb3  # noqa: F401


@unittest.skipUnless(HAS_SB3, "stable-baselines3 is not installed: pip install stable-baselines3")
class StableBaselines3(unittest.TestCase):
    def make(self, **options: object):
        from ergodic import sb3

        envs = sb3.make_vec_env(config(), 3, **options)
        self.addCleanup(envs.close)
        return envs

    def test_ends_of_episodes_are_told_as_it_expects_them(self) -> None:
        envs = self.make(seed=5, info_keys=["equity"])
        twin = ergodic.VectorTrading(config(), 3, autoreset_mode="SameStep")
        self.addCleanup(twin.close)
        np.testing.assert_array_equal(envs.reset(), twin.reset(seed=5)[0])
        totals = np.zeros(3)
        for step in range(1, 25):
            observations, rewards, dones, infos = envs.step(np.array([2, 1, 0]))
            same = twin.step(np.array([2, 1, 0]))
            np.testing.assert_array_equal(observations, same[0])
            totals += same[1]
            self.assertEqual(rewards.dtype, np.float32)
            self.assertEqual(dones.all(), step % 12 == 0)
            for i, info in enumerate(infos):
                self.assertEqual(
                    info["equity"],
                    same[4]["equity" if step % 12 else "final_info"][i]
                    if step % 12
                    else same[4]["final_info"]["equity"][i],
                )
                if not dones[i]:
                    self.assertEqual(list(info), ["equity"])
                    continue
                np.testing.assert_array_equal(info["terminal_observation"], same[4]["final_obs"][i])
                self.assertTrue(info["TimeLimit.truncated"])
                self.assertAlmostEqual(info["episode"]["r"], totals[i], delta=1e-12)
                self.assertEqual(info["episode"]["l"], 12)
                self.assertEqual(info["final"]["steps"], 12)
                self.assertEqual(info["endReason"], "completed")
                totals[i] = 0

    def test_one_seed_is_one_seed(self) -> None:
        envs = self.make()
        self.assertEqual(envs.seed(4), [4, 4, 4])
        first = envs.reset()
        self.assertEqual([info["episodeNumber"] for info in envs.reset_infos], [0, 1, 2])
        envs.seed(4)
        np.testing.assert_array_equal(envs.reset(), first)

    def test_attributes_and_methods_are_those_of_all(self) -> None:
        envs = self.make(render_mode="rgb_array")
        envs.reset()
        self.assertEqual(envs.get_attr("symbols", [0, 2]), [("BTC/USDT",)] * 2)
        self.assertEqual(envs.env_method("render", indices=1)[0].shape, (640, 960, 3))
        self.assertEqual(len(envs.get_images()), 3)
        with self.assertRaises(NotImplementedError):
            envs.env_method("reset")
        from stable_baselines3.common.monitor import Monitor

        self.assertEqual(envs.env_is_wrapped(Monitor), [True] * 3)

    def test_it_learns_and_evaluates(self) -> None:
        from stable_baselines3 import PPO
        from stable_baselines3.common.evaluation import evaluate_policy
        from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

        envs = self.make()
        model = PPO("MlpPolicy", VecNormalize(VecMonitor(envs)), n_steps=16, batch_size=24, n_epochs=1, device="cpu")
        model.learn(96)
        mean, _ = evaluate_policy(model, envs, n_eval_episodes=3, warn=False)
        self.assertTrue(np.isfinite(mean))

    def test_spawned_and_forked_environments_work(self) -> None:
        from stable_baselines3.common.vec_env import SubprocVecEnv

        for method in ["fork", "spawn"]:
            with self.subTest(method=method):
                envs = SubprocVecEnv([lambda: ergodic.TradingEnv(config())] * 2, start_method=method)
                envs.seed(1)
                envs.reset()
                self.assertEqual([info["step"] for info in envs.step(np.array([2, 1]))[3]], [1, 1])
                envs.close()
