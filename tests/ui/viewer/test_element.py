"""The element that shows a picture, as HTML: a document that texts of any origin cannot leave, and addresses that open."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qs, unquote

import numpy as np
import pytest

from ocrweb import messages
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.access.file_address import opens
from ocrweb.ui.viewer import element
from ocrweb.ui.viewer.element import (
    Kind,
    Layers,
    ShownBox,
    detected,
    held_against,
    labelled_map_address,
    listed_boxes,
    proposed_address,
    viewer,
)
from ocrweb.ui.viewer.routes import FOLDER

QUAD = np.array([[1, 2], [30, 2], [30, 12], [1, 12]], np.float32)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


def document_of(markup: str) -> dict[str, object]:
    (attribute,) = re.findall(r'data-document="([^"]*)"', markup)
    return dict(json.loads(html.unescape(attribute)))


def test_the_document_has_the_boxes_of_both_results() -> None:
    outline = np.array([[1, 2], [15, 1], [30, 2], [30, 12], [1, 12]], np.float32)
    regions = (TextRegion(QUAD, 0.91236), TextRegion(QUAD, 0.5, outline))
    result = DetectionResult("a.png", 40, 20, "mine", "CPU", 0.2, regions=regions)
    markup = viewer("/tmp/a.jpg", Layers(detected(result), "mine", ("other", (ShownBox(QUAD, "missed"),))), "en")
    document = document_of(markup)
    assert document["name"] == "mine"
    assert document["boxes"] == [
        {"points": QUAD.tolist(), "kind": "detection", "text": "", "score": 0.9124},
        {"points": outline.tolist(), "kind": "detection", "text": "", "score": 0.5},
    ]
    missed = {"points": QUAD.tolist(), "kind": "missed", "text": "", "score": None}
    assert document["other"] == {"name": "other", "boxes": [missed]}
    assert (document["map"], document["edit"]) == (None, None)


def test_a_text_and_a_name_never_leave_their_attribute() -> None:
    hostile = "\"'><script>alert(1)</script>"
    markup = viewer(f"/tmp/{hostile}.jpg", Layers((ShownBox(QUAD, "label", hostile),), hostile), "zh")
    assert "<script" not in markup
    (box,) = document_of(markup)["boxes"]  # type: ignore[misc]
    assert box["text"] == hostile


def test_the_address_of_the_picture_has_the_key_that_opens_it() -> None:
    markup = viewer("/tmp/页 1#.jpg", Layers(), "en")
    (address,) = re.findall(r'data-picture="([^"]*)"', markup)
    path, _, key = address.removeprefix("gradio_api/file=").partition("?key=")
    assert unquote(path) == "/tmp/页 1#.jpg"
    assert opens("/tmp/页 1#.jpg", key)


def test_every_word_that_the_scripts_say_is_there_in_both_languages() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js"))
    said = set(re.findall(r'say\("([a-z]+)"\)|words\.([a-z]+)|zoom\("[^"]+", "([a-z]+)"', scripts))
    words = {word for found in said for word in found if word} | set(get_args(Kind))
    for lang in ("en", "zh"):
        assert set(messages.load_area(lang, "text", "ui_viewer")) == words


def test_boxes_of_a_result_document_are_those_of_its_detection() -> None:
    document = {"boxes": [[1, 2, 30, 2, 30, 12, 1, 12], [5, 5, 9, 5, 9, 8, 5, 8]], "scores": [0.9, 0.25]}
    first, second = listed_boxes(document)
    assert first.to_dict() == {"points": QUAD.tolist(), "kind": "detection", "text": "", "score": 0.9}
    assert second.to_dict()["points"] == [[5, 5], [9, 5], [9, 8], [5, 8]]
    assert second.score == 0.25


def test_another_result_that_is_fetched_later_and_the_layers_are_told_by_their_addresses() -> None:
    layers = Layers((), "mine", ("other", "viewer/seen?file=a"), map="viewer/map?handle=b", edit="labels/edit?c=d")
    document = document_of(viewer("/tmp/a.jpg", layers, "en"))
    assert document["other"] == {"name": "other", "address": "viewer/seen?file=a"}
    assert (document["map"], document["edit"], document["boxes"]) == ("viewer/map?handle=b", "labels/edit?c=d", [])
    assert document_of(viewer("/tmp/a.jpg", Layers(), "en"))["other"] is None


def test_a_picture_of_a_dataset_is_asked_for_by_its_names_and_by_a_model_where_one_is_chosen() -> None:
    for address, place in ((labelled_map_address, "labels/api/map"), (proposed_address, "labels/api/propose")):
        asked = {"dataset": ["a b"], "picture": ["train/页.jpg"]}
        path, _, query = address("a b", "train/页.jpg").partition("?")
        assert (path, parse_qs(query)) == (place, asked)
        assert parse_qs(address("a b", "train/页.jpg", "m").partition("?")[2]) == asked | {"model": ["m"]}


@pytest.mark.parametrize(("other", "beside"), [("", None), ("second", "Second")])
def test_a_models_boxes_are_held_against_another_ones_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, other: str, beside: str | None
) -> None:
    monkeypatch.setattr(element, "another_model", lambda model: other)
    monkeypatch.setattr(element, "title_of", str.title)
    layers = held_against("/tmp/a.jpg", (ShownBox(QUAD, "detection"),), "first")
    assert (layers.name, len(layers.boxes)) == ("First", 1)
    assert parse_qs(layers.map.partition("?")[2])["model"] == ["first"]
    assert (layers.other and layers.other[0]) == beside
    if layers.other:
        asked = parse_qs(str(layers.other[1]).partition("?")[2])
        assert (asked["file"], asked["model"]) == (["/tmp/a.jpg"], ["second"])
