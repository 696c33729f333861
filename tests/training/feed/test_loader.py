"""Every rank sees its part of one order, whoever prepares the samples, and failures have a name and a place."""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections.abc import Generator
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training.feed import loader_processes
from ocrweb.training.feed.loader import BatchLoader, epoch_order, prefetch
from ocrweb.training.feed.loader_plan import WorkerPlan, plan_workers, sample_bytes, slots_of
from ocrweb.training.feed.loader_threads import InlineWorkers, ThreadWorkers
from ocrweb.training.feed.samples import Arrays
from tests.training.feed.loader_sources import Numbers

INLINE = WorkerPlan("inline")
PLANS = [INLINE, WorkerPlan("threads", 1), WorkerPlan("threads", 3), WorkerPlan("processes", 2)]
FEW = [INLINE, WorkerPlan("threads", 2), WorkerPlan("processes", 1)]
MEGABYTE = 2**20


def ids(plan: WorkerPlan) -> str:
    return f"{plan.kind}-{plan.count}"


def seen(loader: BatchLoader, epoch: int, start: int = 0) -> list[list[int]]:
    return [batch["mask"][:, 0, 0].tolist() for batch in loader.batches(epoch, start)]


@pytest.mark.parametrize("plan", PLANS, ids=ids)
def test_all_ways_of_preparing_give_the_same_batches_epoch_after_epoch(plan: WorkerPlan) -> None:
    with BatchLoader(Numbers(11), 3, plan, seed=5) as loader:
        for epoch in (1, 0):
            order = np.resize(epoch_order(11, 5, epoch), 12).reshape(4, 3)
            batches = list(loader.batches(epoch))
            assert [batch["mask"][:, 0, 0].tolist() for batch in batches] == order.tolist()
            assert all((b["image"][:, 0, 0, 0] == epoch * 1000 + b["mask"][:, 0, 0].astype(int)).all() for b in batches)
            assert batches[0]["image"].shape == (3, 3, 4, 5)
            assert (batches[0]["image"].dtype, batches[0]["mask"].dtype) == (np.float32, np.uint8)


def test_every_picture_is_seen_in_every_epoch_in_another_order() -> None:
    orders = [epoch_order(50, 1, epoch).tolist() for epoch in range(3)]
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert orders[0] != orders[1] != orders[2]
    assert epoch_order(50, 2, 0).tolist() != orders[0]
    assert epoch_order(8, 3, 2).tolist() == [
        7,
        2,
        3,
        0,
        6,
        1,
        5,
        4,
    ]  # a run of an earlier version goes on with the same


@pytest.mark.parametrize("length", [1, 5, 8, 13])
def test_two_ranks_see_what_one_with_the_doubled_batch_does(length: int) -> None:
    source = Numbers(length)
    ranks = [seen(BatchLoader(source, 2, INLINE, rank=rank, world=2), 0) for rank in (0, 1)]
    whole = seen(BatchLoader(source, 4, INLINE), 0)
    assert [first + second for first, second in zip(*ranks, strict=True)] == whole
    assert {index for batch in whole for index in batch} == set(range(length))


@pytest.mark.parametrize("plan", FEW, ids=ids)
def test_a_resumed_epoch_goes_on_where_it_was_left(plan: WorkerPlan) -> None:
    with BatchLoader(Numbers(10), 2, plan) as loader:
        assert seen(loader, 4, start=3) == seen(loader, 4)[3:]
        assert seen(loader, 4, start=5) == []


@pytest.mark.parametrize("plan", FEW, ids=ids)
def test_leaving_an_epoch_early_does_not_disturb_the_next(plan: WorkerPlan) -> None:
    with BatchLoader(Numbers(40), 2, plan) as loader:
        unfinished = loader.batches(0)
        next(unfinished)
        unfinished.close()  # type: ignore[attr-defined]
        order = epoch_order(40, 0, 1)
        assert seen(loader, 1) == order.reshape(-1, 2).tolist()


def test_asking_for_an_epoch_ends_the_one_before_and_closing_ends_all() -> None:
    before = threading.active_count()
    with BatchLoader(Numbers(40), 2, WorkerPlan("processes", 1)) as loader:
        left = loader.batches(0)
        next(left)
        assert len(seen(loader, 1)) == 20
        assert list(left) == []
        next(loader.batches(2))
    assert threading.active_count() == before


def test_a_failing_sample_of_a_process_names_its_picture() -> None:
    with (
        BatchLoader(Numbers(9, fails_at=7), 3, WorkerPlan("processes", 1)) as loader,
        pytest.raises(OcrwebError) as caught,
    ):
        seen(loader, 0)
    assert caught.value.code == "loader.sample-failed"
    assert "pictures/7.jpg" in caught.value.message("en")
    assert "broken on purpose" in caught.value.message("en")


def test_an_error_in_a_thread_is_raised_where_the_batch_is_asked_for() -> None:
    for plan in PLANS[:3]:
        with BatchLoader(Numbers(9, fails_at=7), 3, plan) as loader, pytest.raises(ValueError, match="on purpose"):
            seen(loader, 0)


def test_a_killed_process_is_a_named_error_with_the_picture_it_had() -> None:
    with BatchLoader(Numbers(12, dies_at=4), 3, WorkerPlan("processes", 1)) as loader:
        assert len(seen(loader, 0)) == 4
        with pytest.raises(OcrwebError) as caught:
            seen(loader, 1)
    assert caught.value.code == "loader.worker-died"
    assert "SIGKILL" in caught.value.message("en")
    assert "pictures/4.jpg" in caught.value.message("en")


def test_processes_leave_signals_to_the_trainer_and_end_with_the_loader() -> None:
    loader = BatchLoader(Numbers(8), 2, WorkerPlan("processes", 2))
    workers = loader._workers
    assert isinstance(workers, loader_processes.ProcessWorkers)
    assert len(seen(loader, 0)) == 4
    pids = [each.process.pid for each in workers._processes]
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    assert len(seen(loader, 1)) == 4
    name = workers._memory.name
    loader.close()
    loader.close()
    with pytest.raises(FileNotFoundError):
        SharedMemory(name)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_without_room_in_shared_memory_threads_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(memory: SharedMemory) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(loader_processes, "_reserve", no_room)
    with BatchLoader(Numbers(6), 2, WorkerPlan("processes", 2)) as loader:
        assert loader.plan == WorkerPlan("threads", 2, "shared-memory")
        assert len(seen(loader, 0)) == 3


@pytest.mark.parametrize(
    ("plan", "workers"),
    [(INLINE, InlineWorkers), (WorkerPlan("threads", 1), InlineWorkers), (WorkerPlan("threads", 2), ThreadWorkers)],
    ids=["inline", "one thread", "two threads"],
)
def test_one_thread_is_that_which_works_ahead_and_several_are_a_pool(plan: WorkerPlan, workers: type) -> None:
    before = threading.active_count()
    with BatchLoader(Numbers(40), 2, plan) as loader:
        assert type(loader._workers) is workers
        batches = loader.batches(0)
        assert next(batches)["mask"].shape == (2, 4, 5)
        assert (threading.active_count() > before) is (plan is not INLINE)


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(OcrwebError) as caught:
        BatchLoader(Numbers(0), 2, INLINE)
    assert caught.value.code == "loader.no-samples"


PLANNED = {
    "none asked for": (0, True, 16, 2**34, WorkerPlan("inline")),
    "on a processor": (-1, False, 16, 2**34, WorkerPlan("threads", 1)),
    "on a GPU": (-1, True, 6, 2**34, WorkerPlan("processes", 5)),
    "on a GPU with many cores": (-1, True, 64, 2**34, WorkerPlan("processes", 8)),
    "on a GPU with few cores": (-1, True, 2, 2**34, WorkerPlan("threads", 1)),
    "asked for": (3, False, 4, 2**34, WorkerPlan("processes", 3)),
    "a container's 64 MB": (4, True, 16, 64 * MEGABYTE, WorkerPlan("threads", 4, "shared-memory")),
}


@pytest.mark.parametrize(("requested", "on_gpu", "cores", "free", "expected"), PLANNED.values(), ids=PLANNED.keys())
def test_the_plan_fits_the_machine(requested: int, on_gpu: bool, cores: int, free: int, expected: WorkerPlan) -> None:
    assert plan_workers(requested, sample_bytes(640), on_gpu=on_gpu, cores=cores, free=free) == expected


def test_shared_memory_is_bounded_by_the_processes_not_by_the_batch() -> None:
    with BatchLoader(Numbers(64), 32, WorkerPlan("processes", 1)) as loader:
        assert isinstance(loader._workers, loader_processes.ProcessWorkers)
        assert loader._workers._memory.size <= slots_of(1) * (2 * 256 + 64) + 4096
        assert len(seen(loader, 0)) == 2


def test_prefetching_stays_within_its_depth_and_ends_its_thread() -> None:
    made = []

    def numbers() -> Generator[Arrays, None, None]:
        for number in range(100):
            made.append(number)
            yield {"n": np.array(number)}

    before = threading.active_count()
    items = prefetch(numbers(), 2)
    for taken in range(1, 11):
        assert int(next(items)["n"]) == taken - 1
        while len(made) < taken + 2:  # it has worked ahead
            time.sleep(0.001)
        assert len(made) <= taken + 4
    items.close()
    assert threading.active_count() == before
