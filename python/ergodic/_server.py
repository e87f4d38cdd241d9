"""The child process that holds the environments, and the frames between it and us. docs/python.md describes them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ._command import check_node, diagnose, find_command
from .errors import ClosedError, ConfigError, ErgodicError, ServerError, error_of

PROTOCOL_VERSION = 1
_OPEN, _RESET, _STEP, _SYNC = 1, 2, 3, 4
_READY, _STATE, _ERROR, _SYNCED = 65, 66, 67, 68
_HEADER = struct.Struct("<IIII")
_TOKEN_BYTES = 16
_LOG_LINES = 20
_LOG_BYTES = 1 << 20
_CLOSE_SECONDS = 5.0
_REQUESTS_A_LOOK = 1024
# A send of so many bytes into an empty socket is whole or has not happened, also when a signal comes.
_WHOLE_BYTES = 1 << 15

_servers: weakref.WeakSet[Server] = weakref.WeakSet()


class State:
    """An answer: arrays of its own, and what is known of episodes that ended.

    ``blocks``: name → array of shape (environments, width), or (environments,) where width is 1.
    """

    __slots__ = ("blocks", "ended", "failed_bytes", "tail")

    def __init__(self, blocks: dict[str, NDArray[Any]], ended: int, failed_bytes: int, tail: bytearray | None) -> None:
        self.blocks = blocks
        self.ended = ended
        self.failed_bytes = failed_bytes
        self.tail = tail


class Server:
    """A child process with environments, and the socket to it.

    One request at a time, from any thread; not from a forked process. Closed by ``close``, by the garbage collector, and
    at the end of the interpreter; should this process be killed, the child sees the socket close and ends.

    Raises:
        ServerNotFoundError: the command or Node is missing or too old.
        ConfigError: the config is wrong.
        ServerError: the child ended.
    """

    def __init__(
        self,
        config: str | os.PathLike[str] | Mapping[str, Any],
        *,
        count: int,
        autoreset: str,
        threads: int = 1,
        history: bool = False,
        overrides: Mapping[str, Any] | None = None,
        command: Sequence[str] | str | None = None,
    ) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._unanswered = False
        self._requests = 0
        self._tail: list[str] = []
        self.count = count
        data, words = _arguments(config, overrides)
        folder = Path.cwd() if data is not None else Path(words[0]).resolve().parent
        self._command = find_command(command, folder)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        # Unlinked: it goes with the last of the two processes. A pipe would need a thread that reads it.
        self._log: IO[bytes] = tempfile.TemporaryFile(mode="a+b")
        self._log_at = 0
        try:
            self._child = subprocess.Popen(
                [*self._command, "serve", *words, "--fd", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs.fileno(),),
                # Ctrl-C in a terminal is ours to handle: the child lives as long as its socket.
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            self._log.close()
            diagnose(self._command)
            raise ServerError(f"{self._command[0]}: cannot be started: {error.strerror}", "COMMAND_FAILED") from error
        finally:
            theirs.close()
        self._socket = ours
        self._finalizer = weakref.finalize(self, _end, self._pid, ours, self._child, self._log)
        _servers.add(self)
        request = {
            "protocol": PROTOCOL_VERSION,
            "count": count,
            "autoreset": autoreset,
            "threads": threads,
            "history": history,
        }
        if data is not None:
            request["config"] = data
        try:
            self.ready = self._open(request)
        except BaseException:
            self.close()
            raise
        self._plan_blocks(self.ready["blocks"])

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._child.pid

    @property
    def closed(self) -> bool:
        return not self._finalizer.alive

    def reset(self, request: dict[str, Any]) -> State:
        """Starts episodes; the request is the document of docs/python.md."""
        return self._exchange(_RESET, json.dumps(request).encode())

    def step(self, actions: NDArray[Any]) -> State:
        """Steps all environments; ``actions`` is C-contiguous int32 or float32."""
        return self._exchange(_STEP, actions)

    def close(self) -> None:
        """Ends the child and waits for it. May be called again."""
        self._forward_log()
        self._finalizer()

    def _open(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            kind, length, _, _ = self._request(_OPEN, json.dumps(request, allow_nan=False).encode())
        except ServerError:
            diagnose(self._command)
            raise
        document = json.loads(self._read(length))
        self._unanswered = False
        if kind == _ERROR:
            raise error_of(document["code"], document["message"])
        check_node(document["node"])
        self._forward_log()
        for notice in document["notices"]:
            print(notice, file=sys.stderr)
        return document

    def _exchange(self, kind: int, payload: Any) -> State:
        if os.getpid() != self._pid:
            raise ClosedError(
                f"this environment belongs to process {self._pid} and cannot be used in process {os.getpid()}; "
                "make one in each process"
            )
        if self.closed:
            raise ClosedError("this environment is closed; make a new one")
        with self._lock:
            if self._unanswered:
                self._resynchronize()
            self._requests += 1
            if self._requests % _REQUESTS_A_LOOK == 0:
                self._forward_log()
            answer, length, ended, failed = self._request(kind, payload)
            if answer == _STATE:
                state = self._read_state(length, ended, failed)
                self._unanswered = False
                return state
            document = json.loads(self._read(length))
            self._unanswered = False
        self._forward_log()
        raise error_of(document["code"], document["message"])

    def _request(self, kind: int, payload: Any) -> tuple[int, int, int, int]:
        view = memoryview(payload).cast("B")
        header = _HEADER.pack(kind, view.nbytes, 0, 0)
        self._unanswered = True
        try:
            self._send(header, view)
        except (BrokenPipeError, ConnectionResetError):
            raise self._ended() from None
        return _HEADER.unpack(self._read(_HEADER.size))

    def _send(self, header: bytes, view: memoryview) -> None:
        if len(header) + view.nbytes <= _WHOLE_BYTES:
            sent = self._socket.sendmsg([header, view])
            if sent < len(header) + view.nbytes:
                self._socket.sendall((header + view.tobytes())[sent:])
            return
        # An interrupt between two parts of a request would leave the child waiting for the second.
        with _deferred_interrupts():
            self._socket.sendall(header)
            self._socket.sendall(view)

    def _read(self, length: int) -> bytearray:
        data = bytearray(length)
        self._fill([memoryview(data)], length)
        return data

    def _fill(self, views: list[memoryview], length: int) -> None:
        """Reads so many bytes into views of bytes, one after the other."""
        while length > 0:
            try:
                got = self._socket.recvmsg_into(views, 0, socket.MSG_WAITALL)[0]
            except ConnectionResetError:
                got = 0
            if got == 0:
                raise self._ended()
            length -= got
            if length > 0:
                views = _after(views, got)

    def _plan_blocks(self, blocks: list[dict[str, Any]]) -> None:
        """The first block, observations, has memory of its own; all others share one piece."""
        self._shape = (self.count, blocks[0]["width"])
        self._columns: list[tuple[str, tuple[int, ...], np.dtype[Any], int]] = []
        self._column_bytes = 0
        for block in blocks[1:]:
            width = block["width"]
            # Flags are 0 or 1: as bytes they are booleans.
            dtype = np.dtype(np.bool_ if block["type"] == "<u1" else block["type"])
            shape = (self.count,) if width == 1 else (self.count, width)
            self._columns.append((block["name"], shape, dtype, self._column_bytes))
            self._column_bytes += self.count * width * dtype.itemsize

    def _read_state(self, length: int, ended: int, failed: int) -> State:
        observations = np.empty(self._shape, np.float32)
        memory = np.empty(self._column_bytes, np.uint8)
        views = [memoryview(observations.data).cast("B"), memory.data]
        known = observations.nbytes + self._column_bytes
        self._fill(views, known)
        blocks = {name: np.ndarray(shape, dtype, memory, at) for name, shape, dtype, at in self._columns}
        blocks["observations"] = observations
        return State(blocks, ended, failed, self._read(length - known) if length > known else None)

    def _resynchronize(self) -> None:
        """After an interrupt in the middle of an exchange: reads on to the answer to a question of our own."""
        token = os.urandom(_TOKEN_BYTES)
        tail = _HEADER.pack(_SYNCED, len(token), 0, 0) + token
        try:
            self._socket.sendall(_HEADER.pack(_SYNC, len(token), 0, 0) + token)
        except (BrokenPipeError, ConnectionResetError):
            raise self._ended() from None
        seen = b""
        while not seen.endswith(tail):
            got = self._socket.recv(1 << 16)
            if got == b"":
                raise self._ended()
            seen = (seen + got)[-len(tail) :]
        self._unanswered = False

    def _ended(self) -> ErgodicError:
        """The error of a child that has gone, with what it said last."""
        self._forward_log()
        try:
            code: int | None = self._child.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        self._forward_log()
        said = "".join(f"\n  {line}" for line in self._tail) or " it printed nothing"
        self.close()
        if code is not None and code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        else:
            how = "closed the connection" if code is None else f"ended with exit code {code}"
        return ServerError(
            f"the environment's process {self._child.pid} {how}; make a new environment. Last lines:{said}"
        )

    def _forward_log(self) -> None:
        """Passes on what the child printed, and keeps its last lines."""
        if self._log.closed or os.getpid() != self._pid:
            return
        size = os.fstat(self._log.fileno()).st_size
        if size <= self._log_at:
            return
        start = max(self._log_at, size - _LOG_BYTES)
        text = os.pread(self._log.fileno(), size - start, start).decode(errors="replace")
        self._log_at = size
        self._tail = [*self._tail, *text.splitlines()][-_LOG_LINES:]
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text)
        if size > _LOG_BYTES:
            os.ftruncate(self._log.fileno(), 0)
            self._log_at = 0


def _arguments(
    config: str | os.PathLike[str] | Mapping[str, Any], overrides: Mapping[str, Any] | None
) -> tuple[Any, list[str]]:
    """The config as data, or None, and the words of the command line."""
    data = None
    if isinstance(config, Mapping):
        data = json.loads(_json(config, "config"))
        words = ["-"]
    elif isinstance(config, (str, os.PathLike)):
        words = [os.fspath(config)]
        if words[0].startswith("-"):
            words[0] = f"./{words[0]}"
    else:
        raise ConfigError(f"config: must be the path of a file or a mapping, got {config!r}")
    for path, value in (overrides or {}).items():
        words += ["--set", f"{path}={_json(value, f'overrides[{path!r}]')}"]
    return data, words


def _json(value: Any, place: str) -> str:
    def plain(other: Any) -> Any:
        if isinstance(other, np.generic):
            return other.item()
        if isinstance(other, np.ndarray):
            return other.tolist()
        if isinstance(other, os.PathLike):
            return os.fspath(other)
        if isinstance(other, Mapping):
            return dict(other)
        raise ConfigError(f"{place}: must hold plain values (numbers, texts, lists, mappings), got {other!r}")

    try:
        return json.dumps(value, default=plain, allow_nan=False)
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{place}: must hold finite numbers, got NaN or infinity ({error})") from None


def _after(views: list[memoryview], count: int) -> list[memoryview]:
    """The views that are left when so many bytes are there."""
    left = []
    for view in views:
        if count >= view.nbytes:
            count -= view.nbytes
        else:
            left.append(view[count:])
            count = 0
    return left


@contextlib.contextmanager
def _deferred_interrupts() -> Any:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(pid: int, ours: socket.socket, child: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Closes the socket, which ends the child, and takes its exit status: no process is left behind."""
    ours.close()
    if os.getpid() == pid:
        try:
            child.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    log.close()


def _forget_in_child() -> None:
    """A forked process has a copy of each socket: while it is open, the server would not see that its owner has gone."""
    for server in list(_servers):
        server._finalizer.detach()
        server._socket.close()
        # Its exit status belongs to the parent.
        server._child.returncode = 0
        server._lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_in_child)
