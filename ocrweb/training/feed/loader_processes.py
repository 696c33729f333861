"""Preparing samples in processes that hand them over in shared memory of a fixed size."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import types
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.util import Finalize
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.training.feed.loader_plan import SHARED_MEMORY, slots_of
from ocrweb.training.feed.loader_threads import Task
from ocrweb.training.feed.samples import Arrays, SampleSource

PATIENCE = 300.0
"""Seconds without any sample after which a run fails instead of hanging."""
_DRAIN_SECONDS = 10.0
_EACH = 2  # tasks a process has at a time: one in work, one waiting

Layout = dict[str, tuple[int, tuple[int, ...], str]]
"""Where each array of a sample lies in its slot: first byte, shape, type."""


@dataclass(slots=True)
class _Process:
    process: BaseProcess
    pipe: Connection
    tasks: deque[tuple[int, int, Task]] = field(default_factory=deque)
    """Given to it and not answered: number, slot, task. It answers in this order."""


class ProcessWorkers:
    """A pool whose memory is `slots_of(count)` samples, whatever the batch size."""

    def __init__(self, source: SampleSource, count: int) -> None:
        """The source is sent to the processes by pickling. The first sample is drawn here, to learn the sizes."""
        self._source = source
        self._layout, size = _layout_of(source.sample(0, 0))
        self._slots = slots_of(count)
        self._memory = SharedMemory(create=True, size=size * self._slots)
        self._size = size
        self._processes: list[_Process] = []
        self.close = Finalize(self, _end, (self._processes, self._memory), exitpriority=10)
        """End the processes and give the memory back; done at the latest when this process ends."""
        try:
            _reserve(self._memory)
            for _ in range(count):
                self._processes.append(self._launch())
        except BaseException:
            self.close()
            raise

    def imap(self, tasks: Iterator[Task]) -> Generator[Arrays, None, None]:
        """See `Workers`. Raises loader.worker-died with the picture that was in work, and loader.stalled."""
        numbered = enumerate(tasks)
        free = deque(range(self._slots))
        done: dict[int, tuple[int, OcrwebError | None]] = {}
        following, more = 0, True
        try:
            while True:
                more = more and self._hand_out(numbered, free)
                while following not in done:
                    if not any(worker.tasks for worker in self._processes):
                        return
                    self._collect(done)
                    more = more and self._hand_out(numbered, free)
                slot, error = done.pop(following)
                if error is not None:
                    raise error
                yield self._view(slot)
                free.append(slot)
                following += 1
        finally:
            self._drain()

    def _launch(self) -> _Process:
        context = multiprocessing.get_context("spawn")  # a fork of a process that runs Paddle's threads can hang
        ours, theirs = context.Pipe()
        arguments = (theirs, self._source, self._memory.name, self._size, self._layout)
        process = context.Process(target=_work, args=arguments, name="ocrweb-loader", daemon=True)
        with _no_main_module():
            process.start()
        theirs.close()
        return _Process(process, ours)

    def _hand_out(self, numbered: Iterator[tuple[int, Task]], free: deque[int]) -> bool:
        """Give tasks to the least busy while there are slots; False when no task is left."""
        while free:
            worker = min(self._processes, key=lambda each: len(each.tasks))
            if len(worker.tasks) >= _EACH:
                return True
            for number, task in islice(numbered, 1):
                slot = free.popleft()
                worker.tasks.append((number, slot, task))
                try:
                    worker.pipe.send((slot, task))
                except (BrokenPipeError, ConnectionResetError) as error:
                    raise self._death_of(worker) from error
                break
            else:
                return False
        return True

    def _collect(self, done: dict[int, tuple[int, OcrwebError | None]]) -> None:
        """Wait for at least one answer."""
        busy = {worker.pipe: worker for worker in self._processes if worker.tasks}
        heard = wait(list(busy), timeout=PATIENCE)
        if not heard:
            first = min((worker.tasks[0] for worker in busy.values()), key=lambda task: task[0])
            raise OcrwebError("loader.stalled", where=self._source.place(first[2][1]), seconds=int(PATIENCE))
        for pipe in heard:
            worker = busy[pipe]  # type: ignore[index]
            try:
                error = worker.pipe.recv()
            except (EOFError, ConnectionResetError) as failure:
                raise self._death_of(worker) from failure
            number, slot, _ = worker.tasks.popleft()
            done[number] = (slot, error)

    def _drain(self) -> None:
        """Take the answers nobody waits for any more, so that the next epoch starts with idle processes."""
        for worker in self._processes:
            while worker.tasks:
                try:
                    if not worker.pipe.poll(_DRAIN_SECONDS):
                        self.close()
                        return
                    worker.pipe.recv()
                except (EOFError, OSError):  # it died; whoever asks it next hears so
                    break
                worker.tasks.popleft()

    def _death_of(self, worker: _Process) -> OcrwebError:
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        reason = f"exit {code}"
        if code is not None and code < 0:
            reason = signal.Signals(-code).name
        return OcrwebError("loader.worker-died", where=self._source.place(worker.tasks[0][2][1]), reason=reason)

    def _view(self, slot: int) -> Arrays:
        return _views(self._memory, slot * self._size, self._layout)


def _work(pipe: Connection, source: SampleSource, memory_name: str, size: int, layout: Layout) -> None:
    """What a process does until its pipe is closed: (slot, task) in; None, or the error, out."""
    import cv2

    for number in (signal.SIGINT, signal.SIGTERM):  # the trainer's to handle, also when a whole group is told to stop
        signal.signal(number, signal.SIG_IGN)
    cv2.setNumThreads(1)
    memory = SharedMemory(memory_name)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the trainer is gone
        while True:
            slot, (epoch, index) = pipe.recv()
            pipe.send(_fill(source, epoch, index, _views(memory, slot * size, layout)))


def _fill(source: SampleSource, epoch: int, index: int, views: Arrays) -> OcrwebError | None:
    try:
        sample = source.sample(epoch, index)
    except OcrwebError as error:
        return error
    except Exception as error:  # crosses a process border: only the sentence can
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return OcrwebError("loader.sample-failed", where=source.place(index), reason=reason)
    for name, view in views.items():
        view[...] = sample[name]
    return None


def _end(processes: list[_Process], memory: SharedMemory) -> None:
    for worker in processes:
        worker.pipe.close()  # ends its loop
    for worker in processes:
        worker.process.join(timeout=2)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
    processes.clear()
    memory.unlink()
    with contextlib.suppress(BufferError):  # somebody still looks at a sample; the memory goes with the last view
        memory.close()


def _layout_of(sample: Arrays) -> tuple[Layout, int]:
    """The places of the arrays, each at a multiple of 64 bytes, and the bytes of a whole slot."""
    layout: Layout = {}
    start = 0
    for name, array in sample.items():
        layout[name] = (start, array.shape, array.dtype.str)
        start += -(-array.nbytes // 64) * 64
    return layout, start


def _views(memory: SharedMemory, start: int, layout: Layout) -> Arrays:
    return {
        name: np.ndarray(shape, kind, memory.buf, offset=start + place) for name, (place, shape, kind) in layout.items()
    }


def _reserve(memory: SharedMemory) -> None:
    """Claim all of it now: without room that is an OSError here, and no bus error in the middle of a run."""
    file = SHARED_MEMORY / memory.name.lstrip("/")
    if file.exists() and hasattr(os, "posix_fallocate"):
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, memory.size)


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Spawned processes load the main module again, and with it all of Paddle; they need nothing from there."""
    main: Any = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
