"""From where a picture is seen: each move as often and as far as the options say, about its middle, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.training.augment.view import PictureSize, draw_perspective, draw_view, move_points, shift

SIZE = PictureSize(200, 100, np.zeros(0))
STILL: dict[str, Any] = {"flip": 0.0, "rotation": 0.0, "perspective": 0.0, "quarter_turns": 0.0}


def views(count: int = 200, scale: float = 1.0, **options: Any) -> list[np.ndarray]:
    given = AugmentOptions(**{**STILL, **options})
    return [draw_view(np.random.default_rng(seed), given, SIZE, scale) for seed in range(count)]


@pytest.mark.parametrize("enabled", [True, False])
def test_a_picture_that_is_left_alone_lies_around_the_middle_of_the_stage(enabled: bool) -> None:
    (view,) = views(1, 2.0, enabled=enabled)
    np.testing.assert_allclose(move_points(np.array([[0.0, 0], [200, 100], [100, 50]]), view), [[-200, -100], [200, 100], [0, 0]], atol=1e-9)  # fmt: skip


def test_what_is_switched_off_does_not_move_whatever_is_asked_for() -> None:
    moved = views(20, enabled=False, flip=1.0, rotation=30.0, quarter_turns=1.0)
    assert all(np.array_equal(view, moved[0]) for view in moved)


@pytest.mark.parametrize(("flip", "low", "high"), [(0.0, 0, 0), (0.2, 20, 65), (0.9, 160, 195), (1.0, 200, 200)])
def test_so_many_are_mirrored_from_left_to_right(flip: float, low: int, high: int) -> None:
    moved = [move_points(np.array([[0.0, 0]]), view)[0] for view in views(flip=flip)]
    assert low <= sum(x > 0 for x, _ in moved) <= high
    np.testing.assert_allclose([abs(x) for x, _ in moved], 100)
    np.testing.assert_allclose([y for _, y in moved], -50)


def angles(found: list[np.ndarray]) -> np.ndarray:
    return np.array([np.degrees(np.arctan2(view[1, 0], view[0, 0])) % 360 for view in found])


def test_turns_go_both_ways_as_far_as_the_options_say() -> None:
    turned = (angles(views(rotation=20.0)) + 180) % 360 - 180
    assert -20 <= turned.min() < -17
    assert 17 < turned.max() <= 20
    assert abs(np.mean(turned)) < 3


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.3, 35, 90), (1.0, 200, 200)])
def test_so_many_are_turned_by_quarters_and_all_three_come(share: float, low: int, high: int) -> None:
    quarters = np.round(angles(views(quarter_turns=share)) / 90).astype(int) % 4
    assert low <= (quarters > 0).sum() <= high
    if share == 1.0:
        assert set(quarters.tolist()) == {1, 2, 3}


def test_a_turn_keeps_lengths_and_the_scale() -> None:
    for view in views(30, 1.5, rotation=40.0, flip=0.5, quarter_turns=0.5):
        np.testing.assert_allclose(np.abs(np.linalg.det(view[:2, :2])), 2.25)
        np.testing.assert_allclose(view[:2, :2] @ view[:2, :2].T, 2.25 * np.eye(2), atol=1e-9)
        assert view[2].tolist() == [0, 0, 1]


def tilted(strength: float, count: int = 100, **options: Any) -> list[np.ndarray]:
    given = AugmentOptions(**{**STILL, "perspective": strength, **options})
    return [draw_perspective(np.random.default_rng(seed), given, 100) for seed in range(count)]


def test_every_other_crop_is_tilted_and_none_that_must_not_be() -> None:
    assert 30 < sum(not np.array_equal(one, np.eye(3)) for one in tilted(0.2)) < 70
    assert all(np.array_equal(one, np.eye(3)) for one in (*tilted(0.0), *tilted(0.2, enabled=False)))


def test_corners_are_moved_by_at_most_the_strength_from_where_they_were() -> None:
    """The matrix leads from the flat crop to the tilted one: what it does to the corners is what was drawn."""
    corners = np.array([[0.0, 0], [100, 0], [100, 100], [0, 100]])
    moves = np.concatenate([move_points(corners, one) - corners for one in tilted(0.2)])
    assert np.abs(moves).max() <= 20 + 1e-3
    assert np.abs(moves).max() > 12


def test_the_matrix_of_a_known_draw_leads_to_where_its_corners_were_moved() -> None:
    class Drawn:
        """Half the strength, and each corner by a step of its own."""

        def uniform(self, low: float, high: float, shape: Any = None) -> Any:
            return (low + high) / 2 if shape is None else np.array([[1, 2], [-3, 4], [-5, -6], [7, -8]], float)

        def random(self) -> float:
            return 0.5

    matrix = draw_perspective(Drawn(), AugmentOptions(**{**STILL, "perspective": 0.2}), 100)  # type: ignore[arg-type]
    corners = np.array([[0.0, 0], [100, 0], [100, 100], [0, 100]])
    np.testing.assert_allclose(
        move_points(corners, matrix), np.add(corners, [[1, 2], [-3, 4], [-5, -6], [7, -8]]), atol=1e-3
    )


def test_points_are_moved_and_divided_by_their_depth() -> None:
    points = np.array([[1.0, 2], [3, 4]])
    np.testing.assert_allclose(move_points(points, shift(10, -1)), [[11, 1], [13, 3]])
    deep = np.array([[1.0, 0, 0], [0, 1, 0], [0.5, 0, 1]])
    np.testing.assert_allclose(move_points(points, deep), [[1 / 1.5, 2 / 1.5], [3 / 2.5, 4 / 2.5]])
