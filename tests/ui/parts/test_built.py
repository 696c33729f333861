"""Events that answer in one place do so in the order in which they were asked."""

from __future__ import annotations

import json
import threading
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.ui.line import install
from ocrweb.ui.parts.built import QUIET, one_by_one

PATIENCE = 30.0


def test_a_quick_event_waits_for_a_slow_one_before_it_that_answers_in_the_same_place() -> None:
    begun, free, passed = threading.Event(), threading.Event(), threading.Event()
    order: list[str] = []

    def slow() -> str:
        begun.set()
        free.wait(PATIENCE)
        order.append("slow")
        return "slow"

    def quick() -> str:
        order.append("quick")
        return "quick"

    with gr.Blocks() as page:
        said = gr.Textbox()
        place = one_by_one("place")
        for act, more in ((slow, place), (quick, place), (passed.set, QUIET)):
            gr.Button().click(act, None, said, **more)
    application = gr.mount_gradio_app(FastAPI(), page, path="/")
    install.bound(application, page)
    with TestClient(application) as client:

        def ask(number: int) -> None:
            body = {"data": [], "fn_index": number, "session_hash": "visitor"}
            assert client.post("/gradio_api/queue/join", json=body).status_code == 200

        ask(0)
        assert begun.wait(PATIENCE)
        ask(1)
        ask(2)
        assert passed.wait(PATIENCE)  # what answers elsewhere does not wait
        assert order == []
        free.set()
        with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "visitor"}) as told:
            messages = [json.loads(line.removeprefix("data: ")) for line in told.iter_lines() if line]
    assert [answer_of(each) for each in messages if each["msg"] == "process_completed" and answer_of(each)] == order
    assert order == ["slow", "quick"]


def test_what_is_told_or_clicked_while_an_earlier_call_is_answered_is_not_passed_over(built_page: gr.Blocks) -> None:
    """A value is answered as it is last; what brings along what was clicked, or words to keep, each time."""
    modes: dict[str, set[str]] = {"value": set(), "bringing": set()}
    for function in built_page.fns.values():
        for target, event in function.targets:
            source = built_page.blocks.get(target)
            kept = event == "select" and isinstance(source, gr.Dataframe | gr.Gallery)
            if kept or (event == "blur" and isinstance(source, gr.Textbox)):
                modes["bringing"].add(function.trigger_mode)
            elif event in ("change", "input") or (
                event == "upload" and isinstance(source, gr.UploadButton) and function.fn
            ):
                modes["value"].add(function.trigger_mode)
    assert modes == {"value": {"always_last"}, "bringing": {"multiple"}}


def answer_of(message: dict[str, Any]) -> Any:
    return message["output"]["data"][0]
