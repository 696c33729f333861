"""Batches of training samples: one order for all ranks, prepared ahead, from any (epoch, batch) on."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from types import TracebackType

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.training.feed.loader_plan import WorkerPlan
from ocrweb.training.feed.loader_processes import ProcessWorkers
from ocrweb.training.feed.loader_threads import InlineWorkers, ThreadWorkers, Workers
from ocrweb.training.feed.samples import Arrays, SampleSource

Samples = Generator[Arrays, None, None]
_AHEAD = 2  # batches ready before they are asked for
_ORDER = 0x0DE5  # keeps the order's random stream apart from those of the samples


class BatchLoader:
    """Cuts each epoch into batches. All ranks of a run give it the same source, batch size and seed.

    A batch of all ranks together is ``world`` x ``batch_size`` consecutive pictures of the epoch's order; each rank takes
    its part of it, so two ranks see what one with the doubled batch would. Every picture is seen in every epoch: the last
    batch is filled up from the beginning of the order, and all ranks make the same number of steps.
    """

    def __init__(
        self,
        source: SampleSource,
        batch_size: int,
        plan: WorkerPlan,
        *,
        seed: int = 0,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        """batch_size: pictures a rank and step. plan: of `plan_workers`; `plan` of the loader tells what became of it.

        Raises OcrwebError loader.no-samples for an empty source.
        """
        if not len(source):
            raise OcrwebError("loader.no-samples")
        self.batch_size = batch_size
        self._source = source
        self._seed = seed
        self._rank = rank
        self._world = world
        self._workers, self.plan = _start(source, plan)
        self._current: Samples | None = None

    @property
    def batches_per_epoch(self) -> int:
        return -(-len(self._source) // (self.batch_size * self._world))

    def batches(self, epoch: int, start: int = 0) -> Iterator[Arrays]:
        """The batches of an epoch from number ``start`` on: the arrays of `SampleSource.sample`, stacked, (N, …).

        Nothing depends on what was drawn before, so a resumed run sees the same batches. One epoch at a time: asking for
        the next ends the one before. Raises OcrwebError: what a
        sample raises, with its picture's path; loader.worker-died; loader.stalled.
        """
        order = epoch_order(len(self._source), self._seed, epoch)
        order = np.resize(order, self.batches_per_epoch * self._world * self.batch_size)
        mine = order.reshape(-1, self._world, self.batch_size)[start:, self._rank]
        tasks = ((epoch, index) for index in mine.ravel().tolist())
        self._leave()
        stacked = _stack(self._workers.imap(tasks), self.batch_size)
        self._current = prefetch(stacked, _AHEAD) if self.plan.kind != "inline" else stacked
        return self._current

    def close(self) -> None:
        """End the workers; the loader is of no use afterwards."""
        self._leave()
        self._workers.close()

    def _leave(self) -> None:
        """Nothing is prepared any more when this returns."""
        if self._current is not None:
            self._current.close()
            self._current = None

    def __enter__(self) -> BatchLoader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def epoch_order(length: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which an epoch goes through its samples: a permutation of 0..length - 1."""
    return np.random.default_rng([seed, epoch, _ORDER]).permutation(length)


def _start(source: SampleSource, plan: WorkerPlan) -> tuple[Workers, WorkerPlan]:
    """The workers, and the plan that is in force: threads where the system gives no shared memory or no process."""
    if plan.kind == "processes":
        try:
            return ProcessWorkers(source, plan.count), plan
        except OSError:
            plan = WorkerPlan("threads", plan.count, "shared-memory")
    if plan.kind == "threads" and plan.count > 1:
        return ThreadWorkers(source, plan.count), plan
    return InlineWorkers(source), plan


def _stack(samples: Samples, size: int) -> Samples:
    """Copy each sample into its place at once: a worker may reuse the memory when the next one is asked for."""
    batch: Arrays = {}
    with contextlib.closing(samples):
        for number, sample in enumerate(samples):
            place = number % size
            if place == 0:
                batch = {name: np.empty((size, *array.shape), array.dtype) for name, array in sample.items()}
            for name, array in sample.items():
                batch[name][place] = array
            if place == size - 1:
                yield batch


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def prefetch(items: Samples, depth: int) -> Samples:
    """The same items, prepared in a thread, at most ``depth`` ahead; what goes wrong there is raised here, in its turn."""
    ready: queue.Queue[Arrays | _Failed | None] = queue.Queue(depth)
    unwanted = threading.Event()

    def offer(item: Arrays | _Failed | None) -> None:
        while not unwanted.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def fill() -> None:
        try:
            for item in items:
                offer(item)
                if unwanted.is_set():
                    return
            offer(None)
        except BaseException as error:
            offer(_Failed(error))
        finally:
            items.close()

    thread = threading.Thread(target=fill, name="loader", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        unwanted.set()
        thread.join()
