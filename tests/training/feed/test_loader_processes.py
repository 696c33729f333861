"""Loader processes behind their pipes: who gets which task, in which slot an answer lies, and what ends a wait."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training.feed import loader_processes as processes
from ocrweb.training.feed.loader_processes import ProcessWorkers
from ocrweb.training.feed.loader_threads import ThreadWorkers
from tests.training.feed.loader_sources import Numbers


def test_arrays_lie_in_a_slot_one_after_the_other_each_at_a_multiple_of_64_bytes() -> None:
    sample = {"a": np.zeros((3, 5), np.uint8), "b": np.zeros(16, np.float32), "c": np.zeros((2, 1), np.int64), "d": np.zeros(0, np.uint8)}  # fmt: skip
    layout, size = processes._layout_of(sample)
    assert layout == {
        "a": (0, (3, 5), "|u1"),
        "b": (64, (16,), "<f4"),
        "c": (128, (2, 1), "<i8"),
        "d": (192, (0,), "|u1"),
    }
    assert size == 192
    memory = SharedMemory(create=True, size=2 * size)
    try:
        views = processes._views(memory, size, layout)
        for number, view in enumerate(views.values()):
            view[...] = number + 1
        assert bytes(memory.buf[:size]) == bytes(size)
        assert (views["a"] == 1).all()
        assert bytes(memory.buf[size : size + 15]) == b"\1" * 15
        views.clear()
        del view
    finally:
        memory.unlink()
        memory.close()


@pytest.mark.parametrize(
    ("failure", "code", "reason"),
    [(OcrwebError("image.empty"), "image.empty", None), (ValueError("of two\n  lines"), "loader.sample-failed", "ValueError: of two lines"), (KeyError("x" * 300), "loader.sample-failed", "KeyError: '" + "x" * 199)],
    ids=["coded", "lines", "long"],
)  # fmt: skip
def test_what_fails_in_a_process_crosses_the_border_as_a_coded_error(failure: Exception, code: str, reason: str | None) -> None:  # fmt: skip
    def sample(epoch: int, index: int) -> Any:
        raise failure

    source: Any = SimpleNamespace(sample=sample, place=lambda index: f"{index}.jpg")
    error = processes._fill(source, 0, 7, {})
    assert error is not None
    assert error.code == code
    if reason:
        assert error.params["reason"] == reason
        assert error.where == "7.jpg" or "7.jpg" in error.message("en")


class Pipe:
    """The trainer's end; the process behind it answers when it is told to."""

    def __init__(self) -> None:
        self.given: list[Any] = []
        self.broken = False

    def send(self, task: Any) -> None:
        if self.broken:
            raise BrokenPipeError
        self.given.append(task)


@pytest.fixture
def pool() -> Any:
    """A pool of two processes that are none, with six slots."""
    made: Any = object.__new__(ProcessWorkers)
    made._source = Numbers(50)
    made._slots = 6
    ended = SimpleNamespace(join=lambda timeout: None, exitcode=3)
    made._processes = [processes._Process(ended, Pipe()) for _ in range(2)]  # type: ignore[arg-type]
    return made


def tasks(count: int) -> Iterator[Any]:
    return enumerate((0, index) for index in range(count))


def test_each_process_has_one_task_in_work_and_one_waiting_in_turn(pool: Any) -> None:
    free = processes.deque(range(6))
    assert pool._hand_out(tasks(9), free)
    assert [worker.pipe.given for worker in pool._processes] == [[(0, (0, 0)), (2, (0, 2))], [(1, (0, 1)), (3, (0, 3))]]
    assert [list(worker.tasks) for worker in pool._processes][1] == [(1, 1, (0, 1)), (3, 3, (0, 3))]
    assert list(free) == [4, 5]


def test_the_least_busy_is_given_the_next_and_no_slot_is_given_twice(pool: Any) -> None:
    free, left = processes.deque(range(6)), tasks(9)
    pool._hand_out(left, free)
    pool._processes[1].tasks.popleft()
    assert pool._hand_out(left, free)
    assert pool._processes[1].pipe.given[-1] == (4, (0, 4))
    assert list(free) == [5]


def test_without_a_task_or_a_slot_nothing_is_handed_out(pool: Any) -> None:
    assert not pool._hand_out(tasks(3), processes.deque(range(6)))
    for worker in pool._processes:
        worker.tasks.clear()
    assert pool._hand_out(tasks(9), processes.deque([]))
    assert all(not worker.tasks for worker in pool._processes)


@pytest.mark.parametrize(("code", "reason"), [(3, "exit 3"), (-9, "SIGKILL"), (None, "exit None"), (0, "exit 0")])
def test_a_process_that_is_gone_is_told_with_the_picture_it_had_first(pool: Any, code: int | None, reason: str) -> None:  # fmt: skip
    pool._processes[0].process.exitcode = code
    pool._hand_out(tasks(4), processes.deque(range(6)))
    pool._processes[0].pipe.broken = True
    pool._processes[0].tasks.popleft()
    pool._processes[1].tasks.append((9, 5, (0, 9)))
    with pytest.raises(OcrwebError) as gone:
        pool._hand_out(tasks(4), processes.deque([5]))
    assert gone.value.code == "loader.worker-died"
    assert reason in gone.value.message("en")
    assert "pictures/2.jpg" in gone.value.message("en")


def test_a_wait_without_any_answer_ends_with_the_oldest_picture(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    pool._hand_out(tasks(4), processes.deque(range(6)))
    pool._processes[0].tasks.popleft()
    monkeypatch.setattr(processes, "wait", lambda pipes, timeout: asked.append((len(pipes), timeout)) or [])
    with pytest.raises(OcrwebError) as stalled:
        pool._collect({})
    assert (stalled.value.code, stalled.value.params["seconds"]) == ("loader.stalled", 300)
    assert "pictures/1.jpg" in stalled.value.message("en")
    assert asked == [(2, processes.PATIENCE)]


def test_nobody_is_waited_for_who_has_nothing_to_do(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool._hand_out(tasks(1), processes.deque(range(6)))
    busy = pool._processes[0]
    busy.pipe.recv = lambda: None
    monkeypatch.setattr(processes, "wait", lambda pipes, timeout: pipes)
    done: dict[int, Any] = {}
    pool._collect(done)
    assert done == {0: (0, None)}
    assert not busy.tasks


class Answers(Pipe):
    """Has so many answers ready; None: whoever gives them is dead."""

    def __init__(self, ready: int | None) -> None:
        super().__init__()
        self.ready = ready
        self.waited: list[float] = []

    def poll(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return self.ready is None or self.ready > 0

    def recv(self) -> None:
        if self.ready is None:
            raise EOFError
        self.ready -= 1


@pytest.mark.parametrize(
    ("ready", "left", "closed"),
    [((2, 2), (0, 0), 0), ((1, 2), (1, 2), 1), ((None, 2), (2, 0), 0), ((2, None), (0, 2), 0)],
    ids=str,
)
def test_answers_that_nobody_waits_for_are_taken_and_who_gives_none_ends_the_pool(
    ready: tuple[int | None, ...], left: tuple[int, ...], closed: int, pool: Any
) -> None:
    ended: list[bool] = []
    pool.close = lambda: ended.append(True)
    for worker, count in zip(pool._processes, ready, strict=True):
        worker.pipe = Answers(count)
    pool._hand_out(tasks(4), processes.deque(range(6)))
    pool._drain()
    assert tuple(len(worker.tasks) for worker in pool._processes) == left
    assert len(ended) == closed
    assert {seconds for worker in pool._processes for seconds in worker.pipe.waited} == {10.0}


def test_who_is_left_with_a_broken_pipe_ends_with_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that cannot be started leaves neither the others nor the memory behind."""
    begun: list[Any] = []

    def launch(self: ProcessWorkers) -> Any:
        if begun:
            raise OSError("no more processes")
        process: Any = SimpleNamespace(join=lambda timeout: None, is_alive=lambda: False)
        begun.append(SimpleNamespace(close=lambda: begun.append("closed")))
        return processes._Process(process, begun[0])

    names: list[str] = []
    monkeypatch.setattr(ProcessWorkers, "_launch", launch)
    monkeypatch.setattr(processes, "_reserve", lambda memory: names.append(memory.name))
    with pytest.raises(OSError, match="no more"):
        ProcessWorkers(Numbers(3), 2)
    assert begun[1:] == ["closed"]
    with pytest.raises(FileNotFoundError):
        SharedMemory(names[0])


def test_a_main_module_is_hidden_while_a_process_starts_and_back_afterwards() -> None:
    main = sys.modules["__main__"]
    with processes._no_main_module():
        assert sys.modules["__main__"] is not main
    assert sys.modules["__main__"] is main


def test_a_process_that_does_not_end_is_killed_and_the_memory_goes() -> None:
    done: list[str] = []

    class Stubborn:
        alive = True

        def join(self, timeout: float | None = None) -> None:
            done.append(f"join {timeout}")

        def is_alive(self) -> bool:
            return self.alive

        def kill(self) -> None:
            done.append("kill")
            self.alive = False

    willing: Any = SimpleNamespace(join=lambda timeout: done.append("ended"), is_alive=lambda: False)
    pipe: Any = SimpleNamespace(close=lambda: done.append("closed"))
    memory: Any = SimpleNamespace(unlink=lambda: done.append("unlinked"), close=lambda: done.append("memory"))
    workers: Any = [processes._Process(willing, pipe), processes._Process(Stubborn(), pipe)]  # type: ignore[arg-type]
    processes._end(workers, memory)
    assert done == ["closed", "closed", "ended", "join 2", "kill", "join None", "unlinked", "memory"]
    assert workers == []


def test_the_room_is_claimed_at_once_and_a_lack_of_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = SharedMemory(create=True, size=4096)
    claimed: list[tuple[int, int]] = []
    try:
        monkeypatch.setattr(processes.os, "posix_fallocate", lambda number, start, size: claimed.append((start, size)))
        processes._reserve(memory)
        assert claimed == [(0, memory.size)]
    finally:
        memory.unlink()
        memory.close()
    processes._reserve(SimpleNamespace(name="/there-is-none", size=5))  # type: ignore[arg-type]
    assert len(claimed) == 1


def test_processes_are_started_afresh_and_never_forked(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = multiprocessing.get_context
    monkeypatch.setattr(multiprocessing, "get_context", lambda name=None: asked.append(name) or real(name))
    workers = ProcessWorkers(Numbers(3), 1)
    try:
        assert [int(sample["mask"][0, 0]) for sample in workers.imap(iter([(0, 2), (0, 0), (0, 1)]))] == [2, 0, 1]
        assert set(asked) == {"spawn"}
    finally:
        workers.close()


def test_threads_work_so_far_ahead_and_leave_the_rest_when_nobody_wants_it() -> None:
    begun: list[int] = []

    class Watched(Numbers):
        def sample(self, epoch: int, index: int) -> Any:
            begun.append(index)
            return super().sample(epoch, index)

    workers = ThreadWorkers(Watched(99), 1)
    given = workers.imap(iter([(0, index) for index in range(99)]))
    assert [int(next(given)["mask"][0, 0]) for _ in range(3)] == [0, 1, 2]
    given.close()
    workers.close()
    assert len(begun) <= 3 + 2


def test_who_is_done_gets_the_next_task_while_the_first_is_still_waited_for(
    pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = pool._processes
    given: list[int] = []

    def answered(pipes: Any, timeout: float) -> Any:
        given.append(len(quick.pipe.given))
        return [quick.pipe] if len(given) < 3 else [slow.pipe]

    slow.pipe.recv = quick.pipe.recv = lambda: None
    pool._view, pool._drain = lambda slot: slot, lambda: None
    monkeypatch.setattr(processes, "wait", answered)
    assert next(pool.imap((0, index) for index in range(9))) == 0
    assert given == [2, 3, 4]
