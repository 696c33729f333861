"""The loops of Gradio's queue rest until they are woken, and never sleep through what there is to do."""

from __future__ import annotations

import asyncio
import inspect
import threading

import gradio as gr
import pytest
from gradio.queueing import Queue

from ocrweb.ui.line.queue import FairQueue
from ocrweb.ui.seams import resting
from ocrweb.ui.seams.resting import Rest, let_queues_rest
from tests.own_loop import run_async


@pytest.fixture(autouse=True)
def nobody_looks_unless_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "LONGEST", 1e6)


@pytest.mark.parametrize(
    ("loop", "slept"),
    [
        (Queue.start_processing, "await asyncio.sleep(self.sleep_when_free)"),
        (Queue.start_progress_updates, "await asyncio.sleep(self.progress_update_sleep_when_free)"),
    ],
    ids=["events", "progress"],
)
def test_gradio_sleeps_at_these_places_alone(loop: object, slept: str) -> None:
    source = inspect.getsource(loop)  # type: ignore[arg-type]
    assert source.count(slept) == source.count("sleep(") > 0


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def test_a_queue_with_nothing_to_do_does_not_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    let_queues_rest()
    rests: list[Rest] = []
    by_rest = Rest.rest

    async def counted(self: Rest) -> None:
        rests.append(self)
        await by_rest(self)

    monkeypatch.setattr(Rest, "rest", counted)
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Button().click(lambda: None)
    queue = FairQueue(page)

    async def story() -> tuple[int, int]:
        queue.start()
        await settled()
        first = len(rests)
        await settled()
        again = len(rests)
        queue.close()
        await settled()
        return first, again

    first, again = run_async(story)
    assert first == again == 4  # each loop rests, looks once more, rests
    assert {float(rest) for rest in rests} == {queue.sleep_when_free}


def test_a_wake_is_heard_from_any_thread_before_and_during_the_rest() -> None:
    async def story() -> None:
        rest = Rest(0.1)
        rest.wake()
        await rest.rest()  # what came before the first rest is looked at
        resting_now = asyncio.ensure_future(rest.rest())
        await settled()
        assert not resting_now.done()
        thread = threading.Thread(target=rest.wake)
        thread.start()
        await resting_now
        thread.join()
        rest.wake()
        await settled()
        await rest.rest()  # woken while it looked: it looks again

    run_async(story)


def test_a_rest_is_short_while_there_is_something_to_look_after() -> None:
    run_async(Rest(0.0, busy=lambda: True).rest)  # would never end


def test_who_wakes_a_loop_that_has_ended_is_not_told() -> None:
    rest = Rest(0.1)
    run_async(rest.rest)
    rest.wake()
