"""The label editor on a phone, in Chinese, and with five hundred boxes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import Console
from tests.ui.labels.conftest import (
    HEIGHT,
    NOTHING,
    SHIFTED,
    WIDTH,
    Editor,
    line,
    lines_of,
    points_of,
    put_dataset,
    quad,
)

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]


def test_on_a_phone_panels_are_sheets_and_a_finger_draws(edit: Edit, console: Console) -> None:
    dataset = put_dataset(console.home / "datasets" / "pocket", [[], [line(SHIFTED, "one")]])
    editor = edit("pocket", width=390, height=844, touch=True)
    page = editor.page
    editor.shows("train_images/1.png")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    editor.screen((0, 0))  # waits until it is drawn
    assert page.evaluate(OVER_PICTURE, [WIDTH, HEIGHT]) == []
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
    for picture in ("train_images/2.png", "test_images/1.png"):
        page.wait_for_function(FETCHED, arg=picture)
    page.route("**/labels/api/picture?*", lambda route: route.abort())  # the next one is here already
    page.locator("#right [data-deed=accept]").tap()
    editor.shows("train_images/2.png")
    page.locator("#sheet-pictures").tap()
    expect(page.locator(".row[data-picture='train_images/1.png'][data-state=checked]")).to_be_visible()


# Of each bar over the canvas the name, where it lies over the fitted picture.
OVER_PICTURE = """([width, height]) => {
  const canvas = document.querySelector('#canvas'), { scale, x, y } = JSON.parse(canvas.dataset.view);
  const { left, top } = canvas.getBoundingClientRect();
  const [right, bottom] = [left + x + width * scale, top + y + height * scale];
  return ['#tools', '#layers', '#zoom'].filter((name) => {
    const bar = document.querySelector(name).getBoundingClientRect();
    return bar.left < right && bar.right > left + x && bar.top < bottom && bar.bottom > top + y;
  });
}"""


FETCHED = """(picture) => performance.getEntriesByType('resource').some(({ name }) =>
  name.includes('/api/picture?') && new URL(name).searchParams.get('picture') === picture)"""

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
    editor.screen((0, 0))
    assert page.evaluate(OVER_PICTURE, [2000, 2900]) == []
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
