"""Reaching a cluster."""

from __future__ import annotations

import socket

import pytest

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
