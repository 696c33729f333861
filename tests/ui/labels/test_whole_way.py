"""The tutorial from pictures without labels to a model in use and exported, by keys alone; a colleague corrects with the mouse."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlparse

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.render.page import render_page
from tests.browser import Console
from tests.keyboard import Keyboard
from tests.ui.labels.conftest import Editor, line, lines_of, points_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
RECEIPTS = (10, 17, 3, 1)  # of a scanner: upright
NAME = "receipts"
SETTINGS = {
    "dataset": NAME,
    "name": NAME,
    "crop_size": 128,
    "epochs": 2,
    "learning_rate": 0.0001,
    "evaluation": {"limit_side": 320},
    "loader": {"workers": 0},
}
Box = tuple[int, int, int, int]  # left, top, right, bottom


@pytest.fixture
def receipts(tmp_path: Path) -> list[Path]:
    files = []
    for number, seed in enumerate(RECEIPTS, 1):
        files.append(tmp_path / f"{number}.png")
        files[-1].write_bytes(cv2.imencode(".png", render_page("receipt", seed).pixels)[1].tobytes())
    return files


class Faults(NamedTuple):
    """The true boxes of a picture that were spoilt: not there, two as one, one in two, beside its text.

    junk: a box that was added. boxes: how the picture's labels lie now.
    """

    missing: Box
    joined: tuple[Box, Box]
    cut: Box
    shifted: Box
    junk: Box
    boxes: list[Box]

    @property
    def whole(self) -> Box:
        return self.joined[0][0], self.joined[0][1], self.joined[1][2], self.joined[1][3]

    @property
    def halves(self) -> tuple[Box, Box]:
        return halves(self.cut)

    @property
    def beside(self) -> Box:
        left, top, right, bottom = self.shifted
        by = max(4, round((bottom - top) / 3))
        return left, top + by, right, bottom + by

    @property
    def true(self) -> list[Box]:
        spoilt = {self.whole, *self.halves, self.beside, self.junk}
        return [*(box for box in self.boxes if box not in spoilt), self.missing, *self.joined, self.cut, self.shifted]


def halves(box: Box) -> tuple[Box, Box]:
    left, top, right, bottom = box
    middle = (left + right) // 2
    return (left, top, middle, bottom), (middle, top, right, bottom)


def middle(box: Box) -> tuple[int, int]:
    return (box[0] + box[2]) // 2, (box[1] + box[3]) // 2


def boxes_of(dataset: Path, picture: int) -> list[Box]:
    """The boxes of a label file as upright rectangles."""
    quads = [np.array(points_of(one)) for one in lines_of(dataset, picture)]
    return [(*map(int, quad.min(0)), *map(int, quad.max(0))) for quad in quads]  # type: ignore[misc]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0, width) * max(0, height)
    return shared / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared)


def spoil(dataset: Path, picture: int) -> Faults:
    """Put the five kinds of faults into what a model drew: into its widest boxes, far apart."""
    drawn = boxes_of(dataset, picture)
    chosen: list[Box] = []
    for box in sorted(drawn, key=lambda box: box[0] - box[2]):
        if all(abs(middle(box)[1] - middle(other)[1]) > 3 * (box[3] - box[1]) for other in chosen):
            chosen.append(box)
    missing, whole, cut, shifted = chosen[:4]
    width = cv2.imread(str(dataset / f"train_images/{picture}.png")).shape[1]
    junk = (2, 2, width // 4, 12)
    kept = [box for box in drawn if box not in chosen[:4]]
    faults = Faults(missing, halves(whole), cut, shifted, junk, kept)
    faults = faults._replace(boxes=[*kept, faults.whole, *faults.halves, faults.beside, junk])
    corners = [[[x, top], [right, top], [right, bottom], [x, bottom]] for x, top, right, bottom in faults.boxes]
    file = dataset / f"train_gts/{picture}.txt"
    file.write_text("".join(f"{line(points, 'text')}\n" for points in corners), encoding="utf-8")
    return faults


def is_true(dataset: Path, picture: int, faults: Faults) -> None:
    """Every box that should be there is, at IoU 0.7 at least, and no other."""
    found = boxes_of(dataset, picture)
    assert len(found) == len(faults.true)
    assert [box for box in faults.true if max(overlap(box, one) for one in found) < 0.7] == []


def by_mouse(editor: Editor, faults: Faults) -> None:
    page = editor.page

    def button(deed: str) -> None:
        page.locator(f"[data-deed={deed}]").first.click()

    editor.click(middle(faults.junk))
    button("delete")
    editor.click(middle(faults.halves[0]))
    button("join")
    button("tool-split")
    x, y = faults.joined[1][0], faults.whole[1]
    editor.drag((x, y - 4), (x, faults.whole[3] + 4))
    button("tool-choose")
    start = middle(faults.beside)
    editor.click(start)
    editor.drag(start, middle(faults.shifted))
    button("tool-find")
    editor.click(middle(faults.missing))
    expect(page.locator("#box-count")).to_have_text(str(len(faults.true)))
    editor.saved()
    page.locator("[data-deed=accept]").first.click()


def by_keys(editor: Editor, faults: Faults, dataset: Path) -> None:
    page = editor.page
    order = list(faults.boxes)

    def choose(box: Box) -> None:
        """From the end of the list backwards: what was added last stands there."""
        editor.press("Escape", *["["] * (len(order) - order.index(box)))

    def move(by: int, less: str, more: str, *, far: bool = True) -> None:
        tens, ones = divmod(abs(by), 10) if far else (0, abs(by))
        key = more if by > 0 else less
        editor.press(*[f"Shift+{key}"] * tens, *[key] * ones)

    choose(faults.junk)
    editor.press("Delete")
    order.remove(faults.junk)
    choose(faults.beside)
    move(faults.shifted[1] - faults.beside[1], "ArrowUp", "ArrowDown")
    choose(faults.halves[0])
    editor.press("j")
    order[order.index(faults.halves[0])] = faults.cut
    order.remove(faults.halves[1])
    choose(faults.whole)
    editor.press("Shift+S")
    expect(page.locator("#box-count")).to_have_text(str(len(faults.true) - 1))
    editor.press("Escape", "n")
    expect(page.locator("#box-count")).to_have_text(str(len(faults.true)))
    editor.saved()
    (left, top, right, bottom), (x, y, x2, y2) = boxes_of(dataset, 2)[-1], faults.missing
    move(((x2 - x) - (right - left)) // 2, "Alt+ArrowLeft", "Alt+ArrowRight", far=False)
    move(((y2 - y) - (bottom - top)) // 2, "Alt+ArrowUp", "Alt+ArrowDown", far=False)
    move(x - left, "ArrowLeft", "ArrowRight")
    move(y - top, "ArrowUp", "ArrowDown")
    editor.saved()
    editor.press("Enter")


def see_what_is_missed(keys: Keyboard, picture: Path) -> None:
    """Boxes at once; the slider moves them."""
    page, boxes = keys.page, keys.page.locator("#single-boxes ocrweb-viewer[data-ready]")
    keys.press(".ocrweb-first [data-tour=no]")
    keys.choose("#single-picture button", picture)
    expect(boxes).to_be_visible()
    found = page.locator("#single-summary").inner_text()
    keys.press("#single-threshold input[type=range]", "End")
    expect(page.locator("#single-summary")).not_to_have_text(found, use_inner_text=True)


def label_by_model(keys: Keyboard, receipts: list[Path]) -> None:
    page = keys.page
    keys.press("#rail [data-go=datasets]")
    keys.tab("Auto-label")
    keys.choose("#dataset-autolabel-pictures button", *receipts)
    keys.type("#dataset-autolabel-name :is(input, textarea)", NAME)
    keys.press("#dataset-autolabel-start")
    expect(page.locator("#dataset-verdict [data-ok=true]")).to_be_visible()
    expect(page.locator("#dataset-chosen input")).to_have_value(NAME)


def correct_as_a_colleague(page: Page, faults: Faults, dataset: Path) -> None:
    """With the mouse; the queue leads to the next picture."""
    page.goto(f"{page.url.partition('?')[0]}labels/edit?dataset={NAME}")
    page.wait_for_selector("body[data-ready]")
    page.locator(".row[data-picture='train_images/1.png']").click()
    editor = Editor(page)
    editor.shows("train_images/1.png")
    by_mouse(editor, faults)
    editor.shows("train_images/2.png")
    is_true(dataset, 1, faults)


def correct(keys: Keyboard, faults: Faults, dataset: Path) -> None:
    """The second picture, and the others as they are."""
    page = keys.page
    keys.press("#dataset-label")
    page.wait_for_selector("body[data-ready]")
    assert parse_qs(urlparse(page.url).query)["dataset"] == [NAME]
    editor = Editor(page)
    keys.press("#open-help")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#open-help")).to_be_focused()
    keys.press(".row[data-picture='train_images/2.png']")
    editor.shows("train_images/2.png")
    keys.reach("#canvas")
    by_keys(editor, faults, dataset)
    editor.shows("train_images/3.png")
    is_true(dataset, 2, faults)
    editor.press("Enter")
    editor.shows("train_images/4.png")
    editor.press("Enter")
    expect(page.locator("#progress-words")).to_contain_text(f"{len(RECEIPTS)} of {len(RECEIPTS)}")
    editor.saved()
    keys.press("#back", way="Shift+Tab")


def train(keys: Keyboard, settings: Path) -> str:
    """With what was checked, and short settings from a file; the name of the run."""
    page = keys.page
    keys.press("#dataset-train")
    keys.press("#training-preset input:checked", "ArrowDown")
    expect(page.locator("#training-preset input >> nth=1")).to_be_checked()
    keys.press("#training-command-box button", way="Shift+Tab")
    keys.choose("#training-upload", settings)
    expect(page.locator("#training-said")).to_contain_text(settings.name)
    expect(page.locator("#training-checklist [data-ready=true]")).to_be_visible()
    expect(page.locator("[data-check=dataset]")).to_contain_text(f"only {len(RECEIPTS)}")
    expect(page.locator("[data-check=dataset]")).not_to_contain_text("nobody has checked")
    keys.press("#training-start")
    state = page.locator("#training-status [data-state]")
    expect(state).to_have_attribute("data-state", re.compile("starting|running|finished"))
    expect(state).to_have_attribute("data-state", "finished", timeout=240_000)
    return str(state.get_attribute("data-run"))


def use(keys: Keyboard, run: str, picture: Path) -> None:
    """In this browser, then for everyone."""
    page = keys.page
    keys.press("#training-use")
    expect(page.locator("#single-start")).to_be_visible()
    keys.choose("#single-picture button", picture)
    expect(page.locator("#single-summary")).to_contain_text(run)
    keys.tab("Models")
    keys.row("#models-table", run)
    expect(page.locator("#models-facts")).to_contain_text(run)
    keys.press("#models-use")
    expect(page.locator("#models-in-use")).to_contain_text(run)
    keys.press("#models-roll-back", way="Shift+Tab")
    expect(page.locator("#models-in-use")).not_to_contain_text(run)


def export(keys: Keyboard, run: str) -> None:
    """Chosen on the tab of models, in a size of its own, taken away as a zip."""
    page = keys.page
    keys.press("#models-export")
    expect(page.locator("#export-model input")).to_have_value(run)
    keys.press("#export-size input:checked", "ArrowDown")
    keys.type("#export-height input[type=number]", "320")
    keys.type("#export-width input[type=number]", "480")
    expect(page.locator("#export-command")).to_contain_text("--size 320x480")
    keys.press("#export-start")
    expect(page.locator("#export-download:not([disabled])")).to_be_visible(timeout=120_000)
    with page.expect_download() as taken:
        keys.press("#export-download")
    assert taken.value.suggested_filename.endswith(".zip")


def test_from_unlabelled_receipts_to_a_model_in_use_and_exported_without_a_mouse(
    visit: Callable[..., Page], console: Console, receipts: list[Path], tmp_path: Path
) -> None:
    keys = Keyboard(visit())
    dataset = console.home / "datasets" / NAME
    settings = tmp_path / "tiny.yml"
    settings.write_text(dump_yaml(TrainingConfig.model_validate(SETTINGS)), encoding="utf-8")

    see_what_is_missed(keys, receipts[0])
    label_by_model(keys, receipts)
    faults = {picture: spoil(dataset, picture) for picture in (1, 2)}
    correct_as_a_colleague(visit(), faults[1], dataset)
    correct(keys, faults[2], dataset)
    run = train(keys, settings)
    use(keys, run, receipts[0])
    export(keys, run)
    assert keys.used_no_mouse()
