"""Processes: none is left behind, and none is waited for in vain."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import unittest

import gymnasium
import numpy as np

import ergodic

from .support import config, exists, is_running, run_python, start_python, wait_until_gone

MAKE = f"""
import ergodic, gymnasium, os, signal, sys, time
config = {json.dumps(config())}
config["steps"] = 1000000
envs = ergodic.VectorTrading(config, 2)
envs.reset(seed=1)
print(envs._server.pid, flush=True)
"""


def play_once(given: dict) -> float:
    env = gymnasium.make("ergodic/Trading-v0", config=given)
    env.reset(seed=1)
    reward = float(env.step(2)[1])
    env.close()
    return reward


class Ends(unittest.TestCase):
    def test_close_ends_the_child_and_leaves_no_zombie(self) -> None:
        envs = ergodic.VectorTrading(config(), 2, threads=2)
        pid = envs._server.pid
        self.assertTrue(is_running(pid))
        envs.close()
        self.assertFalse(exists(pid))
        envs.close()

    def test_a_forgotten_environment_ends_its_child(self) -> None:
        env = gymnasium.make("ergodic/Trading-v0", config=config())
        pid = env.unwrapped._server.pid
        del env
        gc.collect()
        self.assertFalse(exists(pid))

    def test_a_config_that_fails_leaves_no_child(self) -> None:
        before = set(children())
        with self.assertRaises(ergodic.ConfigError):
            ergodic.TradingEnv(config(steps=-1))
        self.assertEqual(set(children()), before)

    def test_the_end_of_the_interpreter_ends_the_child(self) -> None:
        for last in ["", "raise SystemExit(3)", "1 / 0", "del envs"]:
            with self.subTest(last=last):
                done = run_python(MAKE + last)
                self.assertFalse(exists(int(done.stdout)), done.stderr)

    def test_a_killed_interpreter_takes_its_child_along(self) -> None:
        for number in [signal.SIGKILL, signal.SIGTERM]:
            with self.subTest(signal=number):
                process = start_python(MAKE + "time.sleep(60)")
                pid = int(process.stdout.readline())
                process.send_signal(number)
                process.communicate(timeout=30)
                self.assertTrue(wait_until_gone(pid))

    def test_an_interrupt_ends_both_where_nobody_handles_it(self) -> None:
        process = start_python(MAKE + "print('go', flush=True)\nwhile True: envs.step([1, 1])")
        pid = int(process.stdout.readline())
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        self.assertIn("KeyboardInterrupt", said)
        self.assertFalse(exists(pid))

    def test_after_an_interrupt_the_environment_goes_on(self) -> None:
        code = """
done, interrupts = 0, 0
signal.signal(signal.SIGALRM, signal.default_int_handler)
while interrupts < 200:
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005 + 0.00001 * interrupts)
        while True:
            infos = envs.step([1, 2])[4]
            done += 1
    except KeyboardInterrupt:
        interrupts += 1
signal.setitimer(signal.ITIMER_REAL, 0)
step = int(envs.step([1, 1])[4]["step"][0])
# A step whose answer was not read has been made all the same.
print(done <= step - 1 <= done + interrupts, envs.reset(seed=3)[1]["step"].tolist())
"""
        done = run_python(MAKE + code)
        self.assertEqual(done.stdout.splitlines()[1:], ["True [0, 0]"], done.stderr)

    def test_a_killed_child_is_told_of_and_not_waited_for(self) -> None:
        envs = ergodic.VectorTrading(config(), 2)
        envs.reset(seed=1)
        os.kill(envs._server.pid, signal.SIGKILL)
        with self.assertRaisesRegex(ergodic.ServerError, "was ended by SIGKILL; make a new environment"):
            envs.step(np.array([1, 1]))
        with self.assertRaises(ergodic.ClosedError):
            envs.step(np.array([1, 1]))
        envs.close()

    def test_the_last_lines_of_a_dead_child_are_shown(self) -> None:
        program = ["node", "-e", "console.error('first\\nno more memory'); process.exit(7)", "--"]
        with self.assertRaisesRegex(ergodic.ServerError, r"exit code 7;[\s\S]*no more memory"):
            ergodic.TradingEnv(config(), command=program)

    def test_a_dead_thread_is_told_of(self) -> None:
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            reward = Path(folder) / "reward.ts"
            reward.write_text(
                """
                import { workerData } from 'node:worker_threads';
                let calls = 0;
                export default { name: 'deadly', parameters: {}, create: () => ({
                  begin() {}, evaluate(steps, from, to, out) {
                    if (workerData?.range !== undefined && ++calls > 10) process.exit(5);
                    out.fill(0, from, to + 1);
                  },
                }) };
                """
            )
            envs = ergodic.VectorTrading(config(rewards=[{"use": str(reward)}]), 4, threads=2)
            envs.reset(seed=1)
            pid = envs._server.pid
            with self.assertRaisesRegex(
                ergodic.ServerError, "environments 2 to 3 has ended: it ended with exit code 5"
            ):
                for _ in range(100):
                    envs.step(np.full(4, 2))
            envs.close()
            self.assertFalse(exists(pid))


class Processes(unittest.TestCase):
    def test_a_forked_process_cannot_use_its_parents_environment_nor_harm_it(self) -> None:
        code = """
child = os.fork()
if child == 0:
    try:
        envs.step([1, 1])
    except ergodic.ClosedError as error:
        envs.close()
        print("refused" if "make one in each process" in str(error) else error, flush=True)
    sys.exit(0)
os.waitpid(child, 0)
print(envs.step([1, 1])[4]["step"].tolist())
"""
        done = run_python(MAKE + code)
        self.assertEqual(done.stdout.splitlines()[1:], ["refused", "[1, 1]"], done.stderr)

    def test_a_forked_process_does_not_keep_the_child_of_a_killed_parent_alive(self) -> None:
        code = """
if os.fork() == 0:
    sys.stdout.close(); os.close(1); os.close(2)
    time.sleep(120)
    os._exit(0)
time.sleep(60)
"""
        process = start_python(MAKE + code)
        pid = int(process.stdout.readline())
        forked = []
        while not forked:
            forked = [child for child in children(process.pid) if child != pid]
        process.kill()
        self.assertTrue(wait_until_gone(pid))
        for child in forked:
            if is_running(child):
                os.kill(child, signal.SIGKILL)
        process.communicate(timeout=30)

    def test_asynchronous_vector_environments_work_by_fork_and_spawn(self) -> None:
        given = config()
        before = gymnasium.make("ergodic/Trading-v0", config=given)
        before.reset(seed=1)
        for context in ["fork", "spawn"]:
            with self.subTest(context=context):
                envs = gymnasium.vector.AsyncVectorEnv([lambda: ergodic.TradingEnv(given)] * 2, context=context)
                first, _ = envs.reset(seed=[1, 2])
                self.assertEqual(first.shape, (2, 4))
                self.assertEqual(envs.step(np.array([2, 2]))[4]["step"].tolist(), [1, 1])
                envs.close()
        self.assertEqual(before.step(2)[4]["step"], 1)
        before.close()

    def test_worker_processes_get_the_same_rewards(self) -> None:
        given = config()
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            rewards = pool.map(play_once, [given] * 3)
        self.assertEqual(set(rewards), {play_once(given)})


def children(pid: int | None = None) -> list[int]:
    """Processes whose parent is this one."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == (pid or os.getpid()):
            found.append(int(name))
    return found
