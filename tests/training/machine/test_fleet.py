"""Which machines a run is spread over, and what each of its processes is told."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.training.machine.fleet import Fleet, RemoteRank
from ocrweb.training.machine.host import RankHost

pytest.importorskip("ray")


class Gone(Exception):
    """Ray's word for an actor that does not exist any more."""


class Ray:
    """As much of Ray as a fleet asks: machines by name, with what they have; `silent` ones never answer, `dead` ones are gone."""

    exceptions = SimpleNamespace(RayError=Gone)

    def __init__(self, **machines: dict[str, float]) -> None:
        self.machines = machines
        self.silent: set[str] = set()
        self.dead: set[str] = set()
        self.unshared: set[str] = set()
        self.made: list[tuple[str, float, float]] = []
        self.told: list[tuple[str, int]] = []
        self.started: list[tuple[str, list[str], dict[str, str]]] = []
        self.killed: list[str] = []
        self.sent: list[tuple[str, int]] = []
        self.patience: list[float | None] = []

    def nodes(self) -> list[dict[str, Any]]:
        return [
            {"NodeID": name.encode().hex().ljust(56, "0"), "Alive": name not in self.dead, "Resources": has}
            for name, has in self.machines.items()
        ]

    def remote(self, kind: type) -> Any:
        def options(*, num_cpus: float, num_gpus: float, scheduling_strategy: Any) -> Any:
            name = bytes.fromhex(scheduling_strategy.node_id).rstrip(b"\0").decode()
            self.made.append((name, num_cpus, num_gpus))
            assert (kind, scheduling_strategy.soft) == (RankHost, False)
            return SimpleNamespace(remote=lambda home, cores: self.told.append((home, cores)) or self._actor(name))

        return SimpleNamespace(options=options)

    def _actor(self, name: str) -> Any:
        door = f"{name}:{1000 + len(self.made)}"
        method = lambda does: SimpleNamespace(remote=does)  # noqa: E731
        return SimpleNamespace(
            name=name,
            look=method(lambda run: (name, lambda: (name, door, name not in self.unshared))),
            start=method(lambda run, words, place: self.started.append((name, words, place))),
            poll=method(lambda: (name, lambda: 7)),
            send=method(lambda number: self.sent.append((name, number))),
        )

    def wait(self, asked: list[Any], num_returns: int = 1, timeout: float | None = None) -> tuple[list[Any], list[Any]]:
        self.patience.append(timeout)
        ready = [one for one in asked if one[0] not in self.silent]
        return ready, [one for one in asked if one not in ready]

    def get(self, asked: Any) -> Any:
        if asked[0] in self.dead:
            raise Gone
        return asked[1]()

    def kill(self, actor: Any) -> None:
        self.killed.append(actor.name)


@pytest.mark.parametrize(
    ("machines", "made", "cores"),
    [
        ({"head": {}, "a": {"CPU": 8.0}, "b": {"CPU": 4.0}}, [("a", 8, 0), ("b", 4, 0)], [8, 4]),
        ({"a": {"CPU": 9.0, "GPU": 2.0}, "b": {"CPU": 64.0}}, [("a", 0, 1), ("a", 0, 1)], [4, 4]),
        ({"a": {"CPU": 2.0, "GPU": 4.0}, "b": {"GPU": 1.0}}, [*[("a", 0, 1)] * 4, ("b", 0, 1)], [1] * 5),
    ],
)
def test_there_is_a_process_for_each_gpu_with_its_share_of_the_cores_or_for_each_machine(
    machines: dict[str, Any], made: list[Any], cores: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", "/data/root")
    ray = Ray(**machines)
    assert len(Fleet(ray, Path("run")).start([])) == len(made)
    assert ray.made == made
    assert ray.told == [("/data/root", number) for number in cores]


def test_where_no_data_root_is_named_that_of_the_supervisor_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCRWEB_HOME", raising=False)
    ray = Ray(a={"CPU": 1.0})
    Fleet(ray, Path("run")).start([])
    assert ray.told == [(str(paths.home()), 1)]


def test_each_process_is_told_its_place_and_for_whom_it_works() -> None:
    ray = Ray(a={"CPU": 8.0, "GPU": 2.0}, b={"CPU": 8.0, "GPU": 1.0})
    Fleet(ray, Path("run")).start(["--resume"])
    assert [name for name, _, _ in ray.started] == ["a", "a", "b"]
    doors = ray.started[0][2]["PADDLE_TRAINER_ENDPOINTS"].split(",")
    assert len(set(doors)) == 3
    for rank, (_, words, place) in enumerate(ray.started):
        assert (place["PADDLE_TRAINER_ID"], place["PADDLE_TRAINERS_NUM"]) == (str(rank), "3")
        assert (place["PADDLE_CURRENT_ENDPOINT"], place["PADDLE_MASTER"]) == (doors[rank], doors[0])
        assert (place["PADDLE_RANK_IN_NODE"], place["PADDLE_LOCAL_SIZE"]) == [("0", "2"), ("1", "2"), ("0", "1")][rank]
        by = json.loads(words[words.index("--by") + 1])
        assert (by["pid"], by["host"]) == (os.getpid(), socket.gethostname())
        assert words[2:] == ["--patience", "120.0", "--resume"]
        assert place["FLAGS_selected_gpus"] == "0"


def test_the_next_start_leaves_lost_machines_out_and_takes_new_ones_in() -> None:
    ray = Ray(a={"CPU": 1.0}, b={"CPU": 1.0})
    fleet = Fleet(ray, Path("run"))
    fleet.start([])
    ray.dead.add("a")
    ray.machines["c"] = {"CPU": 1.0}
    fleet.start([])
    assert [name for name, _, _ in ray.started] == ["a", "b", "b", "c"]
    assert [name for name, _, _ in ray.made] == ["a", "b", "c"]  # b's host is kept


def test_a_machine_that_is_busy_with_other_work_is_done_without() -> None:
    ray = Ray(a={"CPU": 1.0}, b={"CPU": 1.0})
    ray.silent.add("b")
    assert len(Fleet(ray, Path("run")).start([])) == 1
    assert ray.killed == ["b"]
    ray.silent.add("a")
    with pytest.raises(OcrwebError, match=r"train\.no-machine") as caught:
        Fleet(ray, Path("run")).start([])
    assert caught.value.params == {"seconds": 60}


def test_a_machine_that_does_not_see_the_run_is_named() -> None:
    ray = Ray(a={"CPU": 1.0}, b={"CPU": 1.0})
    ray.unshared.add("b")
    with pytest.raises(OcrwebError, match=r"train\.not-shared") as caught:
        Fleet(ray, Path("run")).start([])
    assert caught.value.params == {"path": "run", "machine": "b"}
    assert ray.started == []


def test_a_process_has_an_exit_code_and_one_whose_machine_is_gone_is_lost() -> None:
    ray = Ray(a={"CPU": 1.0}, b={"CPU": 1.0})
    one, other = Fleet(ray, Path("run")).start([])
    ray.silent.add("a")
    assert (one.poll(), other.poll()) == (None, 7)
    ray.silent.clear()
    ray.dead.add("a")
    assert (one.poll(), one.lost, other.lost) == (-9, True, False)
    assert isinstance(one, RemoteRank)


def test_a_question_that_is_not_answered_yet_is_asked_once_and_an_exit_code_is_kept() -> None:
    ray, asked = Ray(a={"CPU": 1.0}), list[str]()
    (rank,) = Fleet(ray, Path("run")).start([])
    poll = rank._host.poll.remote
    rank._host.poll = SimpleNamespace(remote=lambda: asked.append("poll") or poll())
    ray.silent.add("a")
    assert [rank.poll() for _ in range(3)] == [None] * 3
    assert ray.patience == [60.0, 1.0, 1.0, 1.0]
    ray.silent.clear()
    assert [rank.poll() for _ in range(3)] == [7] * 3
    assert asked == ["poll"]
    rank.send_signal(signal.SIGTERM)
    rank.kill()
    assert ray.sent == [("a", 15), ("a", 9)]
