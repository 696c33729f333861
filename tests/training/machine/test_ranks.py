"""Processes that train together: each knows whether it is one of several, and where the others are."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.training.machine import ranks
from ocrweb.training.machine.ranks import is_rank_process, leave_cause, rank_environments, take_cause


@pytest.mark.parametrize(("processes", "several"), [(None, False), ("1", False), ("2", True), ("16", True)])
def test_a_process_is_one_of_several_when_its_launcher_says_so(
    monkeypatch: pytest.MonkeyPatch, processes: str | None, several: bool
) -> None:
    if processes is None:
        monkeypatch.delenv("PADDLE_TRAINERS_NUM", raising=False)
    else:
        monkeypatch.setenv("PADDLE_TRAINERS_NUM", processes)
    assert is_rank_process() is several


def test_each_of_several_is_told_its_place_its_own_door_and_the_same_doors_of_all() -> None:
    first, second, third = rank_environments(["0", "2", "3"])
    doors = first["PADDLE_TRAINER_ENDPOINTS"].split(",")
    assert len(set(doors)) == 3
    for rank, (one, device) in enumerate(zip((first, second, third), ("0", "2", "3"), strict=True)):
        assert (one["PADDLE_TRAINER_ID"], one["PADDLE_RANK_IN_NODE"]) == (str(rank), str(rank))
        assert (one["PADDLE_TRAINERS_NUM"], one["FLAGS_selected_gpus"]) == ("3", device)
        assert one["PADDLE_TRAINER_ENDPOINTS"].split(",") == doors
        assert (one["PADDLE_CURRENT_ENDPOINT"], one["PADDLE_MASTER"]) == (doors[rank], doors[0])


def test_one_alone_knows_its_gpu_and_no_others() -> None:
    (on_gpu,), (on_cpu,) = rank_environments(["2"]), rank_environments([""])
    assert on_gpu["FLAGS_selected_gpus"] == "2"
    assert "FLAGS_selected_gpus" not in on_cpu
    assert "PADDLE_TRAINERS_NUM" not in {**on_gpu, **on_cpu}


def test_a_cause_is_taken_once_and_by_its_rank(tmp_path: Path) -> None:
    leave_cause(tmp_path, 1, OcrwebError("train.not-finite", where="12", count=10, rate="0.1"))
    assert take_cause(tmp_path, 0) is None
    found = take_cause(tmp_path, 1)
    assert found is not None
    assert (found.code, found.where, found.params) == ("train.not-finite", "12", {"count": 10, "rate": "0.1"})
    assert take_cause(tmp_path, 1) is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"code": "train.not-finite"}', '{"code": 1, "where": "", "params": 3}']
)
def test_a_cause_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / names.RANK_CAUSE.format(rank=0)).write_text(content)
    assert take_cause(tmp_path, 0) is None


def test_a_cause_that_cannot_be_written_is_not_another_failure(tmp_path: Path) -> None:
    leave_cause(tmp_path / "gone", 1, OcrwebError("image.empty"))
    assert take_cause(tmp_path / "gone", 1) is None


def test_nested_words_of_a_cause_are_left_out_and_the_rest_is_kept(tmp_path: Path) -> None:
    record = '{"code": "train.not-finite", "where": "1", "params": {"count": 2, "rate": "3", "inner": {"a": 1}}}'
    (tmp_path / names.RANK_CAUSE.format(rank=3)).write_text(record)
    found = take_cause(tmp_path, 3)
    assert found is not None
    assert found.params == {"count": 2, "rate": "3"}


@pytest.mark.parametrize(
    ("machine", "group", "total"),
    [
        ("pgfault 9\noom_kill 3\noom_kill_x 8\n", "low 0\noom 5\noom_kill 2\noom_group_kill 7\n", 5),
        ("pgfault 9\n", None, 0), (None, "oom_kill 4\n", 4), (None, None, 0),
    ],
)  # fmt: skip
def test_what_the_kernel_ended_is_counted_over_the_machine_and_the_container(
    machine: str | None, group: str | None, total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"/proc/vmstat": machine, "/sys/fs/cgroup/memory.events": group}

    class Said(type(Path())):  # type: ignore[misc]
        def read_text(self, *given: object, **more: object) -> str:
            if (text := said[str(self)]) is None:
                raise FileNotFoundError(2, "none", str(self))
            return text

    monkeypatch.setattr(ranks, "Path", Said)
    assert ranks.kills_for_memory() == total


@pytest.mark.parametrize(("platform", "asked"), [("linux", [(1, ranks.signal.SIGTERM)]), ("darwin", [])])
def test_a_process_is_told_when_its_supervisor_dies(
    platform: str, asked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    library = SimpleNamespace(prctl=lambda *given: told.append(given))
    monkeypatch.setattr(ranks.ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr(ranks.sys, "platform", platform)
    ranks.die_with(os.getppid())
    assert told == asked
    with pytest.raises(SystemExit) as ended:
        ranks.die_with(os.getppid() + 1)
    assert ended.value.code == 1
    assert told == asked * 2


def test_the_doors_of_processes_are_free_and_open_again_at_once() -> None:
    doors = ranks._free_ports(5)
    assert len(set(doors)) == 5
    for door in doors:
        with socket.socket() as opened:
            opened.bind(("127.0.0.1", door))
