"""The label editor: a story by mouse and keys down to the files, the way there and back, suspects settled by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import Console, open_tab
from tests.ui.labels.conftest import (
    BLURRED,
    LEFT_HALF,
    NOTHING,
    RIGHT_HALF,
    SHIFTED,
    TWO_WORDS,
    Editor,
    line,
    lines_of,
    points_of,
    put_dataset,
    quad,
)

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]

BROKEN = [
    line(LEFT_HALF, "Grand"), line(RIGHT_HALF, "total"), line(TWO_WORDS, "a b"), line(SHIFTED, "tax"),
    line(NOTHING, "junk"), line(BLURRED, "x"),
]  # fmt: skip


def test_broken_labels_are_mended_by_mouse_and_keys_and_the_files_hold_exactly_that(
    edit: Edit, console: Console
) -> None:
    dataset = put_dataset(console.home / "datasets" / "mending", [BROKEN, [], [line(SHIFTED, "kept")]])
    editor = edit("mending")
    page = editor.page
    page.locator(".row[data-picture='train_images/1.png']").click()
    editor.shows("train_images/1.png")
    rows = page.locator("#box-list .box")
    expect(rows).to_have_count(6)

    # joined: a click, another with Shift, J
    editor.click((60, 100))
    page.keyboard.down("Shift")
    editor.click((250, 100))
    page.keyboard.up("Shift")
    editor.press("j")
    editor.saved()
    whole = quad(40, 80, 300, 120)
    assert lines_of(dataset)[0] == line(whole, "Grand total")
    expect(rows).to_have_count(5)

    # split: a line across it
    editor.press("Escape", "s")
    middle = editor.hit((170, 130))[0]
    editor.drag((170, 130), (170, 190))
    editor.saved()
    halves = [points_of(one) for one in lines_of(dataset)[1:3]]
    assert halves == [quad(40, 140, middle, 180), quad(middle, 140, 300, 180)]

    # moved by the mouse
    editor.press("v")
    start, end = editor.hit((100, 220)), editor.hit((130, 226))
    editor.drag((100, 220), (130, 226))
    editor.saved()
    by = end[0] - start[0], end[1] - start[1]
    now = points_of(lines_of(dataset)[3])
    assert all(
        abs(x - ox - by[0]) <= 1 and abs(y - oy - by[1]) <= 1 for (x, y), (ox, oy) in zip(now, SHIFTED, strict=True)
    )
    assert len({(x - ox, y - oy) for (x, y), (ox, oy) in zip(now, SHIFTED, strict=True)}) == 1

    # deleted, ignored, given a text
    editor.click((400, 40))
    editor.press("Delete")
    editor.saved()
    assert not [one for one in lines_of(dataset) if one.endswith("junk")]
    editor.click((100, 290))
    editor.press("i")
    editor.saved()
    assert lines_of(dataset)[4] == line(BLURRED, "###")
    rows.nth(3).click()
    editor.press("t")
    page.keyboard.type("VAT, 7 %")
    editor.press("Enter")
    editor.saved()
    assert lines_of(dataset)[3].endswith(",VAT, 7 %")

    # drawn
    editor.press("Escape", "b")
    first, last = editor.hit((320, 300)), editor.hit((450, 340))
    editor.drag((320, 300), (450, 340))
    editor.saved()
    assert points_of(lines_of(dataset)[5]) == quad(*first, *last)
    done = lines_of(dataset)

    # back to the beginning, byte by byte, and forth again
    for _ in range(7):
        editor.press("Control+z")
    editor.saved()
    assert lines_of(dataset) == BROKEN
    expect(page.locator("[data-deed=undo]")).to_be_disabled()
    for _ in range(7):
        editor.press("Control+y")
    editor.saved()
    assert lines_of(dataset) == done

    # by keys alone: accept and on, a box, a step back, set aside, Back of the browser
    editor.press("v", "Enter")
    editor.shows("train_images/2.png")
    editor.press("n", "ArrowRight", "Alt+ArrowDown")
    editor.saved()
    drawn = lines_of(dataset, 2)
    editor.press("Control+z")
    editor.saved()
    assert len(lines_of(dataset, 2)) == 1
    assert lines_of(dataset, 2) != drawn
    with page.expect_response(lambda answer: '"aside"' in (answer.request.post_data or "")):
        editor.press("Control+Shift+Z", "x")
    editor.shows("train_images/3.png")
    expect(page.locator(".row[data-picture='train_images/1.png'][data-state=checked]")).to_be_visible()
    expect(page.locator(".row[data-picture='train_images/2.png'][data-state=aside]")).to_be_visible()
    assert lines_of(dataset, 2) == drawn
    assert lines_of(dataset, 3) == [line(SHIFTED, "kept")]
    page.go_back()
    editor.shows("train_images/2.png")
    editor.press("Control+z")  # what was done to a picture can be taken back when it is opened again
    editor.saved()
    assert lines_of(dataset, 2) != drawn


def test_the_dataset_tab_leads_here_and_what_was_imported_can_be_brought_back(
    edit: Edit, visit: Callable[..., Page], console: Console
) -> None:
    dataset = put_dataset(console.home / "datasets" / "led", [[line(SHIFTED, "one")], []])
    page = visit()
    open_tab(page, "Datasets")
    page.locator("#dataset-chosen input").click()
    page.get_by_role("option", name="led", exact=True).click()
    page.locator("#dataset-label").click()
    page.wait_for_selector("body[data-ready]")
    editor = Editor(page)
    editor.shows("train_images/2.png")  # the first one that waits
    page.locator(".row[data-picture='train_images/1.png']").click()
    editor.shows("train_images/1.png")
    editor.press("n")
    editor.saved()
    assert len(lines_of(dataset)) == 2
    page.locator("#open-history").click()
    expect(page.locator(".history li")).to_have_count(1)
    page.locator("[data-answer=restore]").click()
    expect(page.locator("#box-count")).to_have_text("1")
    assert lines_of(dataset) == [line(SHIFTED, "one")]
    page.locator("#back").click()
    page.wait_for_selector("#tabs")


def test_suspects_are_settled_by_one_key_each_and_a_broken_picture_says_why(edit: Edit, console: Console) -> None:
    dataset = put_dataset(
        console.home / "datasets" / "doubted",
        [[line(NOTHING, "junk"), line(SHIFTED, "one")], [line(SHIFTED, "kept")], []],
    )
    (dataset / "train_images/3.png").write_bytes(b"no picture")
    editor = edit("doubted")
    page = editor.page

    def suspect(picture: int, kind: str, box: list[list[int]], label_line: int | None) -> dict[str, object]:
        flat = [value for point in box for value in point]
        return {
            "picture": f"train_images/{picture}.png", "kind": kind, "score": 0.9, "box": flat, "label_line": label_line,
        }  # fmt: skip

    found = [suspect(1, "extra", NOTHING, 1), suspect(2, "missing", BLURRED, None), suspect(2, "shifted", SHIFTED, 1)]
    answers = [(202, {"running": True, "done": 1, "total": 4}), (200, {"suspects": found})]

    def answer(route: Route) -> None:
        status, document = answers.pop(0) if len(answers) > 1 else answers[0]
        route.fulfill(status=status, json=document)

    page.route("**/labels/api/suspects*", answer)
    editor.press("g")
    editor.shows("train_images/1.png")
    expect(page.locator(".row.suspect.current")).to_contain_text("Box on nothing")
    answers[:] = [(200, {"suspects": found[1:]})]
    editor.press("a")
    editor.shows("train_images/2.png")
    answers[:] = [(200, {"suspects": found[2:]})]
    editor.press("a")
    editor.saved()
    expect(page.locator(".row.suspect.current")).to_contain_text("Box beside its text")
    expect(page.locator("#box-list .box.chosen")).to_have_attribute("data-index", "0")  # the box that it is about
    with page.expect_response("**/labels/api/dismiss*") as told:
        editor.press("d")
    assert told.value.json() == {"dismissed": 1}
    expect(page.locator("#suspect-words")).to_have_text("Nothing suspicious is left.")
    assert lines_of(dataset) == [line(SHIFTED, "one")]
    assert [points_of(one) for one in lines_of(dataset, 2)] == [SHIFTED, BLURRED]

    page.locator("#tab-queue").click()
    page.locator(".row[data-picture='train_images/3.png']").click()
    expect(page.locator("#note")).to_be_visible()
    expect(page.locator("#picture-name")).to_have_text("train_images/3.png")
    editor.press("PageUp")
    editor.shows("train_images/2.png")


def test_one_key_divides_lines_into_their_words_and_typed_text_goes_with_them(edit: Edit, console: Console) -> None:
    drawn = quad(26, 28, 190, 68)  # around what stands on each page: train 1
    dataset = put_dataset(console.home / "datasets" / "wordy", [[line(drawn, "train 1"), line(NOTHING, "junk")]])
    editor = edit("wordy")
    editor.page.locator(".row[data-picture='train_images/1.png']").click()
    editor.shows("train_images/1.png")
    rows = editor.page.locator("#box-list .box")
    expect(rows).to_have_count(2)
    editor.press("w")
    expect(rows).to_have_count(3)
    editor.saved()
    first, second, junk = lines_of(dataset)
    assert (first.rpartition(",")[2], second.rpartition(",")[2], junk) == ("train", "1", line(NOTHING, "junk"))
    assert max(x for x, _ in points_of(first)) < min(x for x, _ in points_of(second))
    editor.press("Control+z")
    expect(rows).to_have_count(2)
    editor.saved()
    assert lines_of(dataset) == [line(drawn, "train 1"), line(NOTHING, "junk")]


def test_with_alt_held_boxes_go_join_and_split_whatever_the_tool(edit: Edit, console: Console) -> None:
    given = [line(LEFT_HALF, "a"), line(RIGHT_HALF, "b"), line(TWO_WORDS, "c d"), line(NOTHING, "junk")]
    dataset = put_dataset(console.home / "datasets" / "quick", [given])
    editor = edit("quick")
    page = editor.page
    editor.shows("train_images/1.png")
    heard = page.locator("#live[aria-live=polite]")  # what a screen reader says
    expect(heard).to_have_text("train_images/1.png: Checked. 4 boxes.")
    editor.press("b")
    page.keyboard.down("Alt")
    editor.click((390, 40))
    expect(page.locator("#box-count")).to_have_text("3")
    expect(heard).to_have_text("1 box removed, 3 left.")
    editor.drag((90, 100), (230, 100))
    expect(page.locator("#box-count")).to_have_text("2")
    editor.drag((170, 130), (170, 190))
    expect(page.locator("#box-count")).to_have_text("3")
    page.keyboard.up("Alt")
    editor.saved()
    assert [one.split(",")[8] for one in lines_of(dataset)] == ["a b", "c", "d"]
    editor.press("Control+z", "Control+z", "Control+z")
    expect(heard).to_have_text("Undone. 4 boxes now.")
    editor.press("y")
    expect(heard).to_have_text("State: To check")
    editor.saved()
    assert lines_of(dataset) == given

    # the box tool takes the place of what is drawn over; with Shift held it sets the corners of a tilted text
    editor.drag((36, 136), (304, 184))
    expect(heard).to_have_text("Drawn anew. 4 boxes now.")
    page.keyboard.down("Shift")
    corners = [(60, 250), (200, 280), (194, 320), (54, 290)]
    hit = [editor.hit(corner) for corner in corners]
    for corner in corners:
        editor.click(corner)
    page.keyboard.up("Shift")
    expect(heard).to_have_text("Box added. 5 boxes now.")
    editor.saved()
    assert [one.split(",")[8] for one in lines_of(dataset)[:4]] == ["a", "b", "c d", "junk"]
    assert points_of(lines_of(dataset)[4]) == hit

    # with Ctrl too a drag sweeps away what lies in its rectangle whole, and nothing else
    page.keyboard.down("Control")
    page.keyboard.down("Alt")
    editor.drag((20, 60), (310, 190))
    expect(heard).to_have_text("3 boxes removed, 2 left.")
    editor.drag((300, 10), (400, 70))
    expect(page.locator("#note")).to_have_text("No box lies in the rectangle whole.")
    page.keyboard.up("Alt")
    page.keyboard.up("Control")
    editor.saved()
    assert lines_of(dataset)[0] == line(NOTHING, "junk")
    assert list(map(points_of, lines_of(dataset)[1:])) == [hit]
