"""The side of the server that talks to the client."""

import threading

from ray.rllib.env.external.env_runner_server_for_external_inference import EnvRunnerServerForExternalInference


class Runner(EnvRunnerServerForExternalInference):
    """RLlib's runner, which listens only when it is told to.

    RLlib's own begins to listen while the algorithm is still being built, and before a checkpoint is restored: a client that
    connects then plays a batch with weights that nobody wants.
    """

    ready = threading.Event()

    def _client_message_listener(self):
        self.ready.wait()
        super()._client_message_listener()
