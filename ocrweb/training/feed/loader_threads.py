"""Preparing samples in this process: one after the other, or in some threads (OpenCV and NumPy let others run)."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from ocrweb.training.feed.samples import Arrays, SampleSource

Task = tuple[int, int]
"""Epoch and index of a sample."""


class Workers(Protocol):
    """Whatever prepares samples."""

    def imap(self, tasks: Iterator[Task]) -> Generator[Arrays, None, None]:
        """The samples in the order of the tasks, some prepared ahead. One is valid until the next is asked for."""

    def close(self) -> None:
        """Free everything."""


class InlineWorkers:
    def __init__(self, source: SampleSource) -> None:
        self._source = source

    def imap(self, tasks: Iterator[Task]) -> Generator[Arrays, None, None]:
        for epoch, index in tasks:
            yield self._source.sample(epoch, index)

    def close(self) -> None:
        """Nothing to free."""


class ThreadWorkers:
    def __init__(self, source: SampleSource, count: int) -> None:
        self._source = source
        self._ahead = 2 * count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="loader")

    def imap(self, tasks: Iterator[Task]) -> Generator[Arrays, None, None]:
        waiting: deque[Future[Arrays]] = deque()
        try:
            for task in islice(tasks, self._ahead):
                waiting.append(self._pool.submit(self._source.sample, *task))
            while waiting:
                yield waiting.popleft().result()
                for task in islice(tasks, 1):
                    waiting.append(self._pool.submit(self._source.sample, *task))
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
