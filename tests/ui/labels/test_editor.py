"""The label editor: a story by mouse and keys down to the files, two people, a console that dies, a phone, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import Console, kill_under, open_tab, start_console, stop_console
from tests.ui.labels.conftest import Editor, line, put_dataset, quad

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]

LEFT_HALF, RIGHT_HALF = quad(40, 80, 150, 120), quad(156, 81, 300, 120)
TWO_WORDS = quad(40, 140, 300, 180)
SHIFTED = quad(40, 200, 200, 240)
NOTHING = quad(320, 20, 460, 60)
BLURRED = quad(40, 260, 200, 300)
BROKEN = [
    line(LEFT_HALF, "Grand"), line(RIGHT_HALF, "total"), line(TWO_WORDS, "a b"), line(SHIFTED, "tax"),
    line(NOTHING, "junk"), line(BLURRED, "x"),
]  # fmt: skip


def lines_of(dataset: Path, picture: int = 1) -> list[str]:
    return (dataset / f"train_gts/{picture}.txt").read_text(encoding="utf-8").splitlines()


def points_of(text: str) -> list[list[int]]:
    numbers = [int(value) for value in text.split(",")[:8]]
    return [numbers[i : i + 2] for i in range(0, 8, 2)]


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


def test_on_a_phone_panels_are_sheets_and_a_finger_draws(edit: Edit, console: Console) -> None:
    dataset = put_dataset(console.home / "datasets" / "pocket", [[], [line(SHIFTED, "one")]])
    editor = edit("pocket", width=390, height=844, touch=True)
    page = editor.page
    editor.shows("train_images/1.png")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("#left")).to_be_hidden()
    page.locator("[data-deed=tool-box]").tap()
    first, last = editor.screen((60, 60)), editor.screen((300, 140))
    fingers = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", first), ("touchMove", last), ("touchEnd", None)):
        points = [{"x": at[0], "y": at[1]}] if at else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    editor.saved()
    expect(page.locator("#box-count")).to_have_text("1")
    (drawn,) = lines_of(dataset)
    assert all(abs(value - wanted) <= 2 for point, goal in zip(points_of(drawn), quad(60, 60, 300, 140), strict=True)
               for value, wanted in zip(point, goal, strict=True))  # fmt: skip
    before = str(page.locator("#canvas").get_attribute("data-view"))
    for kind, gap in (("touchStart", 40), ("touchMove", 120), ("touchEnd", None)):
        points = [{"x": 195 - gap, "y": 400, "id": 1}, {"x": 195 + gap, "y": 400, "id": 2}] if gap else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.locator("#canvas")).not_to_have_attribute("data-view", before)  # two fingers look closer
    assert lines_of(dataset) == [drawn]
    page.locator("#sheet-boxes").tap()
    expect(page.locator("#right")).to_be_visible()
    page.locator("#right [data-deed=accept]").tap()
    editor.shows("train_images/2.png")
    page.locator("#sheet-pictures").tap()
    expect(page.locator(".row[data-picture='train_images/1.png'][data-state=checked]")).to_be_visible()


WORDS_OF_PAGE = """() => {
  const seen = [];
  for (const element of document.querySelectorAll('body *:not(script)')) {
    for (const name of ['title', 'aria-label', 'placeholder']) seen.push(element.getAttribute(name) ?? '');
    for (const node of element.childNodes) if (node.nodeType === 3) seen.push(node.data);
  }
  return seen.join('\\n');
}"""


def test_a_chinese_page_has_no_english_words(edit: Edit, console: Console) -> None:
    put_dataset(console.home / "datasets" / "示例", [[line(SHIFTED, "文字"), line(NOTHING, "###")]])
    editor = edit("示例", lang="zh-CN")
    page = editor.page
    editor.shows("train_images/1.png")
    editor.press("]", "?")
    expect(page.locator("dialog kbd").first).to_be_visible()
    shown = page.evaluate(WORDS_OF_PAGE)
    rest = re.sub(r"(train|test)_images/\d\.png|\d\.png|Ctrl|Alt|Esc|Del|PgDn|PgUp", "", shown)
    assert "文本框" in rest
    assert re.findall(r"[A-Za-z]{3,}", rest) == []
    assert page.title().startswith("1.png")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_five_hundred_boxes_are_drawn_listed_and_saved_whole(edit: Edit, console: Console) -> None:
    boxes = [
        quad(20 + 190 * (n % 10), 20 + 56 * (n // 10), 190 + 190 * (n % 10), 60 + 56 * (n // 10)) for n in range(500)
    ]
    many = [line(points, f"t{number}") for number, points in enumerate(boxes)]
    dataset = put_dataset(console.home / "datasets" / "crowded", [many], size=(2000, 2900))
    editor = edit("crowded")
    page = editor.page
    page.locator(".row[data-picture='train_images/1.png']").click()
    editor.shows("train_images/1.png")
    expect(page.locator("#box-count")).to_have_text("500")
    assert page.locator("#box-list .box").count() < 60  # rows out of sight are not made
    editor.press("[")  # the last one, from the end
    expect(page.locator("#box-list .box.chosen")).to_have_attribute("data-index", "499")
    editor.press("i", "Control+a", "ArrowDown")
    editor.saved()
    assert lines_of(dataset) == [
        line([[x, y + 1] for x, y in points], "###" if number == 499 else f"t{number}")
        for number, points in enumerate(boxes)
    ]


def test_outlines_are_cut_joined_and_turned(edit: Edit, console: Console) -> None:
    put_dataset(console.home / "datasets" / "geometry", [[]])
    page = edit("geometry").page
    asked = """async () => {
      const geometry = await import('../viewer/static/geometry.js');
      const box = [[0, 0], [100, 0], [100, 20], [0, 20]];
      const slanted = geometry.turned(box, 0.3);
      const parts = geometry.halved(slanted);
      return {
        missed: geometry.cut(box, [200, -5], [200, 30]),
        short: geometry.cut(box, [50, 5], [50, 15]),
        areas: parts.map(geometry.area),
        whole: geometry.area(geometry.joined(parts)),
        slope: geometry.direction(geometry.joined(parts)),
        corner: geometry.cut(box, [-10, 20], [20, -10]).map((part) => part.length),
        beside: geometry.neighbour(box, [box, [[0, 40], [9, 40], [9, 60], [0, 60]], [[110, 1], [150, 1], [150, 19], [110, 19]]]),
        none: geometry.neighbour(box, [box, [[300, 0], [340, 0], [340, 20], [300, 20]]]),
      };
    }"""
    found = page.evaluate(asked)
    assert found["missed"] is None
    assert found["short"] is None
    assert found["areas"] == pytest.approx([1000, 1000])
    assert found["whole"] == pytest.approx(2000)
    assert found["slope"] == pytest.approx(0.3)
    assert min(found["corner"]) == 4  # a triangle is no label
    assert (found["beside"], found["none"]) == (2, -1)


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
