"""The process that reads a PDF, called in this one: what it answers, line by line, and the letters that it sends."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents import child, read_letters
from ocrweb.imaging.documents.letters import COLUMNS, Letters, _own_size, boxes_of, is_character, letters_of
from ocrweb.imaging.documents.opened import Documents
from tests.imaging.documents.made import drawn_pdf, pdf
from tests.imaging.pictures import corners, saved

UP = (0.5, 0.0, 0.0, -0.5, 10.0, 400.0)  # a page of 2 pixels a point, whose top left is at (10, 400) points
Answered = list[tuple[dict[str, Any], bytes]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answered]:
    """What the process says first, and then to each request: a line with the bytes that follow it."""
    limited: list[object] = []
    monkeypatch.setattr(child, "limit_self", limited.append)

    def run(data: bytes, *requests: dict[str, Any]) -> Answered:
        (tmp_path / "a.pdf").write_bytes(data)
        answers = io.BytesIO()
        child.main(
            str(tmp_path / "a.pdf"), io.BytesIO(b"".join(json.dumps(one).encode() + b"\n" for one in requests)), answers
        )
        assert limited == [child.LIMITS]
        limited.clear()
        answers.seek(0)
        found = []
        while line := answers.readline():
            said = json.loads(line)
            area = said.get("height", 0) * said.get("width", 0)
            found.append(
                (
                    said,
                    answers.read(
                        3 * area + ("letters" in said) * (area + said.get("letters", 0) + said.get("pictures", 0))
                    ),
                )
            )
        return found

    return run


@pytest.mark.parametrize(
    ("data", "said"),
    [(pdf(["a", "b"]), {"pages": 2}), (pdf(["a"], locked=True), {"error": "document.encrypted"}), (b"%PDF-1.4\nno", {"error": "document.damaged"})],
    ids=["good", "locked", "damaged"],
)  # fmt: skip
def test_first_it_says_how_many_pages_there_are_or_what_is_wrong(
    ask: Callable[..., Answered], data: bytes, said: dict[str, Any]
) -> None:
    assert ask(data) == [(said, b"")]


@pytest.mark.parametrize(
    ("size", "longest", "height"),
    [((420, 594), 1188, 1188), ((420, 594), 100, 891), ((420, 594), 9000, 2376), ((420, 594), 891, 891), ((594, 420), 1188, 840)],
)  # fmt: skip
def test_a_page_has_a_pixel_and_a_half_a_point_at_least_and_four_at_most(
    ask: Callable[..., Answered], size: tuple[int, int], longest: int, height: int
) -> None:
    (_, (said, pixels)) = ask(pdf(["HHHH"], size=size), {"page": 1, "longest": longest})
    assert said["height"] == height
    assert len(pixels) == 3 * said["height"] * said["width"]
    step = size[1] / height
    assert said["to_points"] == pytest.approx([step, 0, 0, -step, 0, size[1]], abs=0.01)
    assert said.keys() == {"height", "width", "to_points"}


def test_a_page_that_is_not_there_is_an_error_and_the_next_one_is_answered(ask: Callable[..., Answered]) -> None:
    answered = ask(pdf(["a"]), {"page": 2, "longest": 900}, {"page": 1, "longest": 900})
    assert answered[1] == ({"error": "document.page-damaged"}, b"")
    assert answered[2][0]["height"] == 900


def test_a_page_has_no_more_pixels_than_can_be_kept(
    ask: Callable[..., Answered], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "MOST_PIXELS", 10_000)
    (_, (said, _)) = ask(pdf(["a"]), {"page": 1, "longest": 900})
    assert said["height"] * said["width"] <= 10_300
    assert said["height"] > 110


@pytest.mark.parametrize("asked", [False, True])
def test_letters_ink_and_pictures_come_only_when_they_are_asked_for(ask: Callable[..., Answered], asked: bool) -> None:
    page = "BT /F1 24 Tf 60 500 Td (Ab c) Tj ET q 100 0 0 50 200 300 cm /Im Do Q q 1 0 0 1 30 40 cm /Form Do Q"
    (_, (said, data)) = ask(drawn_pdf([page]), {"page": 1, "longest": 1188, "letters": asked})
    if not asked:
        assert "letters" not in said
        return
    area = said["height"] * said["width"]
    ink = np.frombuffer(data[3 * area : 4 * area], np.uint8).reshape(said["height"], said["width"])
    rows = np.frombuffer(data[4 * area : 4 * area + said["letters"]], np.float32).reshape(-1, COLUMNS)
    pictures = np.frombuffer(data[4 * area + said["letters"] :], np.float32).reshape(-1, 4)
    np.testing.assert_allclose(pictures, [[200, 300, 300, 350]], atol=0.01)
    assert "".join(map(chr, rows[:, 0].astype(int))) == "Ab cin a form"
    assert set(rows[:, 1]) == {0}
    assert rows[0, 11:13] == pytest.approx([60, 500])
    assert rows[0, 17] == 24
    assert rows[0, 2] != rows[-1, 2], "the form's text is another object"
    assert rows[-1, 12] == pytest.approx(40)
    dark = np.argwhere(ink > 100)
    assert dark.min() > 0
    picture = ink[2 * (594 - 350) : 2 * (594 - 300), 400:600]
    assert picture.max() == 0, "a picture is no ink of the text"
    assert ink[2 * (594 - 525) : 2 * (594 - 495), 110:300].max() > 200
    assert ink[2 * (594 - 60) : 2 * (594 - 35), 55:200].max() > 200, "text in a form is text"


def test_text_that_is_declared_invisible_is_hidden_and_has_no_ink(ask: Callable[..., Answered]) -> None:
    page = "BT 3 Tr /F1 24 Tf 60 500 Td (Secret) Tj ET"
    (_, (said, data)) = ask(drawn_pdf([page]), {"page": 1, "longest": 900, "letters": True})
    area = said["height"] * said["width"]
    rows = np.frombuffer(data[4 * area : 4 * area + said["letters"]], np.float32).reshape(-1, COLUMNS)
    assert set(rows[:, 1]) == {1}
    assert not np.frombuffer(data[3 * area : 4 * area], np.uint8).any()
    assert said["pictures"] == 0


def test_a_page_with_too_many_letters_is_damaged(ask: Callable[..., Answered], monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"page": 1, "longest": 900, "letters": True}
    for most, error in ((5, False), (4, True)):
        monkeypatch.setattr(read_letters, "MOST_LETTERS", most)
        assert ("error" in ask(pdf(["abcde"]), request)[1][0]) is error


@pytest.mark.parametrize("most", [5, 4])
def test_what_is_opened_of_a_page_is_closed_again(
    ask: Callable[..., Answered], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Of one that is read as well as of one that is not: a process reads all pages of a document."""
    counts = dict.fromkeys(("FPDFText_LoadPage", "FPDFText_ClosePage"), 0)

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return real(*arguments)

        return call

    for name in counts:
        monkeypatch.setattr(read_letters.pdfium, name, counted(name, getattr(read_letters.pdfium, name)))
    monkeypatch.setattr(read_letters, "MOST_LETTERS", most)
    ask(pdf(["abcde"]), *[{"page": 1, "longest": 900, "letters": True}] * 2)
    assert list(counts.values()) == [2, 2]


def row(code: str | int, **changes: float) -> list[float]:
    """A letter of 10 by 20 points at (30, 300), whose pen goes to the right."""
    usual = {
        "code": ord(code) if isinstance(code, str) else code, "hidden": 0, "run": 4, "left": 30, "bottom": 300, "right": 40, "top": 320,
        "l": 30, "b": 295, "r": 42, "t": 325, "x": 30, "y": 300, "a": 1, "pen_y": 0, "c": 0, "d": 1, "font": 25,
    }  # fmt: skip
    return [float(value) for value in {**usual, **changes}.values()]


def letters(*rows: list[float]) -> Letters:
    return letters_of(np.array(rows, np.float32).tobytes(), UP)


def test_a_letter_in_points_becomes_one_in_pixels() -> None:
    found = letters(row("A", hidden=1))
    assert (found.codes.tolist(), found.hidden.tolist(), found.run.tolist(), found.place.tolist()) == (
        [65],
        [True],
        [4],
        [0],
    )
    assert found.origin.tolist() == [[40, 200]]
    assert found.box.tolist() == [[40, 160, 60, 200]]
    assert found.centre.tolist() == [[50, 180]]
    assert found.size.tolist() == [[20, 40]]
    assert (found.along.tolist(), found.em.tolist(), found.advance.tolist()) == ([[1, 0]], [50], [24])
    assert found.after_blank.tolist() == [-1], "no blank is written on the whole page"
    assert len(found) == 1


def test_blanks_are_left_out_and_remembered_by_the_letter_after_them() -> None:
    found = letters(row("A"), row(" "), row("B"), row("\t"), row("C"), row("D"))
    assert [chr(code) for code in found.codes] == ["A", "B", "C", "D"]
    assert found.after_blank.tolist() == [0, 1, 1, 0]
    assert found.place.tolist() == [0, 1, 2, 3]
    assert [chr(code) for code in found.only(np.array([True, False, False, True])).codes] == ["A", "D"]


@pytest.mark.parametrize("changes", [{"font": 0}, {"x": math.nan}, {"c": 0, "d": 0}])
def test_a_letter_without_size_or_place_is_left_out(changes: dict[str, float]) -> None:
    assert [chr(code) for code in letters(row("A", **changes), row("B")).codes] == ["B"]


def test_a_pen_that_goes_nowhere_goes_to_the_right_and_a_turned_one_downwards() -> None:
    assert letters(row("A", a=0)).along.tolist() == [[1, 0]]
    assert letters(row("A", a=0, pen_y=-1)).along.tolist() == [[0, 1]]
    assert letters(row("A", font=-25)).em.tolist() == [50]


@pytest.mark.parametrize("degrees", [0, 10, 25, 70, 90])
def test_the_size_of_a_turned_glyph_comes_back_from_its_upright_box(degrees: int) -> None:
    turn = math.radians(degrees)
    wide, tall = 8.0, 20.0
    outer = np.array([[wide * math.cos(turn) + tall * math.sin(turn), wide * math.sin(turn) + tall * math.cos(turn)]])
    along = np.array([[math.cos(turn), math.sin(turn)]])
    found = _own_size(outer, along, np.array([25.0]), np.array([9.0]))
    np.testing.assert_allclose(found, [[wide, tall]], atol=1e-6)


def test_near_45_degrees_the_pen_and_the_font_tell_it() -> None:
    along = np.array([[math.cos(math.pi / 4), math.sin(math.pi / 4)]] * 3)
    outer = np.array([[20.0, 20.0]] * 2 + [[2.0, 2.0]])
    found = _own_size(outer, along, np.array([25.0, 25.0, 25.0]), np.array([9.0, -9.0, 9.0]))
    np.testing.assert_allclose(found, [[9, 25], [0, 25], [4 / math.sqrt(2)] * 2], atol=1e-6)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(0, False), (1, True), (0xD7FF, True), (0xD800, False), (0xDFFF, False), (0xE000, True), (0x10FFFF, True), (0x110000, False), (-1, False)],
)  # fmt: skip
def test_half_a_character_is_none(code: int, expected: bool) -> None:
    assert is_character(code) is expected


def test_boxes_of_pictures_become_upright_pixels() -> None:
    data = np.array([[30, 300, 40, 320]], np.float32).tobytes()
    assert boxes_of(data, UP).tolist() == [[40, 160, 60, 200]]
    assert boxes_of(b"", UP).shape == (0, 4)


def test_what_is_no_document_has_no_pages(tmp_path: Path) -> None:
    documents = Documents()
    (tmp_path / "a.png").write_bytes(saved(corners(), "PNG"))
    (tmp_path / "one.tif").write_bytes(saved(corners(), "TIFF"))
    (tmp_path / "bad.tif").write_bytes(b"II*\0junk")
    (tmp_path / "empty.pdf").touch()
    for name in ("a.png", "one.tif", "bad.tif", "empty.pdf", "absent.pdf"):
        assert documents.pages(tmp_path / name, name) == 0
    (tmp_path / "locked.pdf").write_bytes(pdf(["a"], locked=True))
    with pytest.raises(OcrwebError) as caught:
        documents.pages(tmp_path / "locked.pdf", "shown.pdf")
    assert (caught.value.code, caught.value.where) == ("document.encrypted", "shown.pdf")
    documents.close()
