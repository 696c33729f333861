"""Under which names the console answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ocrweb.ui.guard.hosts import HostCheck, own_hosts
from tests.own_loop import run_async

Behind = Callable[..., TestClient]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:7860", "127.0.0.1:7860", "[::1]:7860", "localhost."])
def test_loopback_names_are_known_wherever_it_listens(host: str) -> None:
    assert own_hosts("127.0.0.1").allow(host)
    assert own_hosts("0.0.0.0").allow(host)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.5", "127.0.0.1.evil.example", ""])
def test_a_console_of_this_machine_has_no_other_name(host: str) -> None:
    assert not own_hosts("127.0.0.1").allow(host)


def test_a_console_of_the_network_knows_its_machine_and_numbers_but_no_strange_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Reader.lan")
    hosts = own_hosts("0.0.0.0")
    assert all(hosts.allow(host) for host in ("reader.lan:80", "reader.local", "10.1.2.3:7860", "[fe80::1]"))
    assert not hosts.allow("evil.example")


def test_more_names_are_given_by_the_owner_one_by_one_or_all_below_a_domain() -> None:
    hosts = own_hosts("127.0.0.1", ["ocr.example.org", "*.lab.example"])
    assert all(hosts.allow(host) for host in ("ocr.example.org:8443", "a.lab.example", "b.a.lab.example"))
    assert not any(hosts.allow(host) for host in ("example.org", "lab.example", "evil-lab.example"))


def test_a_page_whose_name_was_made_to_lead_here_gets_nothing(behind: Behind) -> None:
    client = behind(HostCheck, hosts=own_hosts("127.0.0.1"))
    assert client.get("/config").status_code == 200
    refused = client.get("/config", headers={"host": "evil.example:7860", "accept-language": "zh-CN"})
    assert refused.status_code == 421
    assert refused.json()["error"]["code"] == "access.wrong-host"
    assert "控制台" in refused.json()["detail"]
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket", headers={"host": "evil.example"}):
        pass


def test_a_believed_forwarded_name_is_checked_beside_the_host(behind: Behind) -> None:
    client = behind(HostCheck, hosts=own_hosts("127.0.0.1", ["ocr.example.org"]))
    assert client.get("/", headers={"x-forwarded-host": "ocr.example.org"}).status_code == 200
    assert client.get("/", headers={"x-forwarded-host": "evil.example"}).status_code == 421
    assert client.get("/", headers={"x-forwarded-host": "ocr.example.org", "host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_request_without_any_name_is_refused(kind: str) -> None:
    """Old programs send none; whom they meant cannot be known."""
    answers: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        answers.append("let in")

    async def receive() -> dict[str, str]:
        return {"type": f"{kind}.request" if kind == "http" else "websocket.connect"}

    async def send(message: Any) -> None:
        answers.append(message.get("status", message["type"]))

    scope = {"type": kind, "method": "GET", "path": "/", "query_string": b"", "headers": []}
    run_async(HostCheck(inside, own_hosts("127.0.0.1")).__call__, scope, receive, send)
    assert answers[0] == (421 if kind == "http" else "websocket.close")
    assert "let in" not in answers
