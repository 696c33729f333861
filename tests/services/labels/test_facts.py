"""What is known of a picture's labels, how a map shall be read, and where a model sees text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.labels import facts, heat
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.facts import LabelFacts, label_facts, label_version, picture_size
from ocrweb.services.labels.settings import decode_given

ONE, BLANK = "train_images/1.png", "train_images/3.png"
SIZE = (200, 120)


def test_boxes_and_faults_are_those_of_the_file_as_it_is_now(labelled: LabelledSet) -> None:
    place = labelled.place(ONE)
    assert picture_size(place) == SIZE
    assert label_facts(place, SIZE) == LabelFacts(2, 1, ())
    place.label.write_text("10,10,110,10,110,40,10,40,Total\n1,2,3\n300,10,340,10,340,40,300,40,out\n")
    told = label_facts(place, SIZE)
    assert (told.boxes, told.ignored) == (2, 0)
    assert "label.too-few" in told.findings
    assert list(told.findings) == sorted(set(told.findings))
    assert len(told.findings) > len(
        label_facts(place, (2000, 2000)).findings
    )  # in a larger picture nothing lies outside
    assert label_facts(labelled.place(BLANK), SIZE) == LabelFacts()  # a page without text
    place.label.unlink()
    assert label_facts(place, SIZE) == LabelFacts()
    place.label.mkdir()
    assert label_facts(place, SIZE) == LabelFacts(findings=("label.unreadable",))


def test_what_is_no_picture_has_no_size(labelled: LabelledSet) -> None:
    place = labelled.place(ONE)
    place.image.write_bytes(b"x")
    assert picture_size(place) is None
    place.image.unlink()
    assert picture_size(place) is None


def test_a_version_changes_with_the_labels_and_with_the_outlines_beside_them(labelled: LabelledSet) -> None:
    place, other = labelled.place(ONE), labelled.place(BLANK)
    first = label_version(place)
    assert first not in ("", label_version(other))
    outlines = facts.outlines_file(place.label)
    outlines.parent.mkdir(parents=True, exist_ok=True)
    outlines.write_bytes(b"{}")
    second = label_version(place)
    place.label.write_bytes(b"")
    assert len({first, second, label_version(place)}) == 3


def test_nothing_is_read_again_that_did_not_change(labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch) -> None:
    place = labelled.place(ONE)
    first = (picture_size(place), label_facts(place, SIZE), label_version(place))
    for name in ("read_header", "scan_label_bytes", "read_files"):
        monkeypatch.setattr(facts, name, lambda *given, **more: pytest.fail("read again"))
    assert (picture_size(place), label_facts(place, SIZE), label_version(place)) == first


USUAL = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, (0.3, 0.6, 1.5)), ({"threshold": None, "unclip_ratio": None}, (0.3, 0.6, 1.5)), ({"unclip_ratio": 2}, (0.3, 0.6, 2.0)),
        ({"threshold": 0.2}, (0.2, None, 1.5)), ({"threshold": 0.2, "unclip_ratio": 2.5, "box_threshold": 0.9}, (0.2, None, 2.5)),
    ],
)  # fmt: skip
def test_a_setting_that_is_given_stands_for_the_usual_one(values: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    """Who asks for weaker text wants its boxes too: the threshold of boxes follows."""
    found = decode_given(values, USUAL)
    assert (found.threshold, found.box_threshold, found.unclip_ratio) == wanted


@pytest.mark.parametrize(
    "values",
    [{"threshold": "0.3"}, {"threshold": True}, {"unclip_ratio": float("nan")}, {"threshold": 1.5}, {"unclip_ratio": -1}, {"threshold": 0.3, "unclip_ratio": []}],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(OcrwebError, match=r"labels\.bad-settings"):
        decode_given(values, USUAL)


def test_heat_is_that_of_the_model_asked_for_else_of_the_one_that_labels(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def get(place: Any, model: str) -> Any:
        asked.append((place.picture, model))
        return SimpleNamespace(map=np.full((4, 4), 0.0 if model == "blind" else 0.9, np.float32))

    monkeypatch.setattr(heat, "labelling_model", lambda labelled: "labels")
    monkeypatch.setattr(heat, "check_model", lambda name: name)
    maps: Any = SimpleNamespace(get=get)
    assert (heat.heat_of(labelled, ONE, maps=maps) or b"").startswith(b"\x89PNG")
    assert heat.heat_of(labelled, ONE, "blind", maps) is None
    assert asked == [(ONE, "labels"), (ONE, "blind")]
    with pytest.raises(OcrwebError, match=r"store\.no-such-picture"):
        heat.heat_of(labelled, "train_images/9.png", maps=maps)
