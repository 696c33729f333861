"""Reaching a cluster."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import ray

from ocrweb.errors import OcrwebError
from ocrweb.runtime.cluster.connection import connected


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
