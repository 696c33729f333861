"""How samples are prepared: at the very borders of room, cores and wishes."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from ocrweb.training.feed import loader_plan
from ocrweb.training.feed.loader_plan import WorkerPlan, plan_workers, sample_bytes, shared_memory_free, slots_of

BYTES = 1000


@pytest.mark.parametrize(
    ("missing", "expected"), [(0, WorkerPlan("processes", 3)), (1, WorkerPlan("threads", 3, "shared-memory"))]
)
def test_twice_the_memory_of_all_samples_under_way_must_be_free(missing: int, expected: WorkerPlan) -> None:
    room = 2 * 8 * BYTES - missing  # three processes: two samples each, and two more
    assert plan_workers(3, BYTES, on_gpu=True, cores=16, free=room) == expected


@pytest.mark.parametrize(("requested", "cores", "threads"), [(6, 4, 4), (4, 6, 4), (-1, 6, 5), (-1, 64, 8), (1, 4, 1)])
def test_without_that_room_there_are_as_many_threads_but_not_more_than_cores(
    requested: int, cores: int, threads: int
) -> None:
    assert plan_workers(requested, BYTES, on_gpu=True, cores=cores, free=0) == WorkerPlan("threads", threads, "shared-memory")  # fmt: skip


@pytest.mark.parametrize(
    ("requested", "on_gpu", "cores", "expected"),
    [
        (-1, True, 3, WorkerPlan("processes", 2)), (-1, True, 2, WorkerPlan("threads")), (-1, True, 9, WorkerPlan("processes", 8)),
        (-1, True, 10, WorkerPlan("processes", 8)), (-1, False, 3, WorkerPlan("threads")), (1, False, 1, WorkerPlan("processes", 1)),
        (20, True, 4, WorkerPlan("processes", 20)), (0, False, 1, WorkerPlan("inline")),
    ],
)  # fmt: skip
def test_the_trainer_keeps_a_core_and_what_was_asked_for_is_done(
    requested: int, on_gpu: bool, cores: int, expected: WorkerPlan
) -> None:
    assert plan_workers(requested, BYTES, on_gpu=on_gpu, cores=cores, free=1 << 40) == expected


def test_the_machine_is_looked_at_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader_plan, "usable_cores", lambda: 5)
    monkeypatch.setattr(loader_plan, "shared_memory_free", lambda: 1 << 40)
    assert plan_workers(-1, BYTES, on_gpu=True) == WorkerPlan("processes", 4)
    monkeypatch.setattr(loader_plan, "shared_memory_free", lambda: 0)
    assert plan_workers(-1, BYTES, on_gpu=True) == WorkerPlan("threads", 4, "shared-memory")


def test_memory_that_is_no_folder_has_no_such_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loader_plan, "SHARED_MEMORY", tmp_path / "none")
    assert shared_memory_free() > 1 << 60
    monkeypatch.setattr(loader_plan, "SHARED_MEMORY", tmp_path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(loader_plan.shutil, "disk_usage", lambda path: usage(9, 2, 7))
    assert shared_memory_free() == 7


def test_a_sample_is_counted_with_all_of_its_arrays() -> None:
    assert [slots_of(count) for count in (1, 2, 5)] == [4, 6, 12]
    planes = 3 * 4 + 4 + 1 + 1 + 1 + 4  # the picture, the threshold map, three masks and the teacher's map
    assert sample_bytes(640) == 640 * 640 * planes
