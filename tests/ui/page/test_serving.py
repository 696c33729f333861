"""The process ends when it is told to, even while something holds its event loop."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from ocrweb.ui.guard.stopping import Drain
from ocrweb.ui.page import serving
from tests.browser import ROOT, free_port
from tests.own_loop import run_async

# A console's server alone, with an address whose handler never gives the event loop back.
HELD = """
import sys, time
from fastapi import FastAPI
from ocrweb.ui.page import serving
from ocrweb.ui.guard.stopping import Drain

application = FastAPI()

@application.get("/hold")
async def hold():
    print("held", flush=True)
    time.sleep(120)

begin = Drain.begin
Drain.begin = lambda self: (begin(self), print("told", flush=True))
serving.CLOSE_SECONDS = serving.LAST_SECONDS = 1
serving.listen(application, "127.0.0.1", int(sys.argv[1]), Drain(float(sys.argv[2])), lambda: None,
    lambda: print("listening", flush=True))
"""
PATIENCE = 20.0  # far less than the handler's, far more than the bound


@pytest.fixture
def held(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A server that may take so many seconds to end (the test's parameter), its event loop held."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", HELD, str(port), str(request.param)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"  # said once visitors can come
    caller = http.client.HTTPConnection("127.0.0.1", port)
    caller.request("GET", "/hold")
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    caller.close()


@pytest.mark.parametrize("held", [1.0], indirect=True)
def test_one_signal_ends_it_within_the_bound(held: subprocess.Popen[str]) -> None:
    held.send_signal(signal.SIGTERM)
    assert held.wait(PATIENCE) == 0


@pytest.mark.parametrize("held", [1000.0], indirect=True)
def test_a_second_signal_does_not_wait_for_the_bound(held: subprocess.Popen[str]) -> None:
    held.send_signal(signal.SIGTERM)
    assert held.stdout is not None
    assert held.stdout.readline() == "told\n"  # two of the same at once are one to the system
    held.send_signal(signal.SIGTERM)
    assert held.wait(PATIENCE) == 0


class Ending:
    """The server alone, without a socket: how long its process may still live, and whether streams were closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.bounds, self.closed, self.listened = 0.0, list[float](), 0, 0
        self.drain = Drain(20.0, lambda: self.now)
        monkeypatch.setattr(serving, "_end_within", self.bounds.append)
        config = uvicorn.Config(lambda: None, log_level="critical")
        self.server = serving.GracefulServer(config, self.drain, self._close, self._listening)

    def _close(self) -> None:
        self.closed += 1

    def _listening(self) -> None:
        self.listened += 1


def test_a_first_signal_leaves_time_for_answers_and_a_second_one_next_to_none(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Ending(monkeypatch)
    ending.server.handle_exit(signal.SIGTERM, None)
    assert (ending.drain.begun, ending.server.should_exit) == (True, False)
    assert 20 < ending.bounds[0] <= 30
    ending.server.handle_exit(signal.SIGTERM, None)
    assert (ending.server.should_exit, ending.server.force_exit) == (True, True)
    assert 0 < ending.bounds[1] < 5


def test_it_listens_until_the_drain_is_over_and_closes_the_streams_then(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Ending(monkeypatch)
    assert run_async(ending.server.on_tick, 1) is False
    ending.drain.begin()
    ending.drain.opened()
    assert (run_async(ending.server.on_tick, 1), ending.closed) == (False, 0)
    ending.drain.closed()
    assert (run_async(ending.server.on_tick, 1), ending.closed) == (True, 1)


def test_it_says_that_visitors_can_come_once_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    for started in (False, True):
        ending = Ending(monkeypatch)

        async def startup(self: Any, sockets: Any = None, started: bool = started) -> None:
            self.started = started

        monkeypatch.setattr(uvicorn.Server, "startup", startup)
        run_async(ending.server.startup)
        assert ending.listened == started


def test_it_believes_no_header_tells_nothing_of_itself_and_ends_after_a_failure_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ending = Ending(monkeypatch)
    kept: list[uvicorn.Config] = []

    def run(server: uvicorn.Server) -> None:
        kept.append(server.config)
        raise OSError

    monkeypatch.setattr(serving.GracefulServer, "run", run)
    with pytest.raises(OSError, match=r"^$"):
        serving.listen(None, "127.0.0.1", 4711, ending.drain, lambda: None)
    assert (kept[0].host, kept[0].port) == ("127.0.0.1", 4711)
    assert (kept[0].proxy_headers, kept[0].server_header) == (False, False)
    assert 0 < ending.bounds[0] < 5


def test_a_process_that_does_not_end_by_itself_is_ended_and_does_not_wait_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[threading.Timer] = []
    monkeypatch.setattr(threading.Timer, "start", lambda timer: begun.append(timer))
    serving._end_within(3.0)
    (last,) = begun
    assert (last.interval, last.daemon, last.function, last.args) == (3.0, True, os._exit, (0,))
