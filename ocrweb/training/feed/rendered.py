"""Training samples of pages drawn on the fly, for pretraining: the same crops, light and target maps as for pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrweb.render.page import render_page
from ocrweb.training.augment.compose import Labelled, make_crop
from ocrweb.training.feed.samples import Arrays, PictureCache, SampleRecipe, Teacher, labelled, make_sample

_PAGE = (1.2, 1.8)
"""Sides of a page, in sides of the crop: room to choose from, and little drawn for nothing."""
_LAST_SEED = 2**31


class RenderedSamples:
    """``length`` crops an epoch, each of a page of its own.

    lifetime: epochs that a page is kept before another takes its place, or None for ever; a share of the pages is renewed
    each epoch, so that the cost of drawing them is even. kinds: of pages, one of which is drawn at random for each; None
    takes any in the renderer's shares. cache_bytes: how much of pages is kept, of use when they live longer than an epoch;
    None keeps them all. teacher: see `TrainingSamples`.
    """

    def __init__(
        self,
        length: int,
        recipe: SampleRecipe,
        *,
        kinds: Sequence[str] | None = None,
        lifetime: int | None = 1,
        cache_bytes: int | None = 0,
        teacher: Teacher | None = None,
    ) -> None:
        self.recipe = recipe
        self._length = length
        self._kinds = list(kinds) if kinds else None
        self._lifetime = lifetime
        page_bytes = int((_PAGE[1] * recipe.crop.crop_size) ** 2 * 3)
        self._cache = PictureCache(length * page_bytes if cache_bytes is None else cache_bytes)
        self._teacher = teacher

    def __len__(self) -> int:
        return self._length

    def sample(self, epoch: int, index: int) -> Arrays:
        """See `SampleSource`."""
        return make_sample(self.crop(epoch, index), self.recipe, self._teacher)

    def crop(self, epoch: int, index: int) -> Labelled:
        """The crop that `sample` makes its maps of."""
        page = self.page(epoch, index)
        return make_crop(np.random.default_rng([self.recipe.seed, epoch, index]), page, self.recipe.crop)

    def page(self, epoch: int, index: int) -> Labelled:
        """The whole page that a crop is cut out of."""
        age = self._generation(epoch, index)
        return self._cache.get((age, index), lambda: self._draw(age, index))

    def place(self, index: int) -> str:
        return f"page-{index + 1}"

    def _generation(self, epoch: int, index: int) -> int:
        """How many pages stood in a place before the one of this epoch."""
        return (epoch + index % self._lifetime) // self._lifetime if self._lifetime else 0

    def _draw(self, generation: int, index: int) -> Labelled:
        rng = np.random.default_rng([self.recipe.seed, generation, index, 1])
        height, width = (round(self.recipe.crop.crop_size * share) for share in rng.uniform(*_PAGE, 2))
        kind = self._kinds[int(rng.integers(len(self._kinds)))] if self._kinds else None
        page = render_page(kind, int(rng.integers(_LAST_SEED)), (height, width))
        return labelled(page.pixels, page.boxes)
