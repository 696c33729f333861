"""The one way from a picture to its probability map: whole, or in tiles where it would be shrunk until text vanishes.

Detection, evaluation, a training's own evaluations and the measures of an export all look at pictures through it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.config.detection import ResizeOptions
from ocrweb.runtime.preprocess import NetworkInput, canvas_size, network_size, normalise, prepare
from ocrweb.runtime.tiling import Tiling, plan_tiles
from ocrweb.runtime.transform import PageTransform

Network = Callable[[np.ndarray], np.ndarray]  # (1, 3, H, W) float32 → (H, W) probabilities
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class InputRule:
    """How a picture becomes a network's input. mean, std: of the picture scaled to 0..1, by channel: blue, green, red."""

    resize: ResizeOptions
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """map: (h, w) float32, 0..1, only the part that shows the picture. tiles: pieces that the network saw it in."""

    map: np.ndarray
    page: PageTransform
    tiles: int = 1


def see(
    pixels: np.ndarray, rule: InputRule, network: Network, *, fixed: Size | None = None,
    check: Callable[[], None] = lambda: None,
) -> Seen:  # fmt: skip
    """pixels: (H, W, 3) uint8 BGR. fixed: (height, width) of a network that takes no other. check: called before every
    tile; what it raises ends the work, as does what the network raises."""
    height, width = pixels.shape[:2]
    fitting = _fitting((height, width), fixed) if fixed else rule.resize
    shown = network_size(width, height, fitting)
    tiling = plan_tiles(width, height, rule.resize, fixed, max(shown) / max(width, height))
    if tiling is not None:
        return _in_tiles(pixels, tiling, rule, network, fixed, check)
    whole = whole_input(pixels, rule, fixed)
    visible = np.ascontiguousarray(whole.page.visible(network(whole.blob)), np.float32)
    high, wide = visible.shape
    page = whole.page
    return Seen(visible, PageTransform(page.width, page.height, wide, high, wide, high, page.scale_x, page.scale_y))


def whole_input(pixels: np.ndarray, rule: InputRule, fixed: Size | None = None) -> NetworkInput:
    """The input of a picture that is looked at whole, padded to the size of a network that takes no other."""
    if not fixed:
        return prepare(pixels, rule.resize, rule.mean, rule.std)
    prepared = prepare(pixels, _fitting(pixels.shape[:2], fixed), rule.mean, rule.std)
    return NetworkInput(_padded(prepared.blob, fixed), prepared.page)


def _in_tiles(
    pixels: np.ndarray, tiling: Tiling, rule: InputRule, network: Network, fixed: Size | None, check: Callable[[], None]
) -> Seen:
    """One tile after the other; only one is normalised at a time."""
    page = tiling.page
    resized = cv2.resize(pixels, (page.resized_width, page.resized_height))
    whole = np.zeros(resized.shape[:2], np.float32)
    for tile in tiling.tiles():
        check()
        blob = normalise(resized[tile.place], rule.mean, rule.std)
        height, width = tile.weights.shape
        whole[tile.place] += network(_padded(blob, fixed) if fixed else blob)[:height, :width] * tile.weights
    return Seen(whole, page, tiling.count)


def _fitting(picture: tuple[int, int], fixed: Size) -> ResizeOptions:
    """The rule that makes a picture as large as fits into a network of fixed size, never larger than it is."""
    wide, high = canvas_size(picture[1], picture[0])
    ratio = min(fixed[0] / high, fixed[1] / wide)
    longest = max(1, int(max(high, wide) * min(1.0, ratio)))
    return ResizeOptions.model_construct(limit_side=longest, limit_type="max")


def _padded(blob: np.ndarray, size: Size) -> np.ndarray:
    """Zeros on the right and below, up to the size the network takes."""
    height, width = blob.shape[2:]
    return np.pad(blob, ((0, 0), (0, 0), (0, max(0, size[0] - height)), (0, max(0, size[1] - width))))
