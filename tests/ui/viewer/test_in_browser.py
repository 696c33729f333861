"""The picture of a result in a browser: boxes and rows that point at each other, a closer look, the map, two models."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import Console
from tests.model.graphs import detector

pytestmark = pytest.mark.browser


class Viewer:
    """What one sees of it. Points are pixels of the picture."""

    def __init__(self, page: Page, place: str) -> None:
        self.page, self.root = page, page.locator(f"{place} ocrweb-viewer")
        self.canvas, self.rows = self.root.locator("canvas").first, self.root.locator(".list button")

    def ready(self) -> None:
        expect(self.root).to_have_attribute("data-ready", "1")

    def view(self) -> dict[str, float]:
        # a change of the view is drawn with the next frame; the attribute is of the last one drawn
        self.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        return dict(json.loads(str(self.canvas.get_attribute("data-view"))))

    def screen(self, at: list[float]) -> tuple[float, float]:
        view, box = self.view(), self.canvas.bounding_box()
        assert box is not None
        return at[0] * view["scale"] + view["x"] + box["x"], at[1] * view["scale"] + view["y"] + box["y"]

    def boxes(self) -> list[dict[str, list[list[float]]]]:
        return list(json.loads(str(self.root.get_attribute("data-document")))["boxes"])


def pressed(row: Locator) -> None:
    expect(row).to_have_attribute("aria-pressed", "true")


def test_a_result_is_looked_at_closely_and_held_against_another_models(
    visit: Callable[..., Page], console: Console, picture: Path
) -> None:
    other = console.home / "exports" / "beside"
    other.mkdir(parents=True)
    detector(other / "model.onnx")
    page = visit()
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    viewer = Viewer(page, "#single-boxes")
    viewer.ready()
    boxes = viewer.boxes()
    expect(viewer.rows).to_have_count(len(boxes))
    viewer.canvas.scroll_into_view_if_needed()

    # a box and its row point at each other
    third = boxes[2]["points"]
    middle = [sum(point[axis] for point in third) / len(third) for axis in (0, 1)]
    page.mouse.move(*viewer.screen(middle))
    expect(viewer.root.locator(".list .pointed")).to_have_attribute("data-number", "3")
    page.mouse.click(*viewer.screen(middle))
    pressed(viewer.rows.nth(2))
    viewer.canvas.press("]")
    pressed(viewer.rows.nth(3))
    viewer.rows.nth(0).click()
    pressed(viewer.rows.nth(0))

    # closer: by the wheel once the picture was clicked, by keys; the point under the hand stays
    page.mouse.click(*viewer.screen(middle))
    before, place = viewer.view(), viewer.screen(middle)
    page.mouse.move(*place)
    page.mouse.wheel(0, -400)
    expect(viewer.canvas).not_to_have_attribute("data-view", json.dumps(before, separators=(",", ":")))
    closer = viewer.view()
    assert closer["scale"] > before["scale"]
    assert viewer.screen(middle) == pytest.approx(place, abs=2)
    viewer.canvas.press("1")
    assert viewer.view()["scale"] == 1
    viewer.canvas.press("0")
    assert viewer.view() == before

    # layers: without the boxes, with the map
    viewer.root.locator("[data-layer=detection]").uncheck()
    expect(viewer.rows).to_have_count(0)
    viewer.root.locator("[data-layer=detection]").check()
    viewer.root.locator("[data-layer=map]").check()
    expect(viewer.canvas).to_have_attribute("data-map", "true")

    # another threshold draws other boxes over the same view
    viewer.canvas.press("1")
    kept, source = viewer.view(), viewer.root.get_attribute("data-picture")
    page.locator("#single-threshold input[type=range]").press("ArrowRight")
    expect(viewer.root).not_to_have_attribute("data-ready", "1")
    assert viewer.root.get_attribute("data-picture") == source
    assert viewer.view() == kept

    # another model on the same picture: both results, in turn and side by side
    page.locator("#single-advanced button").first.click()
    page.locator("#single-model input").click()
    page.get_by_role("option", name="beside").click()
    expect(page.locator("#single-chosen-model")).to_have_text("Model: beside")
    page.locator("#single-start").click()
    sides = viewer.root.locator(".sides button")
    expect(sides.nth(0)).to_have_text("beside")
    expect(sides.nth(1)).to_have_text("ppocrv6-small")
    stage = viewer.root.locator(".stage")
    sides.nth(1).click()
    expect(stage).to_have_attribute("data-result", "other")
    sides.nth(2).click()
    for result in ("own", "other", "own"):
        expect(stage).to_have_attribute("data-result", result)
    sides.nth(3).click()
    second = viewer.root.locator("canvas").nth(1)
    expect(second).to_be_visible()
    viewer.canvas.press("+")
    expect(second).to_have_attribute("data-view", json.dumps(viewer.view(), separators=(",", ":")))


def test_on_a_phone_the_page_scrolls_past_a_picture_that_fits_and_two_fingers_look_closer(
    visit: Callable[..., Page], picture: Path
) -> None:
    page = visit("zh-CN", width=390, height=844)
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    viewer = Viewer(page, "#single-boxes")
    viewer.ready()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    viewer.canvas.scroll_into_view_if_needed()
    before, box = viewer.view(), viewer.canvas.bounding_box()
    assert box is not None
    assert str(viewer.canvas.evaluate("canvas => canvas.style.touchAction")).startswith("pan-y")
    fingers = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 3
    for kind, gap in (("touchStart", 30), ("touchMove", 90), ("touchEnd", None)):
        points = [{"x": x - gap, "y": y, "id": 1}, {"x": x + gap, "y": y, "id": 2}] if gap else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(viewer.canvas).not_to_have_attribute("data-view", json.dumps(before, separators=(",", ":")))
    assert viewer.view()["scale"] > before["scale"]
    assert viewer.canvas.evaluate("canvas => canvas.style.touchAction") == "none"


HELD = """(document) => {
  const fetched = window.fetch;
  window.fetch = (place, ...more) => (place === "held.png" ? new Promise((answer) => (window.answer = answer)) : fetched(place, ...more));
  const element = Object.assign(window.document.createElement("ocrweb-viewer"), { id: "made" });
  Object.assign(element.dataset, { picture: "held.png", document });
  window.document.body.append(element);
}"""
DRAWN = """() => {
  const canvas = new OffscreenCanvas(40, 30);
  canvas.getContext("2d").fillRect(0, 0, 40, 30);
  return canvas.convertToBlob().then((blob) => window.answer(new Response(blob)));
}"""


def test_a_picture_is_ready_when_it_is_there_and_one_that_failed_is_asked_for_again(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("customElements.whenDefined('ocrweb-viewer').then(() => {})")
    document = json.dumps({"words": {"loading": "It comes", "gone": "Not there", "boxes": "{count}"}, "boxes": []})
    page.evaluate(HELD, document)
    shown = page.locator("#made")
    note = shown.locator(".note")
    expect(note).to_have_text("It comes")
    renew = "(element, document) => (element.dataset.document = document)"
    shown.evaluate(renew, f"{document} ")  # other boxes, while the picture is on its way
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert shown.get_attribute("data-ready") is None
    page.evaluate("answer(new Response('no picture'))")
    expect(note).to_have_text("Not there")
    assert shown.get_attribute("data-ready") is None

    shown.evaluate(renew, f"{document}  ")
    expect(note).to_have_text("It comes")
    page.evaluate(DRAWN)
    expect(shown).to_have_attribute("data-ready", "1")
    expect(note).to_have_text("")
