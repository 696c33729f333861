"""Training samples: a crop of a picture with its target maps, the same for the same (seed, epoch, index) everywhere."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

import cv2
import numpy as np

from ocrweb.config.groups.targets import TargetOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.data.targets import TargetMaps, make_targets
from ocrweb.errors import OcrwebError
from ocrweb.geometry.outlines import Outlines
from ocrweb.imaging.picture import read_picture
from ocrweb.training.augment.compose import CropRecipe, Labelled, make_crop

Arrays = dict[str, np.ndarray]
Teacher = Callable[[np.ndarray], np.ndarray]
"""(S, S, 3) uint8 BGR crop → (S, S) float32 probability map."""

CACHE_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class SampleRecipe:
    """How samples are made. mean, std: of the model's card, of the picture scaled to 0..1, in BGR order."""

    crop: CropRecipe
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    targets: TargetOptions = field(default_factory=TargetOptions)
    seed: int = 0


class SampleSource(Protocol):
    """What a loader draws from."""

    def __len__(self) -> int:
        """How many samples an epoch has."""

    def sample(self, epoch: int, index: int) -> Arrays:
        """image (3, S, S) float32, normalised; shrink_map, shrink_mask, threshold_mask (S, S) uint8; threshold_map float32."""

    def place(self, index: int) -> str:
        """What to call the sample in a message."""


class TrainingSamples:
    """Crops of labelled picture files, one a picture and epoch.

    cache_bytes: decoded pictures are kept up to so many bytes; each loader process has its own cache.
    teacher: adds its ``teacher_map`` of each crop to the sample.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        recipe: SampleRecipe,
        *,
        cache_bytes: int = CACHE_BYTES,
        teacher: Teacher | None = None,
    ) -> None:
        self.recipe = recipe
        self._samples = list(samples)
        self._cache = PictureCache(cache_bytes)
        self._teacher = teacher

    def __len__(self) -> int:
        return len(self._samples)

    def sample(self, epoch: int, index: int) -> Arrays:
        """One sample; OcrwebError names the picture when it cannot be read or prepared."""
        return make_sample(self.crop(epoch, index), self.recipe, self._teacher)

    def crop(self, epoch: int, index: int) -> Labelled:
        """The crop that `sample` makes its maps of."""
        entry = self._samples[index]
        rng = np.random.default_rng([self.recipe.seed, epoch, index])
        picture = self._cache.get(index, lambda: labelled(read_picture(entry.image).pixels, entry.boxes))
        try:
            return make_crop(rng, picture, self.recipe.crop)
        except (cv2.error, ValueError, np.linalg.LinAlgError) as error:
            reason = " ".join(str(error).split())[:200]
            raise OcrwebError("loader.sample-failed", where=str(entry.image), reason=reason) from error

    def place(self, index: int) -> str:
        return str(self._samples[index].image)


def labelled(pixels: np.ndarray, boxes: Sequence[LabelledBox]) -> Labelled:
    """A picture with its boxes; those without a finite outline are left out."""
    outlined = [box for box in boxes if len(box.points) >= 3]
    texts = Outlines.of([box.outline for box in outlined])
    lowest, highest = texts.bounds()
    finite = np.isfinite(lowest + highest).all(axis=1).tolist()
    kept = [(text, box) for text, box, usable in zip(texts.split(), outlined, finite, strict=True) if usable]
    return Labelled(pixels, [text for text, _ in kept], [box.ignore for _, box in kept])


def make_sample(crop: Labelled, recipe: SampleRecipe, teacher: Teacher | None = None) -> Arrays:
    """The arrays of one crop, as `SampleSource.sample` describes them."""
    maps = draw_targets(crop, recipe)
    arrays = {
        "image": normalise(crop.pixels, recipe.mean, recipe.std),
        "shrink_map": maps.shrink_map,
        "shrink_mask": maps.shrink_mask,
        "threshold_map": maps.threshold_map,
        "threshold_mask": maps.threshold_mask,
    }
    if teacher is not None:
        arrays["teacher_map"] = np.asarray(teacher(crop.pixels), np.float32)
    return arrays


def draw_targets(crop: Labelled, recipe: SampleRecipe) -> TargetMaps:
    """The target maps of a crop."""
    return make_targets(
        crop.polygons,
        crop.ignore,
        *crop.pixels.shape[:2],
        shrink_ratio=recipe.targets.shrink_ratio,
        min_text_size=recipe.targets.min_text_size,
    )


def normalise(pixels: np.ndarray, mean: tuple[float, ...], std: tuple[float, ...]) -> np.ndarray:
    """(H, W, 3) uint8 → (3, H, W) float32, the very values that detection feeds the network."""
    planes = np.empty((3, *pixels.shape[:2]), np.float32)
    for plane, channel, table in zip(planes, cv2.split(pixels), _tables(tuple(mean), tuple(std)), strict=True):
        cv2.LUT(channel, table, plane)
    return planes


@functools.lru_cache(maxsize=16)
def _tables(mean: tuple[float, ...], std: tuple[float, ...]) -> list[np.ndarray]:
    levels = np.arange(256) / 255.0
    return [((levels - m) / s).astype(np.float32) for m, s in zip(mean, std, strict=True)]


class PictureCache:
    """Decoded pictures with their texts, the least used dropped first; shared by threads, empty again when pickled."""

    def __init__(self, limit: int) -> None:
        """limit: bytes of pixels kept at most; a picture larger than that is never kept."""
        self._limit = limit
        self._kept: OrderedDict[Hashable, Labelled] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def get(self, key: Hashable, read: Callable[[], Labelled]) -> Labelled:
        """What is under a key, read when it is not there. Nobody may write into it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = read()
        if picture.pixels.nbytes <= self._limit:
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = picture
                    self.size += picture.pixels.nbytes
                while self.size > self._limit:
                    self.size -= self._kept.popitem(last=False)[1].pixels.nbytes
        return picture

    def __reduce__(self) -> tuple[type[PictureCache], tuple[int]]:
        return PictureCache, (self._limit,)
