"""Two views of crops without labels: a plain one for the teacher, a spoilt one for the student, pixel on pixel."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ocrweb.data.plain import unlabelled_pictures
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits, read_picture
from ocrweb.imaging.sniff import read_header
from ocrweb.training.augment.compose import Labelled, make_crop
from ocrweb.training.augment.light import vary
from ocrweb.training.feed.holdout import unseen
from ocrweb.training.feed.samples import CACHE_BYTES, Arrays, PictureCache, SampleRecipe, labelled, normalise

_STREAM = 0x2E75  # keeps these draws apart from those of the samples
WEAK = {"shadow": 0.0, "blur": 0.0, "jpeg": 0.0, "colour": 0.0}
STRONG = {"enabled": True, "shadow": 0.4, "blur": 0.4, "jpeg": 0.4, "colour": 0.5}


@dataclass(frozen=True, slots=True)
class Plain:
    """The pictures of ``unlabelled.folder``. pictures: learnt from. unreadable: left out. judged: left out, for their content
    is that of a picture on the validation or the test list."""

    pictures: tuple[Path, ...]
    unreadable: int
    judged: int


def choose_plain(folder: Path, judged: Sequence[Sample]) -> Plain:
    """The pictures to learn from without labels, one of each content. judged: what the run is judged on.

    Raises ``usage.missing-path``; ``train.unlabelled-none`` when no picture is left.
    """
    found = [Sample(path, None, ()) for path in unlabelled_pictures(folder)]
    readable = [sample for sample in found if _opens(sample.image)]
    each = unseen(readable, ())
    kept = unseen(each, judged)
    if not kept:
        raise OcrwebError("train.unlabelled-none", path=str(folder))
    return Plain(tuple(one.image for one in kept), len(found) - len(readable), len(each) - len(kept))


def _opens(path: Path) -> bool:
    """By its header: pixels that turn out to be damaged are passed over when their turn comes."""
    try:
        check_limits(read_header(path), DEFAULT_LIMITS, str(path))
    except OcrwebError:
        return False
    return True


def _read(path: Path) -> Labelled:
    return labelled(read_picture(path).pixels, ())


class TwoViews:
    """A crop a picture and epoch: ``weak`` and ``strong``, each (3, S, S) float32, normalised; the same for the same (seed,
    epoch, index). ``unreadable`` is the index of a picture in whose place the next one was taken, -1 where none was.
    """

    def __init__(self, pictures: Sequence[Path], recipe: SampleRecipe) -> None:
        self._pictures = list(pictures)
        options = recipe.crop.augmentation
        self._recipe = recipe
        self._weak = replace(recipe.crop, augmentation=options.model_copy(update=WEAK))
        self._strong = options.model_copy(update=STRONG)
        self._cache = PictureCache(CACHE_BYTES)

    def __len__(self) -> int:
        return len(self._pictures)

    def sample(self, epoch: int, index: int) -> Arrays:
        """Raises what reading raises when not one picture can be read."""
        rng = np.random.default_rng([self._recipe.seed, epoch, index, _STREAM])
        picture, bad = self._readable(index)
        weak = make_crop(rng, picture, self._weak).pixels
        strong = vary(rng, self._strong, weak)
        views = {"weak": weak, "strong": strong}
        arrays = {name: normalise(view, self._recipe.mean, self._recipe.std) for name, view in views.items()}
        return {**arrays, "unreadable": np.array(bad, np.int64)}

    def _readable(self, index: int) -> tuple[Labelled, int]:
        """The picture, or the next one that can be read; and ``unreadable``."""
        for further in range(len(self)):
            place = (index + further) % len(self)
            try:
                picture = self._cache.get(place, functools.partial(_read, self._pictures[place]))
            except OcrwebError:
                if further == len(self) - 1:
                    raise
            else:
                return picture, index if further else -1
        raise AssertionError("a folder without pictures is refused before")

    def place(self, index: int) -> str:
        return str(self._pictures[index])
