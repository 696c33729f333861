"""Two people on one picture, and a console that dies: nothing is overwritten and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Console, kill_under, start_console, stop_console
from tests.ui.labels.conftest import (
    NOTHING,
    SHIFTED,
    Editor,
    line,
    lines_of,
    put_dataset,
)

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]


def test_of_two_people_on_one_picture_the_second_is_told_and_chooses(edit: Edit, console: Console) -> None:
    dataset = put_dataset(console.home / "datasets" / "shared", [[line(SHIFTED, "one"), line(NOTHING, "two")]])
    first, second = edit("shared"), edit("shared")
    for editor in (first, second):
        editor.page.locator(".row[data-picture='train_images/1.png']").click()
        editor.shows("train_images/1.png")
    first.click((100, 220))
    first.press("i")
    first.saved()
    second.click((400, 40))
    second.press("Delete")
    dialog = second.page.locator("dialog")
    expect(dialog).to_contain_text("changed meanwhile")
    assert lines_of(dataset) == [line(SHIFTED, "###"), line(NOTHING, "two")]  # nothing was overwritten
    dialog.locator("[data-answer=theirs]").click()
    second.saved()
    expect(second.page.locator("#box-list .box")).to_have_count(2)
    expect(second.page.locator("#box-list .box.ignored")).to_have_count(1)

    first.click((400, 40))
    first.press("i")
    first.saved()
    second.click((100, 220))
    second.press("Delete")
    dialog.locator("[data-answer=mine]").click()
    second.saved()
    assert lines_of(dataset) == [line(NOTHING, "two")]


def test_what_is_drawn_while_the_console_is_dead_is_saved_when_it_is_back(
    edit: Edit, chromium: Browser, tmp_path: Path
) -> None:
    dataset = put_dataset(tmp_path / "datasets" / "mortal", [[line(SHIFTED, "one")], []])
    console = start_console(tmp_path)
    try:
        editor = edit("mortal", url=console.url)
        editor.page.locator(".row[data-picture='train_images/1.png']").click()
        editor.shows("train_images/1.png")
        kill_under(editor.page, console)
        editor.click((100, 220))
        editor.press("i")
        expect(editor.page.locator("#saved")).to_have_attribute("data-state", "lost")
        expect(editor.page.locator("#note")).to_be_visible()
        editor.press("n")
        assert lines_of(dataset) == [line(SHIFTED, "one")]
        console = start_console(tmp_path, port=int(console.url.rpartition(":")[2]))
        editor.saved()
        expect(editor.page.locator("#note")).to_be_hidden()
    finally:
        stop_console(console)
    kept = lines_of(dataset)
    assert (kept[0], len(kept)) == (line(SHIFTED, "###"), 2)
