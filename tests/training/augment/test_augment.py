"""A crop shows what its labels say, whatever was done to the picture."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import shapely

from ocrweb.config.augmentation import AugmentOptions, TpsOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.geometry.outlines import Outlines
from ocrweb.geometry.polygon import area
from ocrweb.training.augment.compose import CropRecipe, Labelled, _halved, make_crop
from ocrweb.training.augment.crop import clip_to_square, cut_texts, draw_window
from ocrweb.training.augment.light import vary
from ocrweb.training.augment.tps import Bend, draw_bend, subdivide
from ocrweb.training.augment.view import PictureSize, detection_scale, draw_scale, text_heights

SIZE = 320
STILL = {"flip": 0.0, "rotation": 0.0, "perspective": 0.0, "colour": 0.0, "shadow": 0.0, "blur": 0.0, "jpeg": 0.0}
LARGE = ResizeOptions(limit_side=4096)


def page(height: int = 700, width: int = 900) -> Labelled:
    """White bars on black: every white pixel is inside a label, and the other way round."""
    pixels = np.zeros((height, width, 3), np.uint8)
    polygons = []
    for row in range(40, height - 60, 90):
        for column in range(30, width - 220, 240):
            box = np.array([[column, row], [column + 190, row + 14], [column + 186, row + 56], [column - 4, row + 42]])
            cv2.fillPoly(pixels, [box], (255, 255, 255))
            polygons.append(box + 0.5)  # the middle of the pixels that were drawn
    return Labelled(pixels, polygons, [False] * len(polygons))


def recipe(use_tps: bool = False, resize: ResizeOptions = LARGE, **options: object) -> CropRecipe:
    return CropRecipe(SIZE, AugmentOptions(**{**STILL, **options}), resize, use_tps)  # type: ignore[arg-type]


MOVES = {
    "nothing": recipe(scale_min=1.0, scale_max=1.0),
    "flip": recipe(flip=1.0),
    "rotation": recipe(rotation=40.0),
    "quarter turns": recipe(quarter_turns=1.0),
    "shrunk": recipe(scale_min=0.4, scale_max=0.45),
    "enlarged": recipe(scale_min=2.0, scale_max=2.5),
    "perspective": recipe(perspective=0.2),
    "bent": recipe(use_tps=True, tps=TpsOptions(probability=1.0, strength=0.06, grid=4)),
    "all": recipe(use_tps=True, flip=0.5, rotation=15.0, perspective=0.1, tps=TpsOptions(probability=1.0)),
}


@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES.keys())
def test_labels_move_exactly_with_the_pixels(moves: CropRecipe) -> None:
    for seed in range(6):
        crop = make_crop(np.random.default_rng(seed), page(), moves)
        drawn = np.zeros((SIZE * 4, SIZE * 4), np.uint8)
        for polygon in crop.polygons:
            cv2.fillPoly(drawn, [np.rint(polygon * 4 - 0.5).astype(np.int32)], (255,))
        expected = cv2.resize(drawn, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        seen = crop.pixels[:, :, 0]
        certain = cv2.dilate(expected, np.ones((7, 7))) == cv2.erode(expected, np.ones((7, 7)))
        assert certain.mean() > 0.5
        wrong = np.abs(expected[certain].astype(int) - seen[certain]) > 60
        assert wrong.mean() < 0.002


def test_without_augmentation_a_crop_shows_what_detection_sees() -> None:
    pixels = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (640, 640, 3), np.uint8), (0, 0), 3)
    whole = cv2.resize(pixels, (SIZE, SIZE))
    seen = CropRecipe(SIZE, AugmentOptions(enabled=False), ResizeOptions(limit_side=SIZE))
    crop = make_crop(np.random.default_rng(1), Labelled(pixels, [], []), seen)
    assert np.abs(crop.pixels[2:-2, 2:-2].astype(int) - whole[2:-2, 2:-2]).max() <= 2


def test_the_same_stream_gives_the_same_crop_and_another_gives_another() -> None:
    every = recipe(True, flip=0.5, rotation=10.0, perspective=0.1, colour=0.3, shadow=0.5, blur=0.5, jpeg=0.5)
    first, again, other = (make_crop(np.random.default_rng([7, 0, n]), page(), every) for n in (1, 1, 2))
    assert np.array_equal(first.pixels, again.pixels)
    assert all(np.array_equal(a, b) for a, b in zip(first.polygons, again.polygons, strict=True))
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (500, 3), (40, 60), (2000, 90)], ids=str)
def test_pictures_of_any_shape_give_a_crop(shape: tuple[int, int]) -> None:
    picture = Labelled(np.full((*shape, 3), 200, np.uint8), [], [])
    for seed in range(4):
        crop = make_crop(np.random.default_rng(seed), picture, recipe(True, rotation=10.0, perspective=0.1))
        assert crop.pixels.shape == (SIZE, SIZE, 3)


def test_around_the_picture_lies_the_colour_of_its_border() -> None:
    picture = Labelled(np.full((100, 40, 3), (10, 120, 230), np.uint8), [], [])
    crop = make_crop(np.random.default_rng(0), picture, recipe(scale_max=1.0))
    assert np.abs(crop.pixels.astype(int) - (10, 120, 230)).max() <= 1


SCALES = {"at most 1280": (ResizeOptions(), 2560, 1000, 0.5), "never enlarged": (ResizeOptions(), 640, 480, 1.0)}
SCALES["at least 736"] = (ResizeOptions(limit_side=736, limit_type="min"), 1280, 368, 2.0)


@pytest.mark.parametrize(("resize", "width", "height", "scale"), SCALES.values(), ids=SCALES.keys())
def test_scales_centre_on_the_size_that_detection_uses(
    resize: ResizeOptions, width: int, height: int, scale: float
) -> None:
    assert detection_scale(width, height, resize) == pytest.approx(scale)
    rng = np.random.default_rng(0)
    size = PictureSize(width * 4, height * 4, np.zeros(0))
    drawn = [draw_scale(rng, AugmentOptions(scale_min=0.5, scale_max=2.0), size, SIZE, scale) for _ in range(400)]
    assert 0.5 * scale <= min(drawn) < 0.55 * scale
    assert 1.8 * scale < max(drawn) <= 2.0 * scale
    assert np.exp(np.mean(np.log(drawn))) == pytest.approx(scale, rel=0.1)


@pytest.mark.parametrize(("height", "low", "high"), [(4, 10, 12), (30, 15, 60), (900, 100, 160)], ids=str)
def test_typical_text_stays_within_its_heights(height: float, low: float, high: float) -> None:
    rng = np.random.default_rng(0)
    options = AugmentOptions(text_height_min=10, text_height_max=160)
    size = PictureSize(4000, 4000, np.array([height, height, 1.0, 5000.0]))
    drawn = [height * draw_scale(rng, options, size, SIZE, 1.0) for _ in range(100)]
    assert low <= min(drawn) + 1e-6
    assert max(drawn) <= high + 1e-6


@pytest.mark.parametrize(("width", "height"), [(200, 20), (20, 200), (30, 30)])
def test_the_height_of_a_text_is_its_shorter_side(width: float, height: float) -> None:
    measured = text_heights(np.array([width * height]), np.array([2.0 * (width + height)]))
    assert measured[0] == pytest.approx(min(width, height))


def test_the_window_cuts_fewer_texts_than_chance_does() -> None:
    boxes = [np.array([[x, y], [x + 200, y + 30]]) for x in (0, 400, 800) for y in range(0, 1000, 60)]
    bounds = (np.zeros(2), np.array([1000.0, 1030.0]))

    def cut(start: np.ndarray) -> float:
        touched = [b for b in boxes if (b[0] < start + SIZE).all() and (b[1] > start).all()]
        return sum((b[0] < start).any() or (b[1] > start + SIZE).any() for b in touched) / max(len(touched), 1)

    rng = np.random.default_rng(0)
    aimed = [cut(draw_window(rng, bounds, Outlines.of(boxes), SIZE)) for _ in range(100)]
    anywhere = [cut(draw_window(rng, bounds, Outlines.of([]), SIZE)) for _ in range(100)]
    assert np.mean(aimed) < 0.7 * np.mean(anywhere)


def test_the_window_finds_the_only_text_and_stays_in_the_picture() -> None:
    text = np.array([[1800.0, 1900.0], [1850.0, 1900.0], [1850.0, 1910.0], [1800.0, 1910.0]])
    for seed in range(50):
        start = draw_window(np.random.default_rng(seed), (np.zeros(2), np.full(2, 2000.0)), Outlines.of([text]), SIZE)
        assert (start >= 0).all()
        assert (start + SIZE <= 2000).all()
        assert (text.max(axis=0) > start).all()
        assert (text.min(axis=0) < start + SIZE).all()


def test_a_text_lies_anywhere_in_its_window() -> None:
    text = np.array([[900.0, 900.0], [960.0, 900.0], [960.0, 920.0], [900.0, 920.0]])
    bounds, rng = (np.zeros(2), np.full(2, 2000.0)), np.random.default_rng(0)
    places = np.array([text.mean(axis=0) - draw_window(rng, bounds, Outlines.of([text]), SIZE) for _ in range(50)])
    assert (places.min(axis=0) < 0.3 * SIZE).all()
    assert (places.max(axis=0) > 0.7 * SIZE).all()


@pytest.mark.parametrize(("empty", "least", "most"), [(0.0, 20, 20), (1.0, 0, 6)])
def test_crops_look_for_text_but_for_the_share_that_looks_anywhere(empty: float, least: int, most: int) -> None:
    text = np.array([[900.0, 900.0], [960.0, 900.0], [960.0, 920.0], [900.0, 920.0]])
    picture = Labelled(np.zeros((1000, 1000, 3), np.uint8), [text], [False])
    still = recipe(scale_min=1.0, scale_max=1.0, empty_crops=empty)
    crops = [make_crop(np.random.default_rng(seed), picture, still) for seed in range(20)]
    assert least <= sum(bool(crop.polygons) for crop in crops) <= most


@pytest.mark.parametrize("seed", range(20))
def test_clipping_equals_shapely_for_convex_polygons(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-60, 160, (12, 2))
    hull = cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)
    shared = shapely.intersection(shapely.polygons(hull), shapely.box(0, 0, 100, 100))
    assert area(clip_to_square(hull, 100)) == pytest.approx(shapely.area(shared), abs=1e-6)


@pytest.mark.parametrize("along", [(-20, 0, 30, 50), (-20, 50, 30, 100), (70, 0, 120, 50), (70, 50, 120, 100)], ids=str)
@pytest.mark.parametrize("turn", [1, -1], ids=["across", "down"])
def test_a_text_along_one_border_is_cut_by_another(along: tuple[int, ...], turn: int) -> None:
    left, top, right, bottom = along
    text = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)[:, ::turn]
    inside = np.clip(text, 0, 100)
    assert sorted(set(map(tuple, clip_to_square(text, 100).tolist()))) == sorted(map(tuple, inside.tolist()))


class Places:
    """Stands for chance: windows of 100 pixels begin at these places, seen from a text that begins at 0."""

    def __init__(self, *starts: tuple[float, float]) -> None:
        self.starts = np.array(starts, float)

    def integers(self, low: int, high: int, count: int) -> np.ndarray:
        return np.zeros(len(self.starts), int)

    def random(self, shape: tuple[int, int]) -> np.ndarray:
        return np.zeros(self.starts.shape)

    def uniform(self, low: float, high: float, shape: tuple[int, int]) -> np.ndarray:
        return -self.starts / 100


@pytest.mark.parametrize("turn", [1, -1], ids=["across", "down"])
@pytest.mark.parametrize(
    "spans",
    [[(120, 150)], [(50, 80)], [(120, 140), (150, 200)], [(60, 80), (20, 50)]],
    ids=["up to its end", "from its beginning", "one that begins at its end", "one that ends at its beginning"],
)
def test_a_text_up_to_a_windows_border_is_whole_and_one_from_there_on_is_not_cut(
    spans: list[tuple[float, float]], turn: int
) -> None:
    """So are texts at the edge of a picture, where all windows of a side end."""
    sides = [(0, 10), *spans]
    texts = [np.array([[low, 0.0], [high, 0.0], [high, 20.0], [low, 20.0]])[:, ::turn] for low, high in sides]
    bounds = np.zeros(2), np.array([1000.0, 100.0][::turn])
    rng: Any = Places((300, 0)[::turn], (50, 0)[::turn])  # nothing is to be seen in the first
    assert draw_window(rng, bounds, Outlines.of(texts), 100).tolist() == [50, 0][::turn]


VISIBLE = {"inside": (10, False, 1), "mostly": (-20, False, 1), "hardly": (-80, True, 1), "gone": (-120, False, 0)}
VISIBLE |= {"beside": (-100, False, 0), "beyond": (200, False, 0), "to the edge": (100, False, 1), "two fifths": (-60, False, 1), "less": (-61, True, 1)}  # fmt: skip


@pytest.mark.parametrize(("left", "ignored", "kept"), VISIBLE.values(), ids=VISIBLE.keys())
def test_a_cut_text_is_clipped_and_ignored_when_little_of_it_is_left(left: float, ignored: bool, kept: int) -> None:
    text = np.array([[left, 10], [left + 100, 10], [left + 100, 30], [left, 30]], np.float64)
    polygons, flags = cut_texts(Outlines.of([text]), [False], 200, 0.4)
    assert (len(polygons), flags) == (kept, [ignored] * kept)
    assert all(p.min() >= 0 for p in polygons)


def test_a_tip_is_a_text_too_and_what_was_ignored_stays_so() -> None:
    tip = np.array([[5.0, 50.0], [-60.0, 90.0], [-125.0, 50.0], [-60.0, 10.0]])
    whole = np.array([[-1.0, 10.0], [90.0, 10.0], [90.0, 30.0], [-1.0, 30.0]])
    polygons, flags = cut_texts(Outlines.of([tip, whole, whole]), [False, True, False], 200, 0.4)
    assert (len(set(map(tuple, polygons[0].tolist()))), flags) == (3, [True, True, False])


@pytest.mark.parametrize(
    ("width", "height", "scale", "halved"),
    [
        (65, 33, 0.5, (65, 33)), (65, 33, 0.49, (32, 16)), (65, 33, 0.25, (32, 16)), (65, 33, 0.24, (16, 8)),
        (65, 2, 0.1, (32, 1)), (1, 90, 0.1, (1, 90)),
    ],
)  # fmt: skip
def test_a_picture_is_halved_until_at_most_half_of_it_is_left_to_be_shrunk(
    width: int, height: int, scale: float, halved: tuple[int, int]
) -> None:
    pixels, matrix = _halved(np.zeros((height, width, 3), np.uint8), np.diag([scale, scale, 1.0]), scale)
    assert pixels.shape[1::-1] == halved
    corner = np.array([[*halved, 1.0]]) @ matrix.T
    assert corner[0].tolist() == pytest.approx([width * scale, height * scale, 1.0])


def test_a_bend_moves_points_to_where_their_pixels_go() -> None:
    bend = draw_bend(np.random.default_rng(3), TpsOptions(strength=0.15, grid=4), SIZE)
    points = np.random.default_rng(4).uniform(0, SIZE, (200, 2))
    bent = bend.move(points)
    assert np.allclose(bent + bend.offsets(bent), points, atol=1e-3)
    x, y = bend.field()
    inside = bent[((bent > 1) & (bent < SIZE - 1)).all(axis=1)]
    columns, rows = (inside - 0.5).astype(int).T
    exact = bend.offsets(np.stack([columns + 0.5, rows + 0.5], axis=1))
    assert np.abs(np.stack([x[rows, columns], y[rows, columns]], axis=1) - exact).max() < 0.05


@pytest.mark.parametrize("grid", [2, 4, 8])
def test_the_strongest_bend_does_not_fold_the_picture(grid: int) -> None:
    for seed in range(10):
        bend = draw_bend(np.random.default_rng(seed), TpsOptions(strength=0.15, grid=grid), SIZE)
        x, y = bend.field()
        slopes_x, slopes_y = np.gradient(x), np.gradient(y)
        assert ((1 + slopes_x[1]) * (1 + slopes_y[0]) - slopes_x[0] * slopes_y[1]).min() > 0


def test_equal_moves_of_all_control_points_shift_the_crop() -> None:
    x, y = Bend(np.tile([3.0, -5.0], (16, 1)), SIZE).field()
    assert np.allclose(x, 3.0, atol=1e-3)
    assert np.allclose(y, -5.0, atol=1e-3)


def test_subdividing_keeps_the_outline() -> None:
    square = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 50.0], [0.0, 50.0]])
    fine = subdivide(square, 10)
    assert len(fine) == 30
    assert area(fine) == pytest.approx(5000)
    three = np.array([[0.0, 0.0], [5.0, 0.0], [5.0, 0.0], [5.0, 10.0], [0.0, 10.5]])  # one corner twice
    assert subdivide(three, 10).tolist() == [[0, 0], [5, 0], [5, 0], [5, 10], [0, 10.5], [0, 5.25]]


def test_a_text_that_reaches_far_out_of_the_crop_costs_no_more_than_64_points_a_side() -> None:
    fine = subdivide(np.array([[0.0, 0.0], [1e6, 0.0], [1e6, 3.0]]), 5)
    assert len(fine) == 64 + 1 + 64


@pytest.mark.parametrize("name", ["shadow", "blur", "jpeg", "colour"])
def test_each_change_of_light_changes_pixels_only_when_asked_for(name: str) -> None:
    picture = page(SIZE, SIZE + 40).pixels
    assert np.array_equal(vary(np.random.default_rng(0), AugmentOptions(**STILL), picture), picture)
    changed = vary(np.random.default_rng(0), AugmentOptions(**{**STILL, name: 1.0}), picture)
    assert (changed.shape, changed.dtype) == (picture.shape, np.uint8)
    assert not np.array_equal(changed, picture)


def test_a_shadow_takes_a_fifth_to_three_fifths_of_the_light_of_one_side() -> None:
    white = np.full((48, 64, 3), 250, np.uint8)
    drawn = [vary(np.random.default_rng(seed), AugmentOptions(**{**STILL, "shadow": 1.0}), white) for seed in range(60)]
    lows, highs = (np.array([int(getattr(picture, end)()) for picture in drawn]) for end in ("min", "max"))
    assert lows.min() == pytest.approx(100, abs=8)
    assert (lows < 203).mean() > 0.8
    assert highs.max() == 250
    assert (highs - lows).min() > 10


def test_switched_off_augmentation_leaves_the_light_alone() -> None:
    picture = page(SIZE, SIZE).pixels
    assert vary(np.random.default_rng(0), AugmentOptions(enabled=False, shadow=1.0), picture) is picture
