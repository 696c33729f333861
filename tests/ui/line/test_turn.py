"""A program's turn before the network: in order, told how many were before it, and given back when it leaves."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import anyio
import pytest
from starlette.requests import Request

from ocrweb.services.line.waiting import WaitingLine
from ocrweb.ui.line.turn import Left, Served, in_turn
from tests.own_loop import run_async


class Programs:
    """On one event loop, before a line that serves one at a time."""

    def __init__(self) -> None:
        self.line, self.threads = WaitingLine(time.monotonic, at_once=1, longest=9), anyio.CapacityLimiter(4)
        self.free, self.begun = threading.Event(), threading.Event()
        self.left: list[asyncio.Event] = []

    def asks(self, work: Any) -> asyncio.Task[Served[Any]]:
        leaves = asyncio.Event()
        self.left.append(leaves)

        async def receive() -> Any:
            await leaves.wait()
            return {"type": "http.disconnect"}

        request = Request({"type": "http", "client": ("10.0.0.1", 1), "headers": []}, receive)
        return asyncio.create_task(in_turn(self.line, request, work, self.threads))

    def held(self, gone: threading.Event) -> str:
        self.begun.set()
        while not self.free.wait(0.01):
            if gone.is_set():
                return "gone"
        return "held"

    async def until_begun(self) -> None:
        await asyncio.to_thread(self.begun.wait, 20)


def test_who_waits_is_told_how_many_were_before_and_how_long_it_took() -> None:
    async def three() -> list[Served[Any]]:
        programs = Programs()
        first = programs.asks(programs.held)
        await programs.until_begun()
        others = [programs.asks(lambda gone, name=name: name) for name in "bc"]
        await asyncio.sleep(0)
        assert len(programs.line) == 2
        programs.free.set()
        answers = [await task for task in (first, *others)]
        assert (len(programs.line), programs.line.serving()) == (0, 0)
        return answers

    began = time.monotonic()
    answers = run_async(three)
    took = time.monotonic() - began
    assert [each.answer for each in answers] == ["held", "b", "c"]
    assert [each.place for each in answers] == [0, 0, 1]
    assert all(0 <= each.waited <= took for each in answers)
    assert answers[0].waited <= answers[1].waited <= answers[2].waited


def test_who_leaves_before_his_turn_frees_the_place_and_his_work_is_not_begun() -> None:
    async def leaves() -> list[str]:
        programs, begun = Programs(), list[str]()
        first = programs.asks(programs.held)
        await programs.until_begun()
        second = programs.asks(lambda gone: begun.append("second"))
        await asyncio.sleep(0)
        programs.left[1].set()
        with pytest.raises(Left):
            await second
        assert len(programs.line) == 0
        programs.free.set()
        await first
        return begun

    assert run_async(leaves) == []


def test_who_leaves_while_he_is_served_is_told_to_the_work() -> None:
    async def leaves() -> str:
        programs = Programs()
        first = programs.asks(programs.held)
        await programs.until_begun()
        programs.left[0].set()
        answer = await first
        assert programs.line.serving() == 0
        return str(answer.answer)

    assert run_async(leaves) == "gone"


def test_work_that_fails_gives_its_turn_back() -> None:
    def fails(gone: threading.Event) -> None:
        raise KeyError("inside")

    async def failing() -> int:
        programs = Programs()
        with pytest.raises(KeyError, match="inside"):
            await programs.asks(fails)
        return programs.line.serving()

    assert run_async(failing) == 0
