"""One picture of a dataset: small with what was found in it, in full with its boxes, and the way to its labels."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config.editor_address import editor_address
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import view as dataset_view
from ocrweb.ui.datasets import one_picture
from ocrweb.ui.datasets.one_picture import Opened
from tests.sample_pages import sample_pages


@pytest.fixture(autouse=True)
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody has checked."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr(one_picture, "report_of", lambda name: None)
    sample_pages(tmp_path / "datasets" / "pages", train=1, test=1, seed=1)


def first() -> Any:
    return dataset_view.page_of("pages", 1, 2, None, report=None).items[0]


def found(*rules: str) -> Any:
    return dataclasses.replace(first(), findings=rules)


def test_a_small_picture_says_its_boxes_and_the_first_two_of_what_was_found_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(one_picture.scratch, "show", lambda pixels: pixels)
    item = found("label.a", "label.b", "label.c")
    name = item.shown_name.rpartition("/")[2]
    pixels, words = one_picture.thumbnail("pages", item, None, "en")
    assert re.fullmatch(rf"{re.escape(name)} · boxes: \d+ ⚠ label\.a, label\.b", words)
    assert max(pixels.shape) <= one_picture.THUMBNAIL  # type: ignore[attr-defined]
    assert one_picture.thumbnail("pages", found(), None, "en")[1].count("⚠") == 0

    def broken(*_: Any) -> Any:
        raise OcrwebError("image.truncated", where="a.png")

    monkeypatch.setattr(one_picture.dataset_view, "picture_view", broken)
    crossed, words = one_picture.thumbnail("pages", item, None, "en")
    assert words == f"✗ {name} ⚠ label.a, label.b"
    height, width, _ = crossed.shape  # type: ignore[attr-defined]
    assert height * 4 == width * 3
    red = [tuple(crossed[height // 2 + y, width // 2 + x]) for x, y in ((0, 0), (40, 40), (-40, 40), (40, -40))]  # type: ignore[index]
    assert len(set(red)) == 1
    assert red[0][2] > 2 * red[0][0]
    grey = [tuple(crossed[height // 2 + y, width // 2 + x]) for x, y in ((0, 60), (60, 0), (80, 80))]  # type: ignore[index]
    assert len(set(grey)) == 1
    assert len(set(grey[0])) == 1


@pytest.mark.parametrize(
    ("mode", "side", "layers"), [("boxes", "full", True), ("plain", "full", False), ("shrink", "train", False)]
)
def test_a_picture_in_full_is_as_large_as_it_is_and_a_map_as_training_sees_it(
    monkeypatch: pytest.MonkeyPatch, mode: str, side: str, layers: bool
) -> None:
    asked: list[Any] = []
    real = one_picture.dataset_view.picture_view

    def view(name: str, item: Any, drawn: Any, most: int, report: Any) -> Any:
        asked.append((drawn, most))
        return real(name, item, drawn, most, report)

    opened = Opened("pages", first())
    monkeypatch.setattr(one_picture.dataset_view, "picture_view", view)
    words, shown = one_picture.in_full(opened, mode, "en")
    assert asked == [
        ("shrink" if side == "train" else "plain", one_picture.TRAIN_SIDE if side == "train" else one_picture.FULL_SIDE)
    ]
    assert ("labels/api/propose" in html.unescape(shown)) is layers
    assert ("labels/api/map" in html.unescape(shown)) is layers
    assert html.escape(editor_address("pages", opened.item.image)) in words
    nowhere = Opened("pages", dataclasses.replace(opened.item, image=""))
    assert one_picture.editor_link("pages", nowhere.item, "en") == ""


def test_boxes_with_a_finding_stand_out_and_those_that_count_for_nothing_look_so() -> None:
    boxes = [SimpleNamespace(outline=[[number, 0]], ignore=number == 2, text=str(number)) for number in range(3)]
    shown = one_picture.labelled(SimpleNamespace(boxes=boxes, marked={0}))  # type: ignore[arg-type]
    assert [(box.kind, box.text, box.points) for box in shown] == [
        ("marked", "0", [[0, 0]]), ("label", "1", [[1, 0]]), ("ignored", "2", [[2, 0]]),
    ]  # fmt: skip
