"""Any outline becomes a valid box of four points, or is dropped with a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocrweb.data.checks import label_box
from ocrweb.data.formats.quads import Fitted, fit_quads, from_stored
from ocrweb.imaging.convert import turn_upright

SIZE = (200, 120)
SQUARE = [[10, 10], [60, 10], [60, 30], [10, 30]]


def fit_quad(points: np.ndarray, size: tuple[int, int]) -> Fitted:
    return fit_quads([points], size)[0]


def quad(points: list[list[float]]) -> list[list[float]]:
    fitted = fit_quad(np.array(points, np.float64), SIZE)
    assert fitted.quad is not None
    assert fitted.quad.dtype == np.float32
    return fitted.quad.tolist()


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param(SQUARE, SQUARE, id="a good one stays"),
        pytest.param(SQUARE[::-1], SQUARE, id="counter-clockwise is turned"),
        pytest.param([SQUARE[2], SQUARE[3], SQUARE[0], SQUARE[1]], SQUARE, id="upside down starts at the top left"),
        pytest.param([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]], SQUARE, id="a bow tie is untangled"),
        pytest.param([SQUARE[2], SQUARE[0]], SQUARE, id="two corners in any order are a rectangle"),
        pytest.param([*SQUARE, SQUARE[0]], SQUARE, id="a closed ring loses its last point"),
        pytest.param(
            [[10, 10], [35, 10], [60, 10], [60, 30], [10, 30]], SQUARE, id="five points become their rectangle"
        ),
        pytest.param(
            [[10, 10], [60, 10], [30, 30], [30, 30]],
            [[10, 10], [60, 10], [30, 30], [30, 30]],
            id="a triangle with four points stays",
        ),
        pytest.param(
            [[-20, 10], [60, 10], [60, 30], [-20, 30]], [[0, 10], [60, 10], [60, 30], [0, 30]], id="cut at the edge"
        ),
        pytest.param([[10.4, 10.4], [60, 10], [60, 30.3], [10, 30]], SQUARE, id="whole pixels"),
    ],
)
def test_outlines_become_clockwise_boxes_inside_the_picture(
    points: list[list[float]], expected: list[list[float]]
) -> None:
    assert quad(points) == expected


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        pytest.param([[5, 5], [5, 5], [5, 5], [5, 5]], "no-area", id="one point"),
        pytest.param([[5, 5], [50, 5], [90, 5], [20, 5]], "no-area", id="a line"),
        pytest.param([[300, 5], [350, 5], [350, 20], [300, 20]], "outside", id="right of the picture"),
        pytest.param([[0, -50], [50, -50], [50, -20], [0, -20]], "outside", id="above the picture"),
        pytest.param([[0, 0], [float("nan"), 0], [5, 5], [0, 5]], "points", id="not a number"),
        pytest.param([[0, 0], [1e12, 0], [5, 5], [0, 5]], "points", id="absurdly far"),
        pytest.param([[5, 5]], "no-area", id="a single point"),
    ],
)
def test_what_is_no_box_is_dropped_with_its_reason(points: list[list[float]], reason: str) -> None:
    fitted = fit_quad(np.array(points, np.float64), SIZE)
    assert fitted.quad is None
    assert fitted.dropped == reason


def test_what_was_changed_is_said() -> None:
    plain = fit_quad(np.array(SQUARE, np.float64), SIZE)
    assert (plain.reduced, plain.reordered, plain.clipped) == (False, False, False)
    assert fit_quad(np.array(SQUARE[::-1], np.float64), SIZE).reordered
    assert fit_quad(np.array([[10, 10], [35, 5], [60, 10], [60, 30], [10, 30]], np.float64), SIZE).reduced
    assert fit_quad(np.array([[-9, 10], [60, 10], [60, 30], [-9, 30]], np.float64), SIZE).clipped
    assert not fit_quad(np.array([[-0.8, 10], [60, 10], [60, 30], [-0.8, 30]], np.float64), SIZE).clipped


def test_a_box_thinner_than_a_pixel_keeps_its_area() -> None:
    fitted = fit_quad(np.array([[10, 10.1], [90, 10.1], [90, 10.4], [10, 10.4]]), SIZE)
    assert fitted.quad is not None
    assert abs(float(label_box.signed_area(fitted.quad[None])[0])) >= 1


@example(points=[(0.0, 0.0), (0.0, 1.4e-45), (1.4e-45, 0.0)])
@given(st.lists(st.tuples(st.floats(-300, 500), st.floats(-300, 500)), min_size=1, max_size=9))
def test_every_box_that_is_kept_is_one_the_validator_takes(points: list[tuple[float, float]]) -> None:
    fitted = fit_quad(np.array(points, np.float64), SIZE)
    if fitted.quad is None:
        assert fitted.dropped
        return
    several = fitted.quad[None].astype(np.float64)
    assert not label_box.is_degenerate(several)[0]
    assert not label_box.is_crossing(several)[0]
    assert not label_box.is_counter_clockwise(several)[0]
    assert not label_box.starts_oddly(several)[0]
    assert (fitted.quad >= 0).all()
    assert (fitted.quad <= SIZE).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_points_turn_with_the_pixels(orientation: int) -> None:
    stored = np.zeros((40, 60, 3), np.uint8)
    stored[8:12, 50:56] = 255  # a spot around (53, 10)
    shown = turn_upright(stored, orientation)
    ys, xs = np.nonzero(shown[..., 0])
    expected = [(xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2]
    assert from_stored(np.array([[53.0, 10.0]]), orientation, (60, 40))[0].tolist() == expected
