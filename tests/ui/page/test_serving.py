"""The process ends when it is told to, even while something holds its event loop."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.browser import ROOT, free_port

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
