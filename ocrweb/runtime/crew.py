"""Networks in processes of their own: each has a copy of the model, and a picture goes to whichever is free."""

from __future__ import annotations

import contextlib
import mmap
import os
import queue
import socket
import subprocess
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from ocrweb.disk.child import start_module
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.runtime.device import Device
from ocrweb.runtime.engines.choose import Note
from ocrweb.runtime.engines.load import Loaded

MEMBER = "ocrweb.runtime.crew_member"
TRIES = 2  # a picture whose process was killed is given to another one once
KEPT_BYTES = 32 * 2**20  # shared memory that a process keeps between two pictures: that of an ordinary one
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**20), "MALLOC_ARENA_MAX": "2"}  # glibc gives back what pictures took

Key = tuple[str, str, str, str]  # model, engine, precision, device


@dataclass(frozen=True, slots=True)
class Told:
    """What a process has loaded; the fields are those of `Loaded` and its `Engine`."""

    name: str
    label: str
    fixed_size: tuple[int, int] | None
    device: Device
    notes: tuple[Note, ...]


class Gone(Exception):
    """The process ended before it answered. asked_to: by `Member.end`."""

    def __init__(self, asked_to: bool) -> None:
        self.asked_to = asked_to


class Member:
    """One process, started when it is first asked and again after it was killed. One thread asks it at a time.

    share: how many such processes share the machine's cores.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        self._memory = os.memfd_create("ocrweb-network")
        self._map: mmap.mmap | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._ended = False

    @property
    def pid(self) -> int:
        """0 without a process."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    def ask(self, key: Key, batch: np.ndarray | None) -> Any:
        """(N, 3, H, W) float32 → (N, H, W) float32; without a batch `Told`. Raises `Gone`, and what the engine raises."""
        self._ended = False
        if not self.pid:
            self._start()
        assert self._connection is not None
        try:
            self._connection.send((key, self._shared(batch)))
            answer = self._connection.recv()
        except (OSError, EOFError) as failure:
            asked_to = self._ended
            self._start()
            raise Gone(asked_to) from failure
        if isinstance(answer, BaseException):
            raise answer
        return self._map_of(answer, batch) if batch is not None else answer

    def end(self) -> None:
        """Kill the process; whoever asks it just now gets `Gone`."""
        self._ended = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        self.end()
        if self._process is not None:
            self._process.wait()
            _close(self._process.stdin, self._connection)

    def _start(self) -> None:
        if self._process is not None:
            self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = start_module(
                MEMBER,
                theirs.fileno(),
                self._memory,
                self._share,
                environment={**MALLOC, **os.environ},
                stdin=subprocess.PIPE,  # its end tells the process that this one is gone
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), self._memory),
            )
        self._connection, self._ended = Connection(ours.detach()), False

    def _shared(self, batch: np.ndarray | None) -> tuple[int, tuple[int, ...]] | None:
        """Lay a batch into the shared memory; its capacity, and the batch's shape."""
        if batch is None:
            return None
        needed = batch.nbytes + batch.nbytes // 3  # the map comes behind it
        if self._map is None or len(self._map) < needed:
            os.ftruncate(self._memory, needed)
            self._map = mmap.mmap(self._memory, needed)
        np.frombuffer(self._map, np.float32, batch.size).reshape(batch.shape)[:] = batch
        return len(self._map), batch.shape

    def _map_of(self, shape: tuple[int, ...], batch: np.ndarray) -> np.ndarray:
        assert self._map is not None
        answer = np.frombuffer(self._map, np.float32, int(np.prod(shape)), batch.nbytes).reshape(shape).copy()
        if len(self._map) > KEPT_BYTES:
            self._map = None
            os.ftruncate(self._memory, 0)
        return answer


class Crew:
    """So many processes and one queue. All methods may be called from any thread."""

    def __init__(self, count: int) -> None:
        self.members = tuple(Member(count) for _ in range(count))
        self._idle: queue.Queue[Member] = queue.Queue()
        for member in self.members:
            self._idle.put(member)
        self._lock = threading.Lock()
        self._running: dict[Member, Key] = {}

    def load(self, key: Key) -> Loaded:
        """As `load_engine`: what it raises, and `engine.run-failed`."""
        told: Told = self.ask(key, None)
        return Loaded(_CrewEngine(self, key, told), told.device, told.notes)

    def ask(self, key: Key, batch: np.ndarray | None) -> Any:
        """What `Member.ask` answers, by whichever is free first. Raises `engine.run-failed` when it was killed twice."""
        for _ in range(TRIES):
            member = self._idle.get()
            with self._lock:
                self._running[member] = key
            try:
                return member.ask(key, batch)
            except Gone as gone:
                if gone.asked_to:
                    break
            finally:
                with self._lock:
                    del self._running[member]
                self._idle.put(member)
        raise OcrwebError("engine.run-failed", engine=key[0], reason=Sentence("engine.process-gone"))

    def interrupt(self, key: Key) -> None:
        """End the processes that run this model now."""
        with self._lock:
            at_work = [member for member, running in self._running.items() if running == key]
        for member in at_work:
            member.end()

    def pids(self) -> list[int]:
        """Of those that live."""
        return [member.pid for member in self.members if member.pid]

    def close(self) -> None:
        """End all processes. Nobody asks any more."""
        for member in self.members:
            member.close()


class _CrewEngine:
    """An `Engine` whose network lives in the processes of a crew."""

    def __init__(self, crew: Crew, key: Key, told: Told) -> None:
        self._crew, self._key = crew, key
        self.name, self.fixed_size = told.name, told.fixed_size
        self.device = f"{told.label}, {len(crew.members)} processes"

    def run(self, batch: np.ndarray) -> np.ndarray:
        answer: np.ndarray = self._crew.ask(self._key, batch)
        return answer

    def interrupt(self) -> None:
        self._crew.interrupt(self._key)

    def close(self) -> None:
        """The processes keep what they used last, as `DetectorPool` does."""


def _close(*streams: Any) -> None:
    for stream in streams:
        with contextlib.suppress(OSError):
            stream.close()
