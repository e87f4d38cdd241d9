"""PPO of RLlib as a server: programs connect, play episodes with the weights they are sent, and send the steps back.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    OMP_NUM_THREADS=1 venv/bin/python server.py --checkpoint checkpoints
    ergodic connect rllib://127.0.0.1:9900 ergodic.yaml

It listens on 127.0.0.1 alone. Anyone who reaches the port can make it run code: do not open it to a network.
"""

import argparse
import os
import pathlib
import shutil
import signal
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import gymnasium as gym
import numpy as np
import ray
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
from runner import Runner

KEPT = 3


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="PPO that learns from the episodes of a client.")
    parser.add_argument("--port", type=int, default=9900, help="port on 127.0.0.1 (default: 9900)")
    parser.add_argument("--observations", type=int, default=10, help="numbers of an observation (default: 10)")
    parser.add_argument(
        "--actions",
        type=action_space,
        default="3",
        help="3: one of three; 3,3: one of three, twice; box:2: two numbers (default: 3)",
    )
    parser.add_argument("--lstm", action="store_true", help="put an LSTM behind the layers")
    parser.add_argument("--train-batch-size", type=int, default=4000, help="steps of an iteration (default: 4000)")
    parser.add_argument("--iterations", type=int, default=sys.maxsize, help="end after so many (default: go on)")
    parser.add_argument("--learning-rate", type=float, default=5e-4, help="step size (default: 5e-4)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the weights (default: 0)")
    parser.add_argument("--checkpoint", type=pathlib.Path, metavar="DIR", help="write a checkpoint after each iteration")
    parser.add_argument("--restore", action="store_true", help="go on from the last checkpoint in DIR")
    options = parser.parse_args()
    if options.restore and options.checkpoint is None:
        parser.error("--restore needs --checkpoint DIR")
    return options


def action_space(text: str) -> gym.Space:
    try:
        if text.startswith("box:"):
            # The client stretches [-1, 1] to the bounds of its config.
            return gym.spaces.Box(-1.0, 1.0, (int(text.removeprefix("box:")),), np.float32)
        sizes = [int(part) for part in text.split(",")]
        return gym.spaces.Discrete(sizes[0]) if len(sizes) == 1 else gym.spaces.MultiDiscrete(sizes)
    except (ValueError, AssertionError) as error:
        raise argparse.ArgumentTypeError(f"must be 3, 3,3 or box:2, got {text}") from error


def configuration(options: argparse.Namespace) -> PPOConfig:
    observations = gym.spaces.Box(-np.inf, np.inf, (options.observations,), np.float32)
    return (
        PPOConfig()
        .environment(
            observation_space=observations,
            action_space=options.actions,
            env_config={"port": options.port},
        )
        # The one environment runner is in this process: a second would listen on the next port.
        .env_runners(num_env_runners=0, env_runner_cls=Runner)
        .learners(num_learners=0)
        .training(
            train_batch_size_per_learner=options.train_batch_size,
            minibatch_size=min(250, options.train_batch_size),
            num_epochs=8,
            lr=options.learning_rate,
            gamma=0.97,
            lambda_=0.9,
            entropy_coeff=0.001,
            vf_loss_coeff=0.5,
            vf_clip_param=float("inf"),
            grad_clip=0.5,
        )
        .rl_module(
            model_config=DefaultModelConfig(
                fcnet_hiddens=[64, 64],
                fcnet_activation="tanh",
                # With an LSTM the client keeps one state: policy and value function share it.
                vf_share_layers=True,
                use_lstm=options.lstm,
                lstm_cell_size=64,
                max_seq_len=20,
            )
        )
        .debugging(seed=options.seed, log_level="ERROR")
    )


def checkpoints(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.glob("iteration-*")) if folder.is_dir() else []


def save(algorithm, folder: pathlib.Path) -> None:
    """A checkpoint is there as a whole or not at all, whenever this process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"unfinished-{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    algorithm.save_to_path(str(unfinished.resolve()))
    place = folder / f"iteration-{algorithm.iteration:09d}"
    shutil.rmtree(place, ignore_errors=True)
    unfinished.rename(place)
    for old in checkpoints(folder)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def restore(algorithm, folder: pathlib.Path) -> None:
    for left in folder.glob("unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)
    found = checkpoints(folder)
    if not found:
        sys.exit(f"--restore: there is no checkpoint in {folder}; leave --restore out to start anew")
    algorithm.restore_from_path(str(found[-1].resolve()))
    print(f"restored {found[-1]}", flush=True)


def report(result: dict, algorithm) -> None:
    sampled = result["env_runners"]
    mean = sampled.get("episode_return_mean", float("nan"))
    steps = int(sampled.get("num_env_steps_sampled_lifetime", 0))
    print(f"iteration {algorithm.iteration}: {steps} steps, mean reward of episodes {mean:.5f}", flush=True)


def main() -> None:
    options = arguments()
    if options.checkpoint is not None and checkpoints(options.checkpoint) and not options.restore:
        sys.exit(f"--checkpoint {options.checkpoint}: holds checkpoints; add --restore to go on, or name another folder")
    ray.init(num_cpus=1, include_dashboard=False, logging_level="ERROR", _node_ip_address="127.0.0.1")
    # Ray has put a handler of its own there, which aborts.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    algorithm = configuration(options).build_algo()
    if options.restore:
        restore(algorithm, options.checkpoint)
    elif options.checkpoint is not None:
        save(algorithm, options.checkpoint)
    Runner.ready.set()
    print(f"ready: rllib://127.0.0.1:{options.port}, iteration {algorithm.iteration}", flush=True)
    try:
        while algorithm.iteration < options.iterations:
            report(algorithm.train(), algorithm)
            if options.checkpoint is not None:
                save(algorithm, options.checkpoint)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
