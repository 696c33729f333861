"""A process of a crew: `python -m ocrweb.runtime.crew_member CONNECTION MEMORY SHARE`, two open files and how many share the cores.

It answers over the connection one request after the other; pictures and maps lie in the memory. It ends when the process
that started it does, whatever the network is at.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.runtime.crew import KEPT_BYTES, Key, Told
from ocrweb.runtime.device import share_cores
from ocrweb.runtime.pool import shared_detector

Batch = tuple[int, tuple[int, ...]]


class Serving:
    """memory: the open file that is shared with the asker."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._map: mmap.mmap | None = None

    def answer(self, key: Key, batch: Batch | None) -> Any:
        """The shape of the map, which then lies behind the batch; without a batch what was loaded. Raises what those do."""
        model, engine, precision, device = key
        loaded = shared_detector(model, engine, precision, device).loaded
        if batch is None:
            made = loaded.engine
            return Told(made.name, made.device, made.fixed_size, loaded.device, loaded.notes)
        capacity, shape = batch
        if self._map is None or len(self._map) != capacity:
            self._map = mmap.mmap(self._memory, capacity)
        size = int(np.prod(shape))
        answer = loaded.engine.run(np.frombuffer(self._map, np.float32, size).reshape(shape))
        np.frombuffer(self._map, np.float32, answer.size, size * 4)[:] = answer.reshape(-1)
        if capacity > KEPT_BYTES:
            self._map = None
        return answer.shape


def main(connection: int, memory: int, share: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the console, which ends this one when it has answered
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    share_cores(share)
    serving, line = Serving(memory), Connection(connection)
    while True:
        try:
            asked = line.recv()
        except EOFError:
            return
        line.send(_tried(serving, *asked))


def _tried(serving: Serving, key: Key, batch: Batch | None) -> Any:
    try:
        return serving.answer(key, batch)
    except (OcrwebError, MemoryError) as failure:
        return failure
    except Exception as failure:  # whatever it holds may not travel
        return RuntimeError(f"{type(failure).__name__}: {failure}")


def _end_with_the_asker() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
