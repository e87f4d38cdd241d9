"""Records frames of RLlib's own server, and what its modules compute.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    OMP_NUM_THREADS=1 venv/bin/python record.py

Made with Python 3.11 and the versions that versions.json names. For each case the server of the case is started on a
free port of 127.0.0.1 and asked as a client asks it:

NAME.frame       the answer to GET_STATE, as it came over the wire: header, SET_STATE, the weights
NAME.json        observations, and what the module with these weights makes of them, step by step
pong.frame       the answer to PING
episodes.frame   EPISODES as Ray packs two of its own episodes: a finished one, and the second chunk of one with an LSTM
"""

import json
import pathlib
import socket
import time
from importlib.metadata import version

import gymnasium as gym
import numpy as np
import torch
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
from ray.rllib.env.external.env_runner_server_for_external_inference import EnvRunnerServerForExternalInference
from ray.rllib.env.external.rllink import send_rllink_message
from ray.rllib.env.single_agent_episode import SingleAgentEpisode

HERE = pathlib.Path(__file__).parent
STEPS = 5

CASES = {
    "mlp": (4, gym.spaces.Discrete(3), {"fcnet_hiddens": [8, 7]}),
    "relu": (4, gym.spaces.Discrete(3), {"fcnet_hiddens": [8, 7], "fcnet_activation": "relu"}),
    "lstm": (
        4,
        gym.spaces.MultiDiscrete([3, 2]),
        {"fcnet_hiddens": [8, 7], "use_lstm": True, "lstm_cell_size": 6},
    ),
    "box": (
        3,
        gym.spaces.Box(-1.0, 1.0, (2,), np.float32),
        {"fcnet_hiddens": [8], "head_fcnet_hiddens": [5], "vf_share_layers": False},
    ),
    "free-log-std": (
        3,
        gym.spaces.Box(0.0, 1.0, (1,), np.float32),
        {"fcnet_hiddens": [8], "free_log_std": True},
    ),
    "separate-lstm": (
        3,
        gym.spaces.Discrete(3),
        {"fcnet_hiddens": [4], "use_lstm": True, "lstm_cell_size": 3, "vf_share_layers": False},
    ),
    "layer-norm": (3, gym.spaces.Discrete(3), {"fcnet_hiddens": [4], "fcnet_use_layernorm": True}),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError("the server closed the connection")
        data += part
    return data


def ask(connection: socket.socket, kind: str) -> bytes:
    send_rllink_message(connection, {"type": kind})
    header = receive(connection, 8)
    return header + receive(connection, int(header))


def connect(port: int) -> socket.socket:
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise ConnectionError(f"nothing listens on port {port}")


def forward(module, observations: np.ndarray, space: gym.Space) -> dict:
    """The module over the rows as one episode, each step from the state that the step before left."""
    stateful = module.is_stateful()
    state = {key: value.unsqueeze(0) for key, value in module.get_initial_state().items()} if stateful else None
    steps = []
    distribution = module.get_exploration_action_dist_cls()
    for row in observations:
        batch = {"obs": torch.from_numpy(row).unsqueeze(0)}
        if stateful:
            batch = {"obs": batch["obs"].unsqueeze(1), "state_in": state}
        with torch.no_grad():
            out = module.forward_exploration(batch)
        inputs = out["action_dist_inputs"].reshape(1, -1)
        action = distribution.from_logits(inputs).sample()
        logp = distribution.from_logits(inputs).logp(action)
        step = {
            "inputs": inputs[0].tolist(),
            "action": action[0].tolist(),
            "logp": float(logp[0]),
        }
        if stateful:
            state = out["state_out"]
            step["state"] = {key: value.reshape(-1).tolist() for key, value in state.items()}
        steps.append(step)
    return {"observations": observations.tolist(), "steps": steps}


def space_of(space: gym.Space) -> dict:
    if isinstance(space, gym.spaces.Discrete):
        return {"type": "discrete", "n": int(space.n)}
    if isinstance(space, gym.spaces.MultiDiscrete):
        return {"type": "multi-discrete", "nvec": space.nvec.tolist()}
    return {"type": "box", "shape": list(space.shape), "low": space.low.tolist(), "high": space.high.tolist()}


def record(name: str, size: int, space: gym.Space, model: dict) -> None:
    torch.manual_seed(7)
    port = free_port()
    config = (
        PPOConfig()
        .environment(
            observation_space=gym.spaces.Box(-np.inf, np.inf, (size,), np.float32),
            action_space=space,
            env_config={"port": port},
        )
        .env_runners(env_runner_cls=EnvRunnerServerForExternalInference, num_env_runners=0)
        .rl_module(model_config=DefaultModelConfig(**model))
    )
    server = EnvRunnerServerForExternalInference(config=config)
    with torch.no_grad():
        if "free_log_std" in model:
            server.module.pi.log_std += 0.25
    connection = connect(port)
    pong = ask(connection, "PING")
    if name == "mlp":
        (HERE / "pong.frame").write_bytes(pong)
    server._weights_seq_no = 3
    (HERE / f"{name}.frame").write_bytes(ask(connection, "GET_STATE"))
    if name not in ("separate-lstm", "layer-norm"):
        observations = np.random.default_rng(11).normal(0, 2, (STEPS, size)).astype(np.float32)
        golden = {"observationSize": size, "actionSpace": space_of(space)}
        golden |= forward(server.module, observations, space)
        (HERE / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


def episodes() -> list:
    rng = np.random.default_rng(5)

    def row() -> np.ndarray:
        return rng.normal(size=3).astype(np.float32)

    def step(episode: SingleAgentEpisode, **end) -> None:
        episode.add_env_step(
            row(),
            np.int64(rng.integers(3)),
            float(rng.normal()),
            extra_model_outputs={
                "action_dist_inputs": rng.normal(size=3).astype(np.float32),
                "action_logp": np.float32(-1.1),
                "state_out": {key: rng.normal(size=(1, 2)).astype(np.float32) for key in "hc"},
            },
            **end,
        )

    whole = SingleAgentEpisode(id_="whole")
    whole.add_env_reset(row())
    for i in range(3):
        step(whole, truncated=i == 2)
    first = SingleAgentEpisode(id_="cut")
    first.add_env_reset(row())
    for _ in range(2):
        step(first)
    second = first.cut(len_lookback_buffer=1)
    for i in range(2):
        step(second, terminated=i == 1)
    return [episode.to_numpy() for episode in (whole, first, second)]


def main() -> None:
    for name, (size, space, model) in CASES.items():
        record(name, size, space, model)
    left, right = socket.socketpair()
    send_rllink_message(left, {"type": "EPISODES", "episodes": [episode.get_state() for episode in episodes()]})
    header = receive(right, 8)
    (HERE / "episodes.frame").write_bytes(header + receive(right, int(header)))
    names = ["ray", "torch", "msgpack", "msgpack-numpy", "gymnasium", "numpy"]
    (HERE / "versions.json").write_text(json.dumps({name: version(name) for name in names}, indent=1) + "\n")


if __name__ == "__main__":
    main()
