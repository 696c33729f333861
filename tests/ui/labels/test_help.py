"""What spares drawing: corners, copies and tags by hand; clicks, snapping and proposals by a model; sure ones accepted at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Request, Response, Route, expect

from ocrweb.config.model_names import DEFAULT
from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.data.labelling.review import REVIEW
from ocrweb.runtime.catalogue import resolve_name
from ocrweb.runtime.detector import default_decode
from ocrweb.services.labels.editing import Edit as LabelEdit
from ocrweb.services.labels.editing import read_labels, save_labels
from ocrweb.services.labels.entries import stored_set
from ocrweb.services.labels.proposing import propose_anew
from tests.browser import Console
from tests.model.graphs import detector
from tests.ui.labels.conftest import (
    SHIFTED,
    Editor,
    line,
    lines_of,
    points_of,
    put_dataset,
    quad,
)

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]


def outlines_of(dataset: Path, picture: int) -> list[list[list[float]]]:
    kept = dataset / f"train_gts/{picture}.polygons.json"
    return [entry["points"] for entry in json.loads(kept.read_text())] if kept.is_file() else []


def test_boxes_are_drawn_by_corners_turned_copied_and_kept_with_tags_and_texts(edit: Edit, console: Console) -> None:
    dataset = put_dataset(console.home / "datasets" / "handmade", [[], [line(SHIFTED, "Grand total")], []])
    editor = edit("handmade")
    page = editor.page
    editor.shows("train_images/1.png")

    # four corners, and as many as a curved line needs
    editor.press("q")
    corners = [(60, 60), (200, 80), (196, 120), (56, 100)]
    hit = [editor.hit(corner) for corner in corners]
    for corner in corners:
        editor.click(corner)
    editor.saved()
    assert points_of(lines_of(dataset)[0]) == hit
    editor.press("p")
    curve = [(60, 200), (160, 180), (260, 200), (260, 240), (160, 220), (60, 240)]
    hit = [editor.hit(corner) for corner in curve]
    for corner in curve:
        editor.click(corner)
    editor.press("Enter")
    editor.saved()
    (outline,) = outlines_of(dataset, 1)
    assert sorted(outline) == sorted(hit)

    # turned by a degree and back again
    before = lines_of(dataset)
    editor.press("v")
    editor.click((130, 90))
    editor.press("r")
    editor.saved()
    assert lines_of(dataset)[0] != before[0]
    editor.press("Control+z")
    editor.saved()
    assert lines_of(dataset) == before

    # tags are found by the search
    page.locator("#tags").fill("blurred, 夜景")
    page.locator("#tags").press("Tab")
    editor.saved()
    page.locator("#queue-search").fill("夜景")
    expect(page.locator("#queue .row")).to_have_count(1)
    page.locator("#queue-search").fill("")
    expect(page.locator("#queue .row")).to_have_count(4)

    # all boxes of the picture before onto the next
    page.locator("#canvas").focus()
    editor.press("Escape", ".")
    editor.shows("train_images/2.png")
    editor.press("c")
    editor.saved()
    assert lines_of(dataset, 2) == [line(SHIFTED, "Grand total"), *before]

    # what an ignored box said comes back, also to who opens the page anew
    editor.press("Escape")
    page.locator("#box-list .box").first.click()
    editor.press("i")
    editor.saved()
    assert lines_of(dataset, 2)[0] == line(SHIFTED, "###")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    editor.shows("train_images/2.png")
    page.locator("#box-list .box").first.click()
    expect(page.locator("#text")).to_have_value("Grand total")
    editor.press("i")
    editor.saved()
    assert lines_of(dataset, 2)[0] == line(SHIFTED, "Grand total")


def saves_other_than(points: list[list[int]]) -> Callable[[Request], bool]:
    """Whether a request saves one box, and not this one."""

    def is_it(request: Request) -> bool:
        boxes = (request.post_data_json or {}).get("boxes", []) if request.method == "PUT" else []
        return len(boxes) == 1 and boxes[0]["points"] != points

    return is_it


def answers_save_of(picture: str) -> Callable[[Response], bool]:
    address = urlencode({"picture": picture})
    return lambda answer: answer.request.method == "PUT" and address in answer.url


def maps_of(picture: str, model: str) -> Callable[[Response], bool]:
    address = urlencode({"picture": picture, "model": model})
    return lambda answer: "/labels/api/map?" in answer.url and answer.url.endswith(address)


# How far from grey the canvas is at a pixel of the picture.
COLOUR = """([x, y]) => {
  const canvas = document.querySelector('#canvas'), { scale, x: left, y: top } = JSON.parse(canvas.dataset.view);
  const at = [x * scale + left, y * scale + top].map((one) => Math.round(one * devicePixelRatio));
  const [r, g, b] = canvas.getContext('2d').getImageData(...at, 1, 1).data;
  return Math.max(r, g, b) - Math.min(r, g, b);
}"""


def test_a_model_finds_snaps_and_proposes_and_what_it_was_sure_of_is_accepted_at_once(
    edit: Edit, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = [[], [], [line(SHIFTED, "sure")], *[[line(SHIFTED, "unsure")]] * 10]
    dataset = put_dataset(console.home / "datasets" / "helped", labels)
    unsure = "".join(f"{number}.png,yes\n" for number in range(4, 14))
    (dataset / REVIEW).write_text(f"picture,unsure\n3.png,no\n{unsure}", encoding="utf-8")
    other = console.home / "exports" / "noise"
    other.mkdir(parents=True)
    detector(other / "model.onnx")
    editor = edit("helped")
    page = editor.page
    editor.shows("train_images/1.png")
    count = page.locator("#box-count")

    # a click on text without a box, and one on nothing
    editor.press("b")
    editor.click((80, 48))
    expect(count).to_have_text("1")
    editor.saved()
    (found,) = map(points_of, lines_of(dataset))
    assert min(x for x, _ in found) < 80 < max(x for x, _ in found)
    assert min(y for _, y in found) < 48 < max(y for _, y in found)
    editor.press("f")
    editor.click((400, 300))
    expect(page.locator("#note")).to_be_visible()
    expect(count).to_have_text("1")
    editor.press("Control+z")
    expect(count).to_have_text("0")
    editor.saved()

    # a loose box comes to its text
    editor.press("m", "b")
    start, end = (22, 12), (220, 90)
    loose = [editor.hit(corner) for corner in (start, end)]
    with page.expect_request(saves_other_than(quad(*loose[0], *loose[1]))):
        editor.drag(start, end)
    editor.saved()
    (snapped,) = map(points_of, lines_of(dataset))
    assert all(loose[0][0] <= x <= loose[1][0] and loose[0][1] <= y <= loose[1][1] for x, y in snapped)

    # thresholds that move show what would be found before anything is taken
    editor.press(".")
    editor.shows("train_images/2.png")
    editor.press("l")
    proposed = page.locator("#proposed-words")
    expect(proposed).to_have_text("1 box")
    usual = default_decode(resolve_name(DEFAULT).card)
    for slider, value in (("#threshold", usual.threshold), ("#unclip", usual.unclip_ratio)):
        expect(page.locator(f"{slider} + output")).to_have_text(str(value))  # what counts until they move
    page.locator("#threshold").fill(str(page.locator("#threshold").get_attribute("max")))
    expect(page.locator("#threshold + output")).not_to_be_empty()
    expect(proposed).to_contain_text(" box")
    page.locator("#unclip").fill(str(page.locator("#unclip").get_attribute("max")))
    expect(count).to_have_text("0")
    page.locator("#threshold").fill("0.3")
    expect(proposed).to_have_text("1 box")
    page.locator("#use-proposed").click()
    expect(count).to_have_text("1")
    editor.saved()
    assert len(lines_of(dataset, 2)) == 1

    # another model's boxes in their place, and in turn with the labels
    model = page.locator("#model")
    expect(model.locator("option").first).to_contain_text("labels this dataset")
    with page.expect_request(lambda asked: '"noise"' in (asked.post_data or "")):
        model.select_option("noise")
    expect(proposed).to_contain_text(" box")
    page.locator("#blink").click()
    for side in ("labels", "proposed", "labels"):
        expect(page.locator("#canvas")).to_have_attribute("data-side", side)

    # the probability map lies on the text while its layer is on, of the model that is asked, near or far, on the next picture too
    canvas = page.locator("#canvas")
    with page.expect_response(maps_of("train_images/2.png", "noise")):
        editor.press("h")
    with page.expect_response(maps_of("train_images/2.png", "")):
        page.locator("#close-thresholds").click()
    expect(canvas).to_have_attribute("data-map", "true")
    for key in ("0", "+"):
        editor.press(key)
        editor.screen((0, 0))
        assert page.evaluate(COLOUR, [80, 48]) > 60
        assert page.evaluate(COLOUR, [400, 300]) < 8
    editor.press("Escape")
    with page.expect_response(maps_of("train_images/3.png", "")):
        editor.press(".")
    editor.shows("train_images/3.png")
    expect(canvas).to_have_attribute("data-map", "true")
    expect(page.get_by_role("checkbox", name="Probability map")).to_be_checked()
    editor.press("h")
    expect(canvas).to_have_attribute("data-map", "false")

    # what a model was sure of, after one question
    row = page.locator(".row[data-picture='train_images/3.png']")
    expect(row).to_have_attribute("data-state", "auto")
    page.locator("#accept-sure").click()
    page.locator("[data-answer=yes]").click()
    expect(row).to_have_attribute("data-state", "checked")
    assert lines_of(dataset, 3) == [line(SHIFTED, "sure")]

    # who has drawn wide boxes on five pictures finds such boxes on the next
    monkeypatch.setenv("OCRWEB_HOME", str(console.home))
    wide = DrawnBox(((8.0, 14.0), (210.0, 14.0), (210.0, 84.0), (8.0, 84.0)))
    for number in range(4, 9):
        mine, name = stored_set("helped"), f"train_images/{number}.png"
        save_labels(mine, name, LabelEdit(read_labels(mine, name).version, (wide,), "checked"))
    page.locator(".row[data-picture='train_images/9.png']").click()
    expect(page.locator("#live")).to_have_text("Boxes as you draw them. 1 box now.")
    assert lines_of(dataset, 9) == [line(SHIFTED, "unsure")]  # nothing is saved before the person does something
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        editor.press("Enter")
    editor.saved()
    top, bottom = (points_of(lines_of(dataset, 9)[0])[corner][1] for corner in (0, 2))
    assert abs(top - 14) < 6
    assert abs(bottom - 84) < 6

    # who has checked ten has a model learn from them; what it then draws anew is what nobody has touched
    learn, words = page.locator("#learn"), page.locator("#learn-words")
    expect(learn).to_be_hidden()
    for number in (10, 11, 12):
        editor.shows(f"train_images/{number}.png")
        with page.expect_response(answers_save_of(f"train_images/{number}.png")):
            editor.press("Enter")
    editor.shows("train_images/13.png")
    editor.saved()
    page.locator(".row[data-picture='train_images/12.png']").click()
    editor.shows("train_images/12.png")
    now: dict[str, object] = {"state": "learning", "done": 3, "total": 9, "seconds": 90}
    about = {"run": "r", "pictures": 10, "done": 0, "total": 0, "seconds": None, "renewed": None}
    left: list[str] = []

    def propose(route: Route) -> None:
        left.extend(route.request.post_data_json["leave"])
        propose_anew(stored_set("helped"), DEFAULT, left)
        now.update(state="done", renewed=1)
        route.fulfill(json={**about, "state": "proposing", "total": 1})

    page.route("**/labels/api/learn*", lambda route: route.fulfill(json=about | now))
    page.route("**/labels/api/propose-anew*", propose)
    before = {number: lines_of(dataset, number) for number in range(1, 14)}
    expect(learn).to_contain_text("the 10 checked")
    learn.click()
    page.locator("[data-answer=yes]").click()
    expect(words).to_have_text("Training on 10 checked pictures: step 3, about 2 min left")
    now["state"] = "learnt"
    expect(learn).to_be_hidden()
    expect(words).to_have_text("1 picture was drawn anew.")
    assert left == ["train_images/12.png"]
    assert {number for number in before if lines_of(dataset, number) != before[number]} == {13}
    page.locator(".row[data-picture='train_images/13.png']").click()
    editor.shows("train_images/13.png")
    page.locator("#open-history").click()
    expect(page.locator(".history li")).to_contain_text("Drawn anew by a model")
    page.locator("[data-answer=close]").click()

    # settings that were tried on one picture draw all anew that nobody has touched, but the one that is looked at
    page.unroute("**/labels/api/learn*")
    page.unroute("**/labels/api/propose-anew*")
    page.locator(".row[data-picture='train_images/12.png']").click()
    editor.shows("train_images/12.png")
    before = {number: lines_of(dataset, number) for number in range(1, 14)}
    editor.press("l")
    page.locator("#unclip").fill("3")
    expect(proposed).to_contain_text(" box")
    expect(page.locator("#use-for-all")).to_have_text("The same for the one untouched")
    page.locator("#use-for-all").click()
    with page.expect_response(lambda told: "/labels/api/learn?" in told.url and told.json()["state"] == "done"):
        page.locator("[data-answer=yes]").click()
    expect(words).to_have_text("1 picture was drawn anew.")
    assert {number for number in before if lines_of(dataset, number) != before[number]} == {13}
