"""Pictures of what training sees: crops with their texts and target maps, to look at before a run is started."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from ocrweb.data.targets import TargetMaps
from ocrweb.imaging.encode import write_picture
from ocrweb.training.augment.compose import Labelled
from ocrweb.training.feed.samples import SampleRecipe, draw_targets

KERNEL = np.array([96, 174, 39], np.float32)  # BGR: green, what the network must find
BAND = np.array([36, 127, 242], np.float32)  # orange, where the threshold rises
IGNORED = np.array([150, 130, 140], np.float32)  # grey, nothing is learnt here
_COLUMNS = 4
_GAP = 8


class CropSource(Protocol):
    """Anything that samples are drawn from."""

    recipe: SampleRecipe

    def __len__(self) -> int: ...

    def crop(self, epoch: int, index: int) -> Labelled: ...

    def place(self, index: int) -> str: ...


def write_preview(source: CropSource, folder: Path, count: int = 16) -> list[Path]:
    """Write the first samples of epoch 0: one picture each, and ``overview.jpg`` with all of them.

    Left the crop with the outlines of its texts, right the target maps over it: kernels green, the threshold band orange,
    ignored text hatched in grey. Returns the files, the overview first. Raises usage.not-writable or usage.disk-full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files, tiles = [], []
    for index in range(min(count, len(source))):
        crop = source.crop(0, index)
        maps = draw_targets(crop, source.recipe)
        shown = paint_maps(crop.pixels, maps)
        tiles.append(shown)
        file = folder / f"{index + 1:02d}_{Path(source.place(index)).stem}.jpg"
        write_picture(file, _row([paint_texts(crop), shown]))
        files.append(file)
    if not tiles:
        return []
    overview = folder / "overview.jpg"
    write_picture(overview, _sheet(tiles))
    return [overview, *files]


def paint_texts(crop: Labelled) -> np.ndarray:
    """The crop with the outline of each text, (S, S, 3) uint8: green when it is learnt from, grey when it is ignored."""
    picture = crop.pixels.copy()
    thickness = max(1, round(len(picture) / 320))
    for polygon, ignored in zip(crop.polygons, crop.ignore, strict=True):
        outline = np.rint(polygon * 8).astype(np.int32)
        colour = (IGNORED if ignored else KERNEL).tolist()
        cv2.polylines(picture, [outline], True, colour, thickness, cv2.LINE_AA, shift=3)
    return picture


def paint_maps(pixels: np.ndarray, maps: TargetMaps) -> np.ndarray:
    """The target maps over a paled crop, (S, S, 3) uint8."""
    grey = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    picture = grey.astype(np.float32) * 0.6 + 102
    low, high = float(maps.threshold_map.min()), float(maps.threshold_map.max())
    band = (maps.threshold_map - low) / max(high - low, 1e-6)
    picture = _blend(picture, BAND, 0.85 * band**1.5)
    picture = _blend(picture, KERNEL, 0.6 * maps.shrink_map.astype(np.float32))
    rows, columns = np.indices(maps.shrink_mask.shape)
    stripes = (rows + columns) % 12 < 4
    ignored = (maps.shrink_mask == 0).astype(np.float32)
    picture = _blend(picture, IGNORED, ignored * np.where(stripes, 0.9, 0.35).astype(np.float32))
    return np.clip(picture, 0, 255).astype(np.uint8)


def _blend(picture: np.ndarray, colour: np.ndarray, share: np.ndarray) -> np.ndarray:
    return picture + (colour - picture) * share[:, :, None]


def _row(tiles: Sequence[np.ndarray]) -> np.ndarray:
    gap = np.full((len(tiles[0]), _GAP, 3), 255, np.uint8)
    parts = [part for tile in tiles for part in (tile, gap)]
    return np.concatenate(parts[:-1], axis=1)


def _sheet(tiles: Sequence[np.ndarray]) -> np.ndarray:
    side = min(480, len(tiles[0]))
    small = [cv2.resize(tile, (side, side), interpolation=cv2.INTER_AREA) for tile in tiles]
    columns = min(_COLUMNS, len(small))
    small += [np.full_like(small[0], 255)] * (-len(small) % columns)
    rows = [_row(small[start : start + columns]) for start in range(0, len(small), columns)]
    gap = np.full((_GAP, rows[0].shape[1], 3), 255, np.uint8)
    parts = [part for row in rows for part in (row, gap)]
    return np.concatenate(parts[:-1], axis=0)
