"""SynthText's ground truth: words of every picture, in whatever way MATLAB stored them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.formats.matlab import is_synthtext
from ocrweb.data.formats.options import ImportOptions
from ocrweb.data.formats.plan import ImportPlan, plan_import
from ocrweb.data.formats.write import report_of
from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import LOW
from tests.data.formats.mat_file import gt_mat
from tests.data.formats.sources import QUAD, TILTED, put

NAMES, QUADS, TEXTS = ["8/a_1.jpg", "9/b.jpg"], [[QUAD, TILTED], [LOW]], [["two words "], ["one"]]


def planned(folder: Path, data: bytes) -> ImportPlan:
    put(folder, "8/a_1.jpg", "9/b.jpg")
    (folder / "gt.mat").write_bytes(data)
    plan = plan_import(folder, ImportOptions(val_ratio=0))
    assert report_of(plan).accounted
    return plan


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("dtype", ["f8", "f4", "u1"])
def test_words_and_boxes_are_read(tmp_path: Path, dtype: str, packed: bool) -> None:
    plan = planned(tmp_path, gt_mat(NAMES, QUADS, TEXTS, packed=packed, dtype=dtype))
    assert plan.format == "synthtext"
    assert {picture.file: [(box.points.tolist(), box.text) for box in picture.boxes] for picture in plan.pictures} == {
        "8/a_1.jpg": [(QUAD, "two"), (TILTED, "words")],
        "9/b.jpg": [(LOW, "one")],
    }


def test_texts_that_are_not_as_many_as_boxes_are_not_guessed(tmp_path: Path) -> None:
    plan = planned(tmp_path, gt_mat(NAMES, QUADS, [["three", "more words"], ["one"]]))
    assert [box.text for picture in plan.pictures for box in picture.boxes] == ["", "", "one"]


def test_a_damaged_file_is_no_source(tmp_path: Path) -> None:
    data = gt_mat(NAMES, QUADS, TEXTS)
    for size in range(0, len(data), 37):
        assert not is_synthtext(data[:size])
    with pytest.raises(OcrwebError, match="unknown"):
        planned(tmp_path, data[:200])
    flipped = bytearray(gt_mat(NAMES, QUADS, TEXTS, packed=False))
    for place in range(128, len(flipped), 11):
        assert refusal(tmp_path, bytes([*flipped[:place], flipped[place] ^ 0xFF, *flipped[place + 1 :]])) in REFUSALS


REFUSALS = ("", "formats.unknown", "formats.no-pictures")


def refusal(folder: Path, data: bytes) -> str:
    try:
        planned(folder, data)
    except OcrwebError as refused:
        return refused.code
    return ""
