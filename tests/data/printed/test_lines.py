"""Letters become the lines that a reader sees: on both sides of every gap, size and angle that decides."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ocrweb.data.printed.lines import Line, lines_of, upwards
from ocrweb.imaging.documents.letters import Letters

EM, WIDTH, HEIGHT = 20.0, 0.5, 0.7  # a glyph is half an em wide and stands 0.7 em high on its baseline
Placed = tuple[str, float, float]


class Page:
    """Letters where they are put, in the order in which they are."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float, float, float, int, int]] = []

    def put(
        self, text: str, x: float, y: float, *, gap: float = 0.0, em: float = EM, angle: float = 0.0, run: int = 0,
        blank: int = -1, step: tuple[float, float] | None = None,
    ) -> Page:  # fmt: skip
        """A text from (x, y), its baseline's start. gap: em between its letters. blank: `after_blank` of the first; the others
        have 0 where that is known. step: from letter to letter, pixels."""
        turn = math.radians(angle)
        way = step or ((WIDTH + gap) * em * math.cos(turn), (WIDTH + gap) * em * math.sin(turn))
        for number, sign in enumerate(text):
            known = blank if number == 0 or blank < 0 else 0
            self.rows.append((sign, x + number * way[0], y + number * way[1], em, angle, run, known))
        return self

    @property
    def letters(self) -> Letters:
        codes, x, y, em, angle, run, blank = zip(*self.rows, strict=True)
        turn, size = np.radians(angle), np.array(em)[:, None]
        along = np.round(np.column_stack([np.cos(turn), np.sin(turn)]), 12)
        origin = np.column_stack([x, y]).astype(float)
        centre = origin + along * WIDTH / 2 * size + upwards(along) * HEIGHT / 2 * size
        reach = np.abs(along) * WIDTH / 2 * size + np.abs(upwards(along)) * HEIGHT / 2 * size
        return Letters(
            codes=np.array([0 if sign == "?" else ord(sign) for sign in codes], np.int32), hidden=np.zeros(len(codes), bool),
            run=np.array(run, np.int32), place=np.arange(len(codes)), after_blank=np.array(blank, np.int8), origin=origin, along=along,
            em=np.array(em, float), box=np.column_stack([centre - reach, centre + reach]), centre=centre,
            size=np.column_stack([WIDTH * size, HEIGHT * size]), advance=WIDTH * np.array(em),
        )  # fmt: skip

    def lines(self) -> list[Line]:
        return lines_of(self.letters)

    def texts(self) -> list[str]:
        return sorted(line.text for line in self.lines())


def end(text: str, x: float = 0.0) -> float:
    return x + len(text) * WIDTH * EM


@pytest.mark.parametrize(("gap", "texts"), [(0.1, ["Teaisgood"]), (0.17, ["Tea isgood"]), (1.05, ["Tea isgood"]), (1.15, ["Tea", "isgood"])])  # fmt: skip
def test_words_that_follow_each_other_are_one_line_up_to_an_em(gap: float, texts: list[str]) -> None:
    assert Page().put("Tea", 0, 100).put("isgood", end("Tea") + gap * EM, 100).texts() == texts


@pytest.mark.parametrize(("gap", "apart"), [(0.5, False), (0.7, True)])
def test_words_that_stand_elsewhere_in_the_file_are_parted_sooner(gap: float, apart: bool) -> None:
    page = Page().put("Tea", 0, 100).put("x", 0, 300, run=1).put("good", end("Tea") + gap * EM, 100, run=2)
    assert page.texts() == (["Tea", "good", "x"] if apart else ["Tea good", "x"])


@pytest.mark.parametrize(
    ("between", "gap", "parts"), [(0.5, 1.55, 1), (0.5, 1.65, 2), (0.26, 1.05, 1), (0.26, 1.15, 2), (0.8, 2.5, 1), (0.8, 2.6, 2), (0.95, 1.2, 2)]
)  # fmt: skip
def test_a_text_that_is_set_wide_has_wider_gaps_between_its_words(between: float, gap: float, parts: int) -> None:
    first = Page().put("WIDE", 0, 100, gap=between)
    start = 4 * WIDTH * EM + 3 * between * EM + gap * EM
    assert len(first.put("SET", start, 100, gap=between).lines()) == parts


@pytest.mark.parametrize(
    ("blank", "gap", "run", "text"),
    [
        (1, 0.0, 0, "ab cd"), (0, 0.5, 0, "abcd"), (0, 0.6, 0, "ab cd"), (0, 0.2, 1, "ab cd"), (1, 0.0, 1, "abcd"), (-1, 0.2, 0, "ab cd"), (-1, 0.1, 0, "abcd"),
    ],
)  # fmt: skip
def test_a_blank_is_where_it_is_written_and_else_where_the_gap_is_wide(blank: int, gap: float, run: int, text: str) -> None:  # fmt: skip
    page = Page().put("ab", 0, 100, blank=min(blank, 0)).put("cd", end("ab") + gap * EM, 100, run=run, blank=blank)
    assert page.texts() == [text]


def test_gaps_are_wide_beside_those_of_the_same_line() -> None:
    assert Page().put("abcd", 0, 100, gap=0.2).texts() == ["abcd"]
    row = Page().put("abc", 0, 100, gap=0.12)
    assert row.put("def", 3 * 0.62 * EM + 0.12 * EM, 100, gap=0.12).texts() == ["abc def"]


@pytest.mark.parametrize(("lower", "rows"), [(0.15, 1), (0.25, 1), (0.4, 2), (1.2, 2)])
def test_letters_share_a_line_whose_bodies_share_most_of_their_height(lower: float, rows: int) -> None:
    """Baselines apart by less than a fifth of an em are one; a little further they are joined where they stand beside."""
    assert len(Page().put("9", 0, 100).put("95", end("9"), 100 + lower * EM, run=1).lines()) == rows


@pytest.mark.parametrize(("gap", "texts"), [(0.5, ["12 50"]), (0.7, ["12", "50"])])
def test_raised_cents_belong_to_their_price_when_they_stand_close(gap: float, texts: list[str]) -> None:
    assert Page().put("12", 0, 100).put("50", end("12") + gap * EM / 2, 95, em=EM / 2).texts() == texts


def test_the_rows_of_a_column_are_lines_from_their_own_letters() -> None:
    page = Page()
    for row in range(5):
        page.put(f"row{row}", 10, 100 + 24 * row, run=row)
    assert page.texts() == [f"row{row}" for row in range(5)]
    assert sorted(index for line in page.lines() for index in line.letters.tolist()) == list(range(20))


@pytest.mark.parametrize(("offset", "text"), [(0.0, "bo"), (0.15, "bo"), (0.19, "bo"), (0.21, "bboo"), (0.5, "bboo")])
def test_letters_drawn_again_in_almost_the_same_place_count_once(offset: float, text: str) -> None:
    """Within two fifths of their width, which is half an em."""
    page = Page().put("b", 0, 100).put("b", offset * EM, 100).put("o", 24, 100).put("o", 24 + offset * EM, 100)
    assert page.texts()[0].replace(" ", "") == text


def test_other_letters_in_the_same_place_all_count() -> None:
    assert Page().put("b", 0, 100).put("o", 1, 100).texts() == ["bo"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Sum....5", [("", True), ("5", False), ("Sum", False)]), ("Sum...5", [("Sum...5", False)]), ("----", [("----", True)]), ("---", [("---", False)]),
        ("00000", [("00000", False)]), ("====ab", [("====", True), ("ab", False)]), ("ab----", [("----", True), ("ab", False)]), ("....----", [("----", True), ("....", True)]),
    ],
)  # fmt: skip
def test_rows_of_one_sign_are_no_words_and_part_what_stands_beside_them(text: str, pieces: list[tuple[str, bool]]) -> None:  # fmt: skip
    found = sorted((line.text, line.rule) for line in Page().put(text, 0, 100).lines())
    assert found == sorted((piece or "....", rule) for piece, rule in pieces)


def test_a_line_with_a_letter_that_nobody_can_name_has_no_text() -> None:
    (line,) = Page().put("ab?d", 0, 100).lines()
    assert (line.text, len(line.letters)) == ("", 4)


def test_what_is_written_from_the_right_reads_from_the_right() -> None:
    assert Page().put("םולש", 0, 100).texts() == ["שלום"]
    assert Page().put("ab ם"[:2] + "ם", 0, 100).texts() == ["abם"]


def test_a_line_knows_its_frame_its_size_and_its_way() -> None:
    (line,) = Page().put("ab", 30, 100).put("c", end("ab", 30), 100, em=EM * 1.2).lines()
    assert line.text == "abc"
    np.testing.assert_allclose(line.frame, (30, -100, 50 + 12, -100 + 0.7 * 24), atol=1e-9)
    assert (line.em, line.along.tolist(), line.up.tolist(), line.rule) == (24, [1, 0], [0, -1], False)


@pytest.mark.parametrize(("angle", "told"), [(0.2, 0.0), (-0.2, 0.0), (0.4, 0.4), (90.2, 90.0), (89.5, 89.5), (137.0, 137.0), (270.1, 270.0)])  # fmt: skip
def test_a_line_that_is_nearly_upright_is_upright(angle: float, told: float) -> None:
    (line,) = Page().put("level", 100, 100, angle=angle).lines()
    assert line.text == "level"
    assert math.degrees(math.atan2(line.along[1], line.along[0])) % 360 == pytest.approx(told, abs=0.01)


def test_lines_of_other_angles_do_not_mix() -> None:
    page = Page().put("level", 0, 100).put("tilted", 40, 90, angle=5).put("down", 200, 100, angle=90)
    assert page.texts() == ["down", "level", "tilted"]


def test_a_text_that_is_set_downwards_is_read_downwards() -> None:
    (line,) = Page().put("票据号", 100, 50, step=(0, 26)).lines()
    assert line.text == "票据号"
    np.testing.assert_allclose(line.along, (0, 1), atol=1e-9)
    np.testing.assert_allclose((line.frame[0], line.frame[2]), (50 - 14, 50 + 52), atol=1e-6)


def test_several_texts_below_each_other_are_none() -> None:
    page = Page().put("a", 100, 50, run=1).put("b", 100, 76, run=2).put("c", 100, 102, run=3)
    assert page.texts() == ["a", "b", "c"]
    assert all(line.along.tolist() == [1, 0] for line in page.lines())


def stamp(text: str, bend: float, step: float = 0.8, start: float = -20.0) -> Page:
    """Letters that each turn by so many degrees more, so many em apart."""
    page, x, y, angle = Page(), 300.0, 300.0, start
    for sign in text:
        page.put(sign, x, y, angle=angle)
        angle += bend
        x, y = x + step * EM * math.cos(math.radians(angle)), y + step * EM * math.sin(math.radians(angle))
    return page


@pytest.mark.parametrize(
    ("text", "bend", "step", "whole"), [("ROUND", 10, 0.8, True), ("ROUND", -10, 0.8, True), ("ROUN", 10, 0.8, True), ("ROU", 10, 0.8, False), ("ROUND", 50, 0.8, False), ("ROUND", 10, 2.6, False)]
)  # fmt: skip
def test_letters_that_follow_a_bend_are_one_line_from_four_on(text: str, bend: float, step: float, whole: bool) -> None:
    found = stamp(text, bend, step).texts()
    assert (found == [text]) is whole
    if not whole:
        assert len(found) == len(text)


@pytest.mark.parametrize(
    ("bend", "whole"), [(44.5, True), (-44.5, True), (45.5, False), (1.8, True), (1.2, False), (-1.8, True)]
)
@pytest.mark.parametrize("start", [-20.0, 130.0, 178.0, -179.0])
def test_a_bend_is_as_strong_wherever_it_begins(bend: float, whole: bool, start: float) -> None:
    lines = stamp("ROUND", bend, start=start).lines()
    assert (len(lines) == 1 and len(lines[0].letters) == 5) is whole


def test_letters_between_which_another_is_written_follow_no_bend() -> None:
    letters = stamp("ROUND", 10).letters
    assert len(lines_of(letters)) == 1
    assert len(lines_of(replace(letters, place=np.array([0, 1, 2, 4, 5])))) == 5


def test_a_line_on_a_bend_lies_around_its_letters_and_reads_their_way() -> None:
    page = stamp("ROUND STAMP".replace(" ", ""), 8)
    (line,) = page.lines()
    corners = np.concatenate([page.letters.box[:, :2], page.letters.box[:, 2:]])
    inside = corners @ np.array([line.along, line.up]).T
    assert (inside >= np.array(line.frame[:2]) - 1e-3).all()
    assert (inside <= np.array(line.frame[2:]) + 1e-3).all()
    assert line.along @ page.letters.along.mean(axis=0) > 0
    assert (line.em, line.rule) == (EM, False)


def test_nothing_gives_no_lines() -> None:
    letters = Page().put("a", 0, 0).letters
    assert lines_of(letters.only(np.zeros(1, bool))) == []
