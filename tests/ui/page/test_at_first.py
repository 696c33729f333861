"""In a console in which nothing was done yet there is nothing to stop, to fetch, to take back or to confirm."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from tests.ui.desk import Desk

OF_SOMETHING = (
    "-stop",
    "-delete",
    "-undelete",
    "-undo",
    "-yes",
    "-now",
    "-resume",
    "-download",
    "-file",
    "-json",
    "-csv",
)


def within_reach(desk: Desk, button: gr.Button | gr.DownloadButton) -> bool:
    """Whether a visitor sees it and may press it; what is around it may be hidden too."""
    if desk.look(button, "interactive") is False:
        return False
    block = button
    while block is not None and not isinstance(block, gr.Blocks):
        if desk.look(block) in (False, "hidden"):
            return False
        block = block.parent  # type: ignore[assignment]
    return True


def test_nothing_can_be_stopped_fetched_or_taken_back(
    built_page: gr.Blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    desk = Desk(built_page)
    buttons = [one for one in built_page.blocks.values() if isinstance(one, gr.Button | gr.DownloadButton)]
    of_something = [one for one in buttons if one.variant == "stop" or str(one.elem_id).endswith(OF_SOMETHING)]
    assert len(of_something) > 25
    assert within_reach(desk, desk.widget("batch-start"))
    assert {one.elem_id for one in of_something if within_reach(desk, one)} == set()
