"""A picture as a network gets it: whole, padded to a fixed size, or in tiles; and the map that comes back."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.config.detection import ResizeOptions
from ocrweb.runtime.preprocess import CANVAS, MAX_AREA, MAX_SIDE, TINY, canvas_size, network_size, prepare
from ocrweb.runtime.seeing import InputRule, see, whole_input

RULE = InputRule(ResizeOptions(limit_side=320), (0.1, 0.2, 0.3), (0.5, 0.6, 0.7))


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(0, 256, (height, width, 3)).astype(np.uint8)


class Watched:
    """A network that answers the first channel, and notes the sizes it saw."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, ...]] = []

    def __call__(self, blob: np.ndarray) -> np.ndarray:
        self.sizes.append(blob.shape)
        return np.asarray(blob[0, 0])


@pytest.mark.parametrize(
    ("size", "fixed", "given", "shown"),
    [
        ((160, 320), None, (160, 320), (160, 320)), ((640, 320), None, (320, 160), (320, 160)),
        ((640, 320), (256, 256), (256, 256), (256, 128)), ((100, 300), (128, 256), (128, 256), (96, 256)),
        ((100, 100), (256, 256), (256, 256), (96, 96)), ((40, 40), (256, 256), (256, 256), (96, 96)),
        ((300, 100), (64, 256), (64, 256), (64, 32)),
    ],
)  # fmt: skip
def test_a_map_shows_the_picture_alone_however_much_the_network_takes(
    size: tuple[int, int], fixed: tuple[int, int] | None, given: tuple[int, int], shown: tuple[int, int]
) -> None:
    network = Watched()
    seen = see(picture(*size), RULE, network, fixed=fixed)
    assert network.sizes == [(1, 3, *given)]
    assert (seen.map.shape, seen.tiles) == (shown, 1)
    assert (seen.page.width, seen.page.height) == size[::-1]
    assert (
        (seen.page.resized_height, seen.page.resized_width)
        == shown
        == (seen.page.padded_height, seen.page.padded_width)
    )
    assert seen.map.flags.c_contiguous


def test_what_is_padded_is_nought_and_lies_below_and_on_the_right() -> None:
    pixels = picture(320, 160)
    padded, plain = whole_input(pixels, RULE, (352, 224)), prepare(pixels, RULE.resize, RULE.mean, RULE.std)
    np.testing.assert_array_equal(padded.blob[:, :, :320, :160], plain.blob)
    assert padded.blob.shape == (1, 3, 352, 224)
    assert not padded.blob[:, :, 320:].any()
    assert not padded.blob[:, :, :, 160:].any()
    level = (pixels[5, 7] / 255 - RULE.mean) / RULE.std
    np.testing.assert_allclose(plain.blob[0, :, 5, 7], level, rtol=1e-5)


@pytest.mark.parametrize("fixed", [None, (640, 512)])
def test_tiles_are_put_together_into_what_the_whole_shows(fixed: tuple[int, int] | None) -> None:
    pixels = np.repeat(picture(700, 20), 10, axis=0).repeat(10, axis=1)
    network, checks = Watched(), []
    rule = InputRule(ResizeOptions(), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    seen = see(pixels, rule, network, fixed=fixed, check=lambda: checks.append(1))
    assert len(network.sizes) == len(checks) == seen.tiles > 1
    assert all(shape[2:] == fixed for shape in network.sizes) or fixed is None
    assert seen.map.shape == (seen.page.resized_height, seen.page.resized_width)
    at_once = ResizeOptions.model_construct(limit_side=7008, limit_type="max")
    whole = prepare(pixels, at_once, rule.mean, rule.std).blob[0, 0]
    np.testing.assert_allclose(seen.map, whole[: seen.map.shape[0], : seen.map.shape[1]], atol=1e-5)


@pytest.mark.parametrize(
    ("size", "canvas"),
    [((1, 1), CANVAS), ((TINY - 1, 10), CANVAS), ((10, TINY - 1), CANVAS), ((TINY, 10), 0), ((10, TINY), 0), ((TINY - 1, TINY - 1), CANVAS)],
)  # fmt: skip
def test_a_picture_is_tiny_while_both_sides_are(size: tuple[int, int], canvas: int) -> None:
    assert canvas_size(*size) == ((canvas, canvas) if canvas else size)


@pytest.mark.parametrize(
    ("width", "height", "limit", "kind", "expected"),
    [
        (1280, 640, 1280, "max", (1280, 640)), (1281, 640, 1280, "max", (1280, 640)), (100, 50, 1280, "max", (96, 64)),
        (48, 48, 1280, "max", (64, 64)), (47, 49, 1280, "max", (32, 64)), (1, 1, 1280, "max", (32, 32)), (16, 2000, 1280, "max", (32, 1280)),
        (100, 50, 100, "min", (192, 96)), (400, 200, 100, "min", (384, 192)), (10_000, 100, 100, "min", (MAX_SIDE, 32)),
        (4000, 2000, 100, "min", (4000, 1984)), (4000, 4000, 100, "min", (2816, 2816)), (1, 8000, 32, "min", (32, 4000)),
    ],
)  # fmt: skip
def test_the_size_of_an_input(width: int, height: int, limit: int, kind: str, expected: tuple[int, int]) -> None:
    found = network_size(width, height, ResizeOptions(limit_side=limit, limit_type=kind))  # type: ignore[arg-type]
    assert found == expected
    assert (MAX_SIDE, MAX_AREA) == (4000, 8_000_000)


def test_a_margin_has_the_middle_colour_of_the_whole_border() -> None:
    pixels = np.full((9, 11, 3), 7, np.uint8)
    pixels[1:-1, 1:-1] = 200
    pixels[0] = (10, 20, 30)
    pixels[-1] = (10, 20, 30)
    pixels[:, 0] = (10, 20, 30)
    given = prepare(pixels, ResizeOptions(), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    np.testing.assert_allclose(given.blob[0, :, 50, 50] * 255, (10, 20, 30), atol=1e-3)
    np.testing.assert_allclose(given.blob[0, :, 4, 4] * 255, 200, atol=1e-3)
    assert given.blob.shape == (1, 3, CANVAS, CANVAS)
    assert (given.page.width, given.page.height, given.page.scale_x, given.page.scale_y) == (11, 9, 1.0, 1.0)
