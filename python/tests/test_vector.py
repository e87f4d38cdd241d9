"""The vector environment, held against Gymnasium's own over single environments."""

from __future__ import annotations

import unittest
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import vector as wrappers

import ergodic

from .support import actions_config, config

COUNT = 3
SEEDS = [11, 5, 7]


def sync(mode: AutoresetMode, given: dict[str, Any]) -> SyncVectorEnv:
    return SyncVectorEnv([lambda: ergodic.TradingEnv(given)] * COUNT, autoreset_mode=mode)


def uneven() -> dict[str, Any]:
    """Episodes of different lengths."""
    return config(randomize={"steps": {"choice": [4, 5, 9]}})


class LikeGymnasium(unittest.TestCase):
    def assert_same_infos(self, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        for key, value in ours.items():
            if key.startswith("_"):
                np.testing.assert_array_equal(value, theirs[key], key)
            elif isinstance(value, dict):
                self.assert_same_infos(value, theirs[key])
            else:
                mask = ours[f"_{key}"]
                for mine, other in zip(value[mask], theirs[key][mask], strict=True):
                    # An undefined figure: NaN in arrays, None in the info of one environment.
                    other = np.nan if other is None else other
                    np.testing.assert_array_equal(mine, other, key)

    def test_it_does_what_a_vector_of_single_environments_does(self) -> None:
        for mode in [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]:
            with self.subTest(mode=mode):
                ours, theirs = ergodic.VectorTrading(uneven(), COUNT, autoreset_mode=mode), sync(mode, uneven())
                self.assertEqual(ours.observation_space, theirs.observation_space)
                self.assertEqual(ours.action_space, theirs.action_space)
                self.assertEqual(ours.metadata["autoreset_mode"], mode)
                a, b = ours.reset(seed=SEEDS), theirs.reset(seed=SEEDS)
                np.testing.assert_array_equal(a[0], b[0])
                self.assert_same_infos(a[1], b[1])
                ours.action_space.seed(1)
                ended = 0
                for _ in range(40):
                    actions = ours.action_space.sample()
                    a, b = ours.step(actions), theirs.step(actions)
                    for mine, other in zip(a[:4], b[:4], strict=True):
                        np.testing.assert_array_equal(mine, other)
                        self.assertEqual(mine.dtype, other.dtype)
                    self.assert_same_infos(a[4], b[4])
                    if mode is AutoresetMode.SAME_STEP:
                        self.assertEqual("final_obs" in a[4], "final_obs" in b[4])
                    ended += int(a[3].sum())
                self.assertGreater(ended, 10)
                ours.close()
                theirs.close()

    def test_without_autoreset_a_mask_resets(self) -> None:
        mode = AutoresetMode.DISABLED
        ours, theirs = ergodic.VectorTrading(uneven(), COUNT, autoreset_mode=mode), sync(mode, uneven())
        ours.reset(seed=SEEDS)
        theirs.reset(seed=SEEDS)
        resets = 0
        for _ in range(40):
            actions = np.full(COUNT, 2)
            a, b = ours.step(actions), theirs.step(actions)
            for mine, other in zip(a[:4], b[:4], strict=True):
                np.testing.assert_array_equal(mine, other)
            over = a[2] | a[3]
            if over.any():
                resets += 1
                with self.assertRaises(ergodic.EpisodeOverError):
                    ours.step(actions)
                options = {"reset_mask": over}
                c, d = ours.reset(options=options), theirs.reset(options=dict(options))
                self.assertIn("reset_mask", options)
                np.testing.assert_array_equal(c[0], d[0])
                self.assert_same_infos(c[1], d[1])
        self.assertGreater(resets, 5)
        for mask in [np.zeros(COUNT, bool), np.ones(2, bool), [1, 0, 0], np.ones(COUNT)]:
            with self.subTest(mask=mask), self.assertRaisesRegex(ValueError, "reset_mask"):
                ours.reset(options={"reset_mask": mask})
        ours.close()
        theirs.close()

    def test_make_vec_gives_the_native_one(self) -> None:
        envs = gymnasium.make_vec("ergodic/Trading-v0", num_envs=2, config=config())
        self.assertIsInstance(envs.unwrapped, ergodic.VectorTrading)
        envs.reset(seed=1)
        envs.close()

    def test_vector_wrappers_work_on_top(self) -> None:
        for mode in [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]:
            with self.subTest(mode=mode):
                inner = ergodic.VectorTrading(config(), 2, autoreset_mode=mode)
                # Gymnasium's wrappers of observations know no same-step autoreset.
                envs = inner if mode is AutoresetMode.SAME_STEP else wrappers.NormalizeObservation(inner)
                envs = wrappers.RecordEpisodeStatistics(wrappers.ClipReward(envs, -1, 1))
                envs.reset(seed=1)
                total = np.zeros(2)
                for _ in range(12):
                    _, rewards, _, _, infos = envs.step(np.array([2, 1]))
                    total += rewards
                np.testing.assert_array_equal(infos["episode"]["l"], [12, 12])
                np.testing.assert_allclose(infos["episode"]["r"], total, atol=1e-12)
                envs.close()


class Vector(unittest.TestCase):
    def test_environments_play_episodes_of_their_own(self) -> None:
        envs = ergodic.VectorTrading(config(), 3, autoreset_mode="SameStep")
        _, infos = envs.reset(seed=7)
        numbers = [infos["episodeNumber"]]
        for _ in range(24):
            infos = envs.step(np.full(3, 1))[4]
            if "final_info" in infos:
                numbers.append(infos["episodeNumber"])
        np.testing.assert_array_equal(numbers, [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
        envs.close()

    def test_neighbouring_seeds_share_no_market(self) -> None:
        envs = ergodic.VectorTrading(config(), 4)
        seen: set[bytes] = set()
        for seed in range(5):
            envs.reset(seed=seed)
            for _ in range(3):
                observations = envs.step(np.full(4, 1))[0]
            seen |= {row.tobytes() for row in observations}
        self.assertEqual(len(seen), 20)
        envs.close()

    def test_results_do_not_depend_on_threads(self) -> None:
        outcomes = []
        for threads in [1, 2, 3]:
            envs = ergodic.VectorTrading(uneven(), 7, threads=threads, autoreset_mode="SameStep")
            envs.reset(seed=1)
            envs.action_space.seed(1)
            steps = [envs.step(envs.action_space.sample()) for _ in range(30)]
            outcomes.append([b"".join(array.tobytes() for array in step[:4]) for step in steps])
            with self.assertRaisesRegex(ergodic.ActionError, "environment 6"):
                envs.step(np.array([0, 0, 0, 0, 0, 0, 3]))
            envs.close()
        self.assertEqual(outcomes[0], outcomes[1])
        self.assertEqual(outcomes[0], outcomes[2])

    def test_arrays_are_the_callers(self) -> None:
        envs = ergodic.VectorTrading(config(), 2)
        first, _ = envs.reset(seed=1)
        before = first.copy()
        second = envs.step(np.array([2, 2]))
        np.testing.assert_array_equal(first, before)
        second[0][:] = 0
        second[1][:] = 0
        envs.close()

    def test_wrong_actions_change_nothing(self) -> None:
        envs, twin = ergodic.VectorTrading(config(), 2), ergodic.VectorTrading(config(), 2)
        with self.assertRaises(ergodic.NotResetError):
            envs.step(np.array([0, 0]))
        envs.reset(seed=1)
        twin.reset(seed=1)
        for wrong in [[0, 3], [0], [[0, 0]], [0.0, 1.0], [0, -1], [np.nan, 0], 1]:
            with self.subTest(actions=wrong), self.assertRaises(ergodic.ActionError):
                envs.step(np.array(wrong))
        a, b = envs.step(np.array([2, 0])), twin.step([2, 0])
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])
        envs.close()
        twin.close()

    def test_multi_discrete_and_box_actions_travel(self) -> None:
        for use in ["discrete", "target-weights", "orders"]:
            with self.subTest(use=use):
                envs = ergodic.VectorTrading(actions_config(use), 3)
                envs.reset(seed=1)
                envs.action_space.seed(1)
                moved = False
                for _ in range(12):
                    infos = envs.step(envs.action_space.sample())[4]
                    moved |= bool((infos["equity"] != 10_000).any())
                self.assertTrue(moved)
                envs.close()

    def test_wrong_arguments_say_what_is_wrong(self) -> None:
        for options, message in [
            ({"num_envs": 0}, "num_envs: must be a whole number of 1 or more, got 0"),
            ({"num_envs": 1.5}, "num_envs"),
            ({"threads": 0}, "threads"),
            ({"render_mode": "human"}, "render_mode: must be None, 'rgb_array' or 'ansi', got 'human'"),
            ({"autoreset_mode": "never"}, "never"),
        ]:
            with self.subTest(options=options), self.assertRaisesRegex(ValueError, message):
                ergodic.VectorTrading(config(), **options)
        envs = ergodic.VectorTrading(config(), 2)
        with self.assertRaisesRegex(ValueError, "a list must have 2 entries"):
            envs.reset(seed=[1])
        envs.reset(seed=[1, None])
        envs.close()

    def test_a_large_request_is_sent_whole(self) -> None:
        # 160 kB of actions and 800 kB of answer: neither fits the buffers of a socket.
        envs = ergodic.VectorTrading(config(), 40_000 // 10 * 4)
        envs.reset(seed=1)
        first = envs.step(np.full(envs.num_envs, 2))
        self.assertTrue((first[4]["step"] == 1).all())
        envs.close()
