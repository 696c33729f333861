"""Reaching a cluster."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import ray

from ocrweb.errors import OcrwebError
from ocrweb.runtime.cluster import connection
from ocrweb.runtime.cluster.connection import LONGEST_FOLDER, STORE_BYTES, connected, knock


@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "ray://127.0.0.1:{port}", "nonsense", "host:99999999"])
def test_a_machine_that_does_not_answer_is_told_at_once(address: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with (
            pytest.raises(OcrwebError) as caught,
            connected(address.format(port=nobody.getsockname()[1])),
        ):
            raise AssertionError("there is no cluster")
    assert caught.value.code == "cluster.unreachable"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("RPC error: InvalidAuthToken: Authentication token is missing or incorrect.", "cluster.no-token"),
        ("RPC error: Deadline Exceeded", "cluster.unreachable"),
    ],
)
def test_a_cluster_that_asks_for_a_token_says_so(said: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ray fails: the reason stands only in what its failure came from."""

    def init(**_: Any) -> None:
        try:
            raise RuntimeError(f"Failed to connect to GCS. Last connection error: {said}")
        except RuntimeError:
            raise ConnectionError("Failed to connect to Ray cluster at 127.0.0.1") from None

    monkeypatch.setattr(ray, "init", init)
    with (
        socket.create_server(("127.0.0.1", 0)) as head,
        pytest.raises(OcrwebError) as caught,
        connected(f"127.0.0.1:{head.getsockname()[1]}"),
    ):
        raise AssertionError("it is not joined")
    assert caught.value.code == code


class Ray(SimpleNamespace):
    """Ray's module as far as it is used, without a cluster. joined: whether this process has been connected before."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, joined: bool = False, failure: Exception | None = None
    ) -> None:
        super().__init__(inits=[], shutdowns=0, failure=failure, folder_was_there=False)
        monkeypatch.setattr(ray, "is_initialized", lambda: joined)
        monkeypatch.setattr(ray, "init", self.init)
        monkeypatch.setattr(ray, "shutdown", self.shutdown)
        monkeypatch.delenv("RAY_ADDRESS", raising=False)
        for name in QUIET:
            monkeypatch.delenv(name, raising=False)

    def init(self, **how: Any) -> None:
        self.inits.append(how)
        if how["address"] != "local" and self.failure is not None:
            raise self.failure

    def shutdown(self) -> None:
        self.shutdowns += 1
        folder = self.inits[-1].get("_temp_dir", "")
        self.folder_was_there = os.path.isdir(folder)


QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}


def test_who_is_connected_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    used = Ray(monkeypatch, joined=True)
    with connected("auto") as given:
        assert given is ray
    assert (used.inits, used.shutdowns) == ([], 0)


def test_a_cluster_is_joined_quietly_and_left_at_the_end_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    used = Ray(monkeypatch)
    with pytest.raises(ZeroDivisionError), connected("auto"):
        raise ZeroDivisionError
    assert used.inits == [{"address": "auto", "log_to_driver": False, "logging_level": "ERROR"}]
    assert used.shutdowns == 1


@pytest.mark.parametrize(("address", "tries"), [("local", ["local"]), ("auto", ["auto", "local"])])
def test_without_a_cluster_there_is_one_of_its_own_whose_folder_goes_with_it(
    address: str, tries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    used = Ray(monkeypatch, failure=ConnectionError("none"))
    monkeypatch.setattr(connection, "usable_cores", lambda: 3)
    with connected(address):
        own = used.inits[-1]
        assert Path(own["_temp_dir"]).is_dir()
    assert [how["address"] for how in used.inits] == tries
    assert (own["num_cpus"], own["object_store_memory"], own["include_dashboard"]) == (3, STORE_BYTES, False)
    assert (own["log_to_driver"], own["logging_level"]) == (False, "ERROR")
    assert (used.shutdowns, used.folder_was_there, Path(own["_temp_dir"]).exists()) == (1, True, False)


def test_a_cluster_that_was_named_in_the_environment_is_not_replaced_by_one_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used = Ray(monkeypatch, failure=ConnectionError("no answer\nand a long text"))
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    with pytest.raises(OcrwebError) as caught, connected("auto"):
        raise AssertionError("there is no cluster")
    assert (caught.value.code, caught.value.params["reason"]) == ("cluster.unreachable", "no answer")
    assert (len(used.inits), used.shutdowns) == (1, 0)


def test_ray_says_and_sends_nothing_by_itself_unless_somebody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Ray(monkeypatch)
    with connected("local"):
        assert {name: os.environ[name] for name in QUIET} == QUIET
    for name in QUIET:
        monkeypatch.setenv(name, "own")
    with connected("local"):
        assert {os.environ[name] for name in QUIET} == {"own"}


@pytest.mark.parametrize("longer", [-1, 0, 1])
def test_rays_sockets_have_room_where_the_temporary_folder_lies_deep(
    longer: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below LONGEST_FOLDER with the 20 bytes of its own name."""
    parent = "/" + "x" * (LONGEST_FOLDER - 20 - 1 + longer)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: parent)
    asked: list[str] = []
    monkeypatch.setattr(tempfile, "mkdtemp", lambda *, prefix, dir: asked.append(dir) or str(tmp_path / "own"))
    Ray(monkeypatch)
    with connected("local"):
        assert asked == [parent if longer < 0 else "/tmp"]


@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "ray://127.0.0.1:{port}", "http://127.0.0.1:{port}/"])
def test_a_machine_that_answers_lets_one_in(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as head:
        knock(address.format(port=head.getsockname()[1]))


def test_brackets_around_an_ipv6_address_are_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def create(place: tuple[str, int], timeout: float) -> Any:
        asked.append((place, timeout))
        return SimpleNamespace(close=lambda: None)

    monkeypatch.setattr(socket, "create_connection", create)
    knock("[::1]:6379")
    for address in ("auto", "local"):
        knock(address)
    assert asked == [(("::1", 6379), connection.PATIENCE)]
