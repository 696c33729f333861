"""The page's queue: full lines refuse honestly, who leaves frees the place, and nothing is kept of answered callers."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.errors import OcrwebError
from ocrweb.services.line.network import NETWORK
from ocrweb.services.line.waiting import WaitingLine, current_turn
from ocrweb.ui.line import install, queue, unread
from ocrweb.ui.line.queue import FairQueue
from ocrweb.ui.parts.problems import caught
from ocrweb.ui.seams import resting

PATIENCE = 30.0


@pytest.fixture(autouse=True)
def loops_look_only_when_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a wake that is forgotten would be made good after a while."""
    monkeypatch.setattr(resting, "LONGEST", 1e6)


@dataclass
class Served:
    """A small page with one slow endpoint, one slow event of its own, and one that answers at once."""

    client: TestClient
    queue: FairQueue
    application: FastAPI
    free: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    begun: int = 0

    def slow(self) -> str:
        def work() -> str:
            self.begun += 1
            gone = current_turn().gone
            while not self.free.wait(0.01):
                if gone.is_set():
                    self.left.set()
                    raise OcrwebError("detect.cancelled")
            return "done"

        answer = caught(work)
        return answer.code if isinstance(answer, OcrwebError) else answer

    def call(self, name: str, **more: Any) -> Any:
        return self.client.post(f"/gradio_api/call/{name}", json={"data": [], **more})

    def read(self, name: str, answer: Any) -> list[str]:
        told = self.client.get(f"/gradio_api/call/{name}/{answer.json()['event_id']}").text
        found: list[str] = json.loads(told.rsplit("data: ", 1)[1])
        return found


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """One is served at a time, two may wait."""
    monkeypatch.setattr(queue, "network_line", WaitingLine(time.monotonic, at_once=1, longest=2))
    here: list[Served] = []
    with gr.Blocks() as page:
        said = gr.Textbox()
        for name, shown in (("slow", "public"), ("own", "private")):
            gr.Button().click(
                lambda: here[0].slow(), None, said, api_name=name, api_visibility=shown, concurrency_id=NETWORK
            )
        gr.Button().click(lambda: "at once", None, said, api_name="quick")
    application = FastAPI()
    mounted = gr.mount_gradio_app(application, page, path="/")
    fair = install.bound(mounted, page)
    with TestClient(mounted) as client:
        here.append(Served(client, fair, mounted))
        yield here[0]
        here[0].free.set()


@contextlib.contextmanager
def listening(served: Served) -> Iterator[int]:
    """The port on which the same application answers real connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(served.application, lifespan="off", log_level="error"))
        portal = served.client.portal
        assert portal is not None
        running = portal.start_task_soon(server.serve, [listener])  # on the loop that the queue lives on
        until(lambda: server.started)
        yield int(listener.getsockname()[1])
        server.should_exit = server.force_exit = True
        running.result(PATIENCE)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def fill(served: Served) -> list[Any]:
    """The line is full: one is served, two wait."""
    calls = [served.call("slow") for _ in range(3)]
    until(lambda: served.begun == 1)
    return calls


def test_a_full_line_refuses_with_how_many_are_before_and_when_to_come_again(served: Served) -> None:
    waiting = fill(served)
    refused = served.call("slow")
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "line.busy"
    assert int(refused.headers["Retry-After"]) >= 1
    assert "3" in refused.json()["detail"]
    served.free.set()
    assert [served.read("slow", call) for call in waiting] == [["done"]] * 3


def test_cheap_questions_never_wait_behind_the_network(served: Served) -> None:
    fill(served)
    assert served.read("quick", served.call("quick")) == ["at once"]


def test_the_page_says_in_place_that_it_gets_no_turn(served: Served) -> None:
    fill(served)
    number = next(index for index, call in served.queue.blocks.fns.items() if call.api_visibility == "private")
    joined = served.client.post(
        "/gradio_api/queue/join", json={"data": [], "fn_index": number, "session_hash": "window"}
    )
    assert joined.status_code == 200
    assert "line.busy" in served.client.get("/gradio_api/queue/data?session_hash=window").text


def test_who_cancels_frees_the_place(served: Served) -> None:
    calls = fill(served)
    event = calls[2].json()["event_id"]
    served.client.post("/gradio_api/cancel", json={"session_hash": event, "fn_index": 0, "event_id": event})
    assert served.call("slow").status_code == 200
    assert served.call("slow").status_code == 503


def hang_up(port: int, event: str) -> None:
    """Ask for the answer of a call, and leave when it begins."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    caller.request("GET", f"/gradio_api/call/slow/{event}")
    caller.getresponse().close()
    caller.close()


def test_work_is_told_when_its_caller_hangs_up(served: Served) -> None:
    event = served.call("slow").json()["event_id"]
    until(lambda: served.begun == 1)
    with listening(served) as port:
        hang_up(port, event)
        assert served.left.wait(PATIENCE)
        until(served.queue.idle)


def test_who_hangs_up_while_waiting_frees_the_place(served: Served) -> None:
    last = fill(served)[2].json()["event_id"]
    with listening(served) as port:
        hang_up(port, last)
        until(lambda: last not in served.queue.event_ids_to_events)
    assert served.call("slow").status_code == 200


def test_nothing_is_kept_of_callers_who_read_their_answers(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "MOST_IDLE", 0)
    for _ in range(20):
        served.read("quick", served.call("quick"))
    until(served.queue.idle)
    assert served.queue.unread() == 0
    kept = (
        served.queue.pending_messages_per_session,
        served.queue.pending_event_ids_session,
        served.queue.event_ids_to_events,
        served.queue.sessions.session_data,
    )
    assert [len(each) for each in kept] == [0, 0, 0, 0]
    assert len(served.queue.event_analytics) <= 1


def test_of_answers_that_nobody_reads_only_the_newest_are_kept(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "MOST", 3)
    calls = []
    for _ in range(8):
        calls.append(served.call("quick"))
        until(served.queue.idle)
    assert served.queue.unread() == 3
    assert served.read("quick", calls[-1]) == ["at once"]


def test_an_answer_that_nobody_reads_is_forgotten_after_a_while(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.call("quick")
    until(served.queue.idle)
    assert served.queue.unread() == 1
    monkeypatch.setattr(unread, "KEPT_SECONDS", 0.0)
    until(lambda: served.queue.unread() == 0)
    assert not served.queue.pending_messages_per_session


def test_a_page_that_listens_is_not_cut_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "MOST_IDLE", 0)
    ours = served.queue
    ours.pending_messages_per_session["window"] = asyncio.Queue()
    assert served.client.portal is not None
    reader = served.client.portal.start_task_soon(ours.pending_messages_per_session["window"].get)
    until(lambda: bool(ours.pending_messages_per_session["window"]._getters))  # type: ignore[attr-defined]
    assert served.client.portal.call(_swept, ours)
    reader.cancel()


async def _swept(ours: FairQueue) -> bool:
    ours._unread.sweep()
    return "window" in ours.pending_messages_per_session


def test_an_answer_that_is_not_there_is_refused_in_words(served: Served) -> None:
    unknown = served.client.get("/gradio_api/call/quick/nope")
    assert unknown.status_code == 404
    assert unknown.json()["error"]["code"] == "line.expired"
    page = served.client.get("/gradio_api/queue/data?session_hash=nope")
    assert json.loads(page.text.removeprefix("data: "))["session_not_found"] is True
