"""Outlines get to the picture as a person sees it, whichever pixels they were drawn on; those of another picture do not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats import pixels
from ocrweb.data.formats.pixels import OVER, _fits, placing, which_pixels
from ocrweb.data.formats.report import KEPT_PER_KIND, Account, Problem, Reasons, Tally
from ocrweb.errors import OcrwebError

POINTS = np.array([[10.0, 20.0], [30.0, 40.0]])


def header(width: int, height: int, orientation: int = 1) -> Any:
    upright = (height, width) if orientation >= 5 else (width, height)
    return SimpleNamespace(width=width, height=height, orientation=orientation, upright_size=upright)


@pytest.mark.parametrize(
    ("stated", "real", "fits"),
    [
        ((100, 50), (100, 50), True), ((100, 50), (200, 100), True), ((100, 50), (50, 25), True), ((100, 50), (101, 50), True),
        ((1000, 500), (1019, 500), True), ((1000, 500), (1021, 500), False), ((100, 50), (50, 100), False), ((100, 50), (200, 103), False),
        ((1000, 500), (333, 167), True), ((3, 2), (1000, 666), True), ((3, 2), (1000, 500), True), ((30, 20), (1000, 600), False),
        ((500, 1000), (500, 1019), True), ((50, 100), (50, 103), False), ((1000, 999), (1000, 980), True), ((1000, 999), (1000, 960), False),
    ],
)  # fmt: skip
def test_a_size_is_the_other_resized_when_the_aspect_is_that_to_a_rounding(stated: Any, real: Any, fits: bool) -> None:
    assert _fits(stated, real) is fits


TURNED = header(200, 100, 6)  # seen as 100 × 200
HALF_TURN = header(200, 100, 3)  # of the same size either way


@pytest.mark.parametrize(
    ("stated", "given", "on", "change", "moved"),
    [
        (None, header(200, 100), "auto", "", POINTS), ((200, 100), header(200, 100), "auto", "", POINTS),
        ((100, 50), header(200, 100), "auto", "rescaled", POINTS * 2), ((400, 200), header(200, 100), "auto", "rescaled", POINTS / 2),
        ((100, 100), header(200, 100), "auto", None, None), ((200, 100), header(200, 100), "stored", "", POINTS),
        (None, TURNED, "auto", "", POINTS), ((100, 200), TURNED, "auto", "", POINTS), ((50, 100), TURNED, "auto", "rescaled", POINTS * 2),
        ((200, 100), TURNED, "auto", "turned_labels", [[80, 10], [60, 30]]), (None, TURNED, "stored", "turned_labels", [[80, 10], [60, 30]]),
        ((100, 50), TURNED, "auto", "turned_labels", [[60, 20], [20, 60]]), ((100, 200), TURNED, "stored", "turned_labels", [[90, 20], [80, 60]]),
        ((200, 100), TURNED, "displayed", "", POINTS), ((100, 50), TURNED, "displayed", "rescaled", POINTS * 2),
        ((100, 50), HALF_TURN, "auto", "rescaled", POINTS * 2), ((200, 100), HALF_TURN, "auto", "", POINTS),
        ((100, 200), TURNED, "displayed", "", POINTS), ((70, 70), TURNED, "displayed", None, None), ((70, 70), TURNED, "auto", None, None),
    ],
)  # fmt: skip
def test_outlines_are_moved_by_what_is_stated_and_what_was_said(
    stated: Any, given: Any, on: Any, change: str | None, moved: Any
) -> None:
    found = placing(stated, given, on)
    if change is None:
        assert found is None
        return
    assert found is not None
    assert found.change == change
    np.testing.assert_allclose(found.move(POINTS), moved, atol=1.01)  # a turn may count pixels from their middles


def labelled(*points: tuple[float, float], size: Any = (200, 100), **more: Any) -> Any:
    shapes = [SimpleNamespace(points=np.array([[1.0, 1.0], point])) for point in points]
    return SimpleNamespace(**{"names": ["a.jpg"], "folder": "", "size": size, "shapes": shapes, **more})


@pytest.mark.parametrize(
    ("item", "told", "where"),
    [
        (labelled((150, 50)), TURNED, "stored"), (labelled((50, 150)), TURNED, "displayed"), (labelled((50, 50)), TURNED, "unknown"),
        (labelled((150, 150)), TURNED, "unknown"), (labelled((50, 50), (150, 50)), TURNED, "stored"),
        (labelled((200 + OVER, 50)), TURNED, "stored"), (labelled((200 + 2 * OVER, 50)), TURNED, "unknown"),
        (labelled((50, 200 + OVER)), TURNED, "displayed"), (labelled((100 + OVER, 50)), TURNED, "unknown"),
        (labelled((150, 50), size=(100, 200)), TURNED, "auto"), (labelled((150, 50), size=None), TURNED, "auto"),
        (labelled(), TURNED, "auto"), (labelled((150, 50)), header(200, 100), "auto"), (labelled((150, 50)), header(200, 200, 6), "auto"),
        (labelled((150, 50)), header(200, 100, 3), "auto"), (labelled((150, 50), size=(70, 70)), TURNED, "auto"),
        (labelled((150, 50)), OcrwebError("image.empty"), "auto"),
    ],
)  # fmt: skip
def test_which_pixels_boxes_were_drawn_on_is_told_by_where_they_fit(item: Any, told: Any, where: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def read(path: Any, name: str) -> Any:
        if isinstance(told, OcrwebError):
            raise told
        return told

    monkeypatch.setattr(pixels, "read_header", read)
    tree: Any = SimpleNamespace(find=lambda names, folder: SimpleNamespace(path="a.jpg"), path=lambda name: name)
    assert which_pixels(tree, item) == where
    nowhere: Any = SimpleNamespace(find=lambda names, folder: SimpleNamespace(path=""))
    assert which_pixels(nowhere, item) == "auto"


def test_counts_are_exact_however_few_problems_are_kept() -> None:
    tally = Tally()
    for number in range(KEPT_PER_KIND + 2):
        tally.add("missing", f"{number}.txt")
    tally.add("broken", "a", "why", times=3)
    assert tally.counts == {"missing": KEPT_PER_KIND + 2, "broken": 3}
    assert [problem.where for problem in tally.problems][-2:] == [f"{KEPT_PER_KIND - 1}.txt", "a"]
    assert (
        Reasons(tally)
        .message("en")
        .startswith(f"{KEPT_PER_KIND + 2} × {Problem('missing', '0.txt').message('en')} 3 × ")
    )


@pytest.mark.parametrize(("pictures", "boxes", "closes"), [(3, 8, True), (2, 8, False), (3, 7, False), (4, 9, False)])
def test_an_account_closes_when_all_that_came_in_was_written_or_left_out(
    pictures: int, boxes: int, closes: bool
) -> None:
    account = Account(pictures=5, boxes=10)
    account.lose("outside", 2)
    account.lose("broken", 0)
    account.pictures_left_out.update({"missing": 2, "broken": 0})
    assert account.closes(pictures, boxes) is closes
    assert account.to_dict() == {"pictures": 5, "boxes": 10, "pictures_left_out": {"missing": 2}, "boxes_left_out": {"outside": 2}}  # fmt: skip
    other = account.copy()
    other.lose("outside", 1)
    assert account.left_out["outside"] == 2
    account.pages, account.lines = 1, 4
    assert {name: account.to_dict()[name] for name in ("pages", "lines")} == {"pages": 1, "lines": 4}
