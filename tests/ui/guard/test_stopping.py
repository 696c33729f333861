"""The end of the console: what is in flight goes out, what is new is refused, and it comes within a bound."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from starlette.testclient import TestClient

from ocrweb.errors import OcrwebError
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.ui.guard.stopping import LINGER, STOP_SECONDS, Drain, RefuseWhileStopping, stop_seconds
from tests.browser import Console, start_console, stop_console

Behind = Callable[..., TestClient]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Busy:
    """Work that a test sets."""

    is_idle, ready = False, 0

    def idle(self) -> bool:
        return self.is_idle

    def unread(self) -> int:
        return self.ready


def test_it_is_over_when_all_is_done_and_the_answers_have_been_fetched() -> None:
    work, drain = Busy(), Drain(clock=Clock())
    drain.wait_for(work)
    assert not drain.over()
    drain.begin()
    drain.opened()
    assert not drain.over()
    drain.closed()
    assert not drain.over()
    work.is_idle, work.ready = True, 1
    assert not drain.over()
    work.ready = 0
    assert drain.over()


def test_an_answer_that_nobody_fetches_holds_the_end_up_for_a_moment_only() -> None:
    clock, work = Clock(), Busy()
    work.is_idle, work.ready = True, 1
    drain = Drain(clock=clock)
    drain.wait_for(work)
    drain.begin()
    assert not drain.over()
    clock.now += LINGER
    assert drain.over()


def test_the_bound_ends_it_whatever_is_in_flight() -> None:
    clock = Clock()
    drain = Drain(10.0, clock)
    drain.opened()
    drain.begin()
    clock.now = 9.9
    assert not drain.over()
    clock.now = 10.0
    assert drain.over()


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("POST", "/gradio_api/queue/join", True),
        ("POST", "/gradio_api/call/detect", True),
        ("POST", "/gradio_api/upload", True),
        ("GET", "/", True),
        ("GET", "/gradio_api/queue/data", False),
        ("GET", "/gradio_api/call/detect/0123", False),
        ("GET", "/gradio_api/file=/a/b.png", False),
        ("POST", "/gradio_api/cancel", False),
    ],
)
def test_answers_are_still_fetched_and_new_work_is_refused(
    behind: Behind, method: str, path: str, refused: bool
) -> None:
    drain = Drain()
    client = behind(RefuseWhileStopping, drain=drain)
    assert client.request(method, path).status_code == 200
    drain.begin()
    answer = client.request(method, path)
    assert (answer.status_code == 503) is refused
    if refused:
        assert answer.json()["error"]["code"] == "line.stopping"
        assert int(answer.headers["Retry-After"]) >= 1


def test_health_says_that_the_console_stops(behind: Behind) -> None:
    drain = Drain()
    drain.begin()
    answer = behind(RefuseWhileStopping, drain=drain).get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["stopping"] is True
    assert answer.json()["ready"] is False


def test_a_bound_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stop_seconds() == STOP_SECONDS
    monkeypatch.setenv("OCRWEB_STOP_SECONDS", "soon")
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        stop_seconds()


def ask(console: Console, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", int(console.url.rpartition(":")[2]), timeout=60)
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[Console]:
    """A console of its own."""
    console = start_console(tmp_path, environment={"OCRWEB_STOP_SECONDS": "90"})
    yield console
    stop_console(console)


@pytest.mark.slow
def test_a_console_that_is_told_to_end_answers_what_it_took_and_refuses_the_rest(ending: Console) -> None:
    """A page is open meanwhile; the many pictures take longer than the signal."""
    client = Client(ending.url, verbose=False)
    page = http.client.HTTPConnection("127.0.0.1", int(ending.url.rpartition(":")[2]), timeout=120)
    page.request("GET", "/gradio_api/heartbeat/window")
    assert page.getresponse().status == 200
    pictures = [handle_file(path) for path in shipped_pictures()]
    running = client.submit(pictures, api_name="/detect_batch")
    while running.status().code.name not in ("PROCESSING", "ITERATING", "FINISHED"):
        time.sleep(0.02)
    os.kill(ending.process.pid, signal.SIGTERM)
    while ask(ending, "GET", "/healthz")[0] == 200:
        time.sleep(0.02)
    status, headers, body = ask(ending, "POST", "/gradio_api/call/status", {"data": []})
    assert status == 503
    assert json.loads(body)["error"]["code"] == "line.stopping"
    assert int(headers["retry-after"]) >= 1
    assert running.result(timeout=120)["summary"]["failed"] == 0
    assert ending.process.wait(120) == 0
    assert "Traceback" not in ending.log.read_text()


@pytest.mark.slow
def test_a_second_signal_ends_it_at_once(ending: Console) -> None:
    with socket.create_connection(("127.0.0.1", int(ending.url.rpartition(":")[2])), timeout=120) as upload:
        upload.sendall(
            b"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        assert upload.recv(100).startswith(b"HTTP/1.1 100")  # it waits for the file now
        os.kill(ending.process.pid, signal.SIGTERM)
        while ask(ending, "GET", "/healthz")[0] == 200:
            time.sleep(0.02)
        with pytest.raises(subprocess.TimeoutExpired):
            ending.process.wait(3)
        os.kill(ending.process.pid, signal.SIGTERM)
        ending.process.wait(15)


@pytest.mark.parametrize(("passed", "seconds"), [(None, 5), (0.0, 15), (4.2, 11), (10.0, 5), (99.0, 5)])
def test_who_is_refused_comes_again_when_another_console_may_answer(passed: float | None, seconds: int) -> None:
    clock = Clock()
    clock.now = 1000.0
    drain = Drain(10.0, clock)
    if passed is not None:
        drain.begin()
        clock.now += passed
        drain.begin()  # a second time changes nothing
    assert drain.retry_after() == seconds


def test_what_begins_while_an_answer_waits_to_be_fetched_makes_it_wait_anew() -> None:
    clock, work = Clock(), Busy()
    clock.now = 1000.0
    work.is_idle, work.ready = True, 1
    drain = Drain(100.0, clock)
    drain.wait_for(work)
    drain.begin()
    assert not drain.over()
    clock.now += LINGER - 0.1
    assert not drain.over()
    drain.opened()
    clock.now += 0.1
    assert not drain.over()
    drain.closed()
    assert not drain.over()
    clock.now += LINGER - 0.1
    assert not drain.over()
    clock.now += 0.1
    assert drain.over()


def test_a_console_without_other_work_is_over_once_its_requests_are() -> None:
    drain = Drain(clock=Clock())
    drain.begin()
    assert drain.over()
