"""Suspects that one key settles, whatever their kind; pictures in the order in which they teach, and filtered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser import Console
from tests.ui.labels.conftest import (
    LEFT_HALF,
    NOTHING,
    RIGHT_HALF,
    SHIFTED,
    TWO_WORDS,
    Editor,
    line,
    lines_of,
    put_dataset,
    quad,
)

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]
WHOLE = quad(40, 80, 300, 120)  # both halves
FIRST, SECOND = quad(40, 140, 150, 180), quad(160, 140, 300, 180)
STRAIGHT = quad(40, 212, 200, 252)  # where the text of the shifted one is


def suspect(kind: str, box: list[list[int]] | None, label_line: int | None, **more: Any) -> dict[str, Any]:
    flat = None if box is None else [value for point in box for value in point]
    return {"picture": "train_images/1.png", "kind": kind, "score": 0.9, "box": flat, "label_line": label_line, **more}


def test_every_suspicion_is_followed_by_one_key_and_pictures_come_in_the_order_that_teaches_most(
    edit: Edit, console: Console
) -> None:
    labels = [line(LEFT_HALF, "a"), line(RIGHT_HALF, "b"), line(TWO_WORDS, "c d"), line(SHIFTED, "e")]
    dataset = put_dataset(console.home / "datasets" / "kinds", [labels, [line(NOTHING, "x")], []])
    editor = edit("kinds")
    page = editor.page
    left = [
        suspect("cut", WHOLE, 1),
        suspect("joined", TWO_WORDS, 3),
        suspect("shifted", SHIFTED, 4),
        {**suspect("duplicate", None, None, of="train_images/2.png"), "picture": "test_images/1.png"},
    ]
    proposed = [{"points": points} for points in (WHOLE, FIRST, SECOND, STRAIGHT)]
    page.route("**/labels/api/suspects*", lambda route: route.fulfill(json={"suspects": left}))
    page.route("**/labels/api/propose*", lambda route: route.fulfill(json={"boxes": proposed}))
    page.route("**/labels/api/dismiss*", lambda route: route.fulfill(json={"dismissed": 1}))
    current = page.locator(".row.suspect.current")
    editor.press("g")
    for kind in ("Several boxes over one text", "One box over several texts", "Box beside its text"):
        expect(current).to_contain_text(kind)
        expect(page.locator("#box-list .box.chosen")).to_have_count(1)
        left.pop(0)
        with page.expect_response("**/labels/api/suspects*"):  # asked for again once the change is saved
            editor.press("a")
    expect(current).to_contain_text("Same picture in both parts")
    editor.shows("test_images/1.png")
    assert sorted(lines_of(dataset)) == sorted(
        [line(WHOLE, "a b"), line(FIRST, "text"), line(SECOND, "text"), line(STRAIGHT, "e")]
    )
    left.clear()
    editor.press("a")  # of a duplicate the picture to train on is set aside
    editor.shows("train_images/2.png")
    expect(page.locator("#suspect-words")).to_have_text("Nothing suspicious is left.")
    page.locator("#tab-queue").click()
    expect(page.locator(".row[data-picture='train_images/2.png']")).to_have_attribute("data-state", "aside")

    answers: list[tuple[int, dict[str, Any]]] = [
        (202, {"running": True, "done": 1, "total": 2}),
        (200, {"chosen": [{"picture": "train_images/3.png", "score": 1, "why": "it looks like none before"}]}),
    ]

    def chosen(route: Route) -> None:
        status, document = answers.pop(0)
        route.fulfill(status=status, json=document)

    page.route("**/labels/api/choose*", chosen)
    rows = page.locator("#queue .row")
    expect(rows.first).to_have_attribute("data-picture", "train_images/1.png")
    page.locator("#queue-order").select_option("teach")
    expect(rows.first).to_have_attribute("data-picture", "train_images/3.png")
    expect(rows.first).to_contain_text("it looks like none before")
    assert answers == []
    page.locator("#queue-more").select_option("boxes-none")
    expect(rows).to_have_count(1)
    page.locator("#queue-more").select_option("boxes-many")
    expect(page.locator("#queue-empty")).to_be_visible()
    page.locator("#queue-more").select_option("size-small")
    expect(rows).to_have_count(4)
