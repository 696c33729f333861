from __future__ import annotations

import numpy as np
import pytest

from ocrweb.evaluation import looks


def box(left: float, top: float, width: float, height: float, turned: float = 0) -> np.ndarray:
    """(4, 2): a box turned around its top left corner, degrees clockwise on the screen."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    sine, cosine = np.sin(np.radians(turned)), np.cos(np.radians(turned))
    return (corners @ np.array([[cosine, sine], [-sine, cosine]]) + [left, top]).astype(np.float32)


def test_a_value_on_an_edge_belongs_to_the_higher_group() -> None:
    assert looks.groups_by("height", [0, 11.99, 12, 24, 47.9, 48, 1e9]) == [
        "0-12", "0-12", "12-24", "24-48", "24-48", "48-", "48-",
    ]  # fmt: skip
    assert looks.groups_by("crowding", [0.2, 0.25, np.inf]) == ["0-0.25", "0.25-1", "1-"]
    assert looks.groups_by("angle", []) == []
    assert looks.names_of("script") == []
    assert looks.names_of("angle") == ["0-5", "5-30", "30-60", "60-"]


def test_the_height_is_the_shorter_side_of_a_box_and_of_an_outline_however_turned() -> None:
    curved = np.array([[0, 0], [50, 0], [100, 0], [100, 20], [50, 20], [0, 20]], np.float32)
    assert looks.heights([box(5, 5, 90, 30), box(50, 0, 30, 90), box(0, 0, 90, 30, 40), curved]) == pytest.approx(
        [30, 30, 30, 20], abs=0.01
    )


@pytest.mark.parametrize(
    ("outline", "angle"),
    [
        (box(0, 0, 100, 20), 0),
        (box(0, 0, 100, 20, 25), 25),
        (box(0, 0, 100, 20, -25), 25),
        (box(0, 0, 20, 100), 90),
        (box(0, 0, 20, 100, 10), 80),
        (box(0, 0, 20, 30), 0),  # one digit
        (box(0, 0, 30, 30, 45), 45),
        (np.array([[0, 0], [60, 60], [120, 120], [110, 130], [50, 70], [-10, 10]], np.float32), 45),
    ],
)
def test_the_angle_is_that_of_the_line_and_a_lone_letter_stands_level(outline: np.ndarray, angle: float) -> None:
    assert looks.angles([outline]) == pytest.approx([angle], abs=0.5)


def test_distances_are_to_the_nearest_other_one_in_own_heights() -> None:
    outlines = [box(0, 0, 100, 20), box(0, 30, 100, 10), box(0, 500, 100, 50), box(10, 510, 20, 20)]
    assert looks.distances(outlines) == pytest.approx([0.5, 1.0, 0, 0], abs=0.01)
    assert looks.distances(outlines[:1]) == [np.inf]
    assert looks.distances([]) == []


def test_grey_is_measured_around_the_text_and_inside_the_picture() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:50] = 200
    pixels[50:, :, 2] = 100  # red alone
    greys = looks.greys([box(10, 10, 50, 20), box(10, 60, 50, 20), box(-20, -20, 40, 30), box(500, 500, 9, 9)], pixels)
    assert greys == pytest.approx([200, 29.9, 200, 29.9], abs=0.1)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Total 12.50", "latin"), ("12.50", "digits"), ("合计 total", "latin"), ("合计金额 no", "han"), ("ひらカナ", "kana"),
        ("合计", "han"), ("총액", "hangul"), ("Итого", "cyrillic"), ("المجموع", "arabic"), (":", "signs"), ("", "unknown"),
        ("  ", "unknown"), ("１２", "digits"),
    ],
)  # fmt: skip
def test_the_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert looks.script_of(text) == script
