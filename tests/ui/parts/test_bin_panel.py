"""A bin tells what lies in it, and offers an undo of what lies there still."""

from __future__ import annotations

import time
from dataclasses import dataclass

import gradio as gr
import pytest

from ocrweb.ui.parts import bin_panel
from ocrweb.ui.parts.bin_panel import BinPanel


@dataclass
class Entry:
    id: str
    deleted: float


@pytest.fixture
def panel() -> BinPanel:
    with gr.Blocks():
        return BinPanel("models", "models", "delete-no")


@pytest.mark.parametrize(("days_ago", "left"), [(0.0, 7), (0.4, 7), (0.6, 6), (5.4, 2), (6.9, 1), (8.0, 1)])
def test_the_days_that_are_left_are_rounded_and_never_none(
    panel: BinPanel, days_ago: float, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(bin_panel.time, "time", lambda: now)
    told = panel.holding([Entry("x", now - days_ago * 86_400)], "1", lambda one: ("one", "run"), "en", "")
    assert told[panel.chosen].choices == [(f"one · run · days left: {left}", "x")]
    assert told[panel.chosen].value == "x"
    assert told[panel.panel].visible


@pytest.mark.parametrize(("last", "undone"), [("a", True), ("b", False), ("", False)])
def test_only_what_lies_there_can_be_undone(panel: BinPanel, last: str, undone: bool) -> None:
    told = panel.holding([Entry("a", time.time())], "1", lambda one: ("one",), "en", last)
    assert (told[panel.last], told[panel.undo].visible) == (last if undone else "", undone)


def test_an_empty_bin_is_not_there(panel: BinPanel) -> None:
    told = panel.holding([], "0", lambda one: (), "en", "a")
    assert not told[panel.panel].visible
    assert not told[panel.undo].visible
    assert not told[panel.asking].visible
    assert told[panel.chosen].value is None
