"""What is written lies in its box, and the box is as snug as an annotator's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ocrweb.render.fonts import FACES, Type
from ocrweb.render.sheet import Sheet, fit, runs_of, width_of

LATIN = next(face for face in FACES if face.file == "open-sans.ttf")
CHINESE = next(face for face in FACES if face.file == "noto-sans-sc.otf")
KIND = Type(LATIN, CHINESE, 24)


def ink(sheet: Sheet) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(sheet.pixels().min(axis=2) < 128)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize("text", ["TOTAL 12.50", "gypsy", "合计金额", "合计 Total：¥99", "  indented"])
@pytest.mark.parametrize("stroke", [0, 2])
def test_the_box_holds_the_ink_with_a_little_air(text: str, stroke: int) -> None:
    sheet = Sheet(400, 80)
    sheet.write(30, 50, text, KIND.sized(24, stroke))
    (box,) = sheet.boxes
    left, top, right, bottom = ink(sheet)
    (x0, y0), (x1, y1) = box.points[0], box.points[2]
    assert box.text == text.strip()
    for air in (left - x0, top - y0, x1 - right, y1 - bottom):
        assert -0.5 <= air <= 4.5


def test_word_marks_give_one_box_a_word() -> None:
    sheet = Sheet(500, 80)
    sheet.write(250, 50, "NO ENTRY 出口 HERE", KIND, align="centre", mark="word")
    assert [box.text for box in sheet.boxes] == ["NO", "ENTRY", "出口", "HERE"]
    edges = [(box.points[0, 0], box.points[1, 0]) for box in sheet.boxes]
    assert all(end < start for (_, end), (start, _) in pairwise(edges))


@pytest.mark.parametrize(("mark", "count", "ignored"), [("line", 1, False), ("ignore", 1, True), ("none", 0, None)])
def test_marks_decide_about_boxes(mark: str, count: int, ignored: bool | None) -> None:
    sheet = Sheet(300, 80)
    sheet.write(10, 50, "a b c", KIND, mark=mark)
    assert len(sheet.boxes) == count
    assert all(box.ignore is ignored for box in sheet.boxes)


@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_alignment_is_about_x(align: str) -> None:
    sheet = Sheet(400, 80)
    sheet.write(200, 50, "Amount", KIND, align=align)  # type: ignore[arg-type]
    left, _, right, _ = ink(sheet)
    expected = {"left": left, "centre": (left + right) / 2, "right": right}[align]
    assert expected == pytest.approx(200, abs=3)


def test_characters_without_a_glyph_are_left_out() -> None:
    assert "".join(run.text for run in runs_of("合a\u9f98计", KIND)) == "合a计"


def test_the_chinese_face_begins_with_the_radicals_and_takes_chinese_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrweb.render.sheet.draws", lambda file, character: True)
    runs = [(run.text, run.chinese) for run in runs_of("a\u2e7f\u2e80“合”b—", KIND)]
    assert runs == [("a\u2e7f", False), ("\u2e80“合”", True), ("b", False), ("—", True)]


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_to_see_has_no_box_and_stays_where_it_was_asked_for(text: str) -> None:
    sheet = Sheet(100, 50)
    assert sheet.write(10, 30, text, KIND) == (10, 30, 10, 30)
    assert sheet.boxes == []


def test_fit_cuts_at_a_word() -> None:
    text = fit("one two three four", KIND, width_of("one two three", KIND) + 3)
    assert text == "one two three"
    assert fit("合计金额", KIND, width_of("合计", KIND) + 3) == "合计"
    assert fit("word", KIND, 1) == ""
