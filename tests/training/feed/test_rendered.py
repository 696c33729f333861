"""Pages drawn on the fly: larger than the crop, of the kinds asked for, each place its own, kept as long as was said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.training.augment.compose import CropRecipe
from ocrweb.training.feed import rendered
from ocrweb.training.feed.rendered import RenderedSamples
from ocrweb.training.feed.samples import SampleRecipe


def recipe(size: int = 64, seed: int = 0) -> SampleRecipe:
    return SampleRecipe(CropRecipe(size, AugmentOptions(), ResizeOptions()), (0.5,) * 3, (0.5,) * 3, seed=seed)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int, tuple[int, int]]]:
    """What the renderer was asked for; its pages are empty."""
    seen: list[tuple[Any, int, tuple[int, int]]] = []

    class Page:
        boxes = ()

        def __init__(self, kind: str | None, seed: int, size: tuple[int, int]) -> None:
            seen.append((kind, seed, size))
            self.pixels = np.zeros((*size, 3), np.uint8)

    monkeypatch.setattr(rendered, "render_page", Page)
    return seen


def test_a_page_is_larger_than_its_crop_and_each_has_a_size_of_its_own(asked: list[Any]) -> None:
    source = RenderedSamples(60, recipe(100))
    for index in range(60):
        source.page(0, index)
    sides = np.array([size for _, _, size in asked])
    assert 120 <= sides.min() < 126
    assert 174 < sides.max() <= 180
    assert (sides[:, 0] != sides[:, 1]).mean() > 0.8
    assert len({seed for _, seed, _ in asked}) == 60


def test_all_kinds_asked_for_are_drawn_and_any_where_none_is_named(asked: list[Any]) -> None:
    source = RenderedSamples(40, recipe(), kinds=["label", "receipt", "invoice"])
    for index in range(40):
        source.page(0, index)
    assert {kind for kind, _, _ in asked} == {"label", "receipt", "invoice"}
    asked.clear()
    RenderedSamples(1, recipe(), kinds=[]).page(0, 0)
    RenderedSamples(1, recipe()).page(0, 0)
    assert [kind for kind, _, _ in asked] == [None, None]


def test_seed_generation_and_place_decide_what_is_drawn(asked: list[Any]) -> None:
    for seed, epoch, index in ((0, 0, 0), (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)):
        RenderedSamples(5, recipe(seed=seed)).page(epoch, index)
    assert asked[0] == asked[1]
    assert len({seed for _, seed, _ in asked}) == 4


@pytest.mark.parametrize(
    ("lifetime", "drawn"),
    [(1, [4, 8, 12, 16]), (2, [4, 6, 8, 10]), (3, [4, 5, 6, 8]), (None, [4, 4, 4, 4])],
)  # fmt: skip
def test_a_share_of_the_pages_is_renewed_in_each_epoch(
    lifetime: int | None, drawn: list[int], asked: list[Any]
) -> None:
    source, counts = RenderedSamples(4, recipe(), lifetime=lifetime, cache_bytes=None), []
    for epoch in range(4):
        for index in range(4):
            source.page(epoch, index)
        counts.append(len(asked))
    assert counts == drawn


def test_pages_are_kept_where_there_is_room_for_all_and_drawn_again_where_there_is_none(asked: list[Any]) -> None:
    for cache, drawn in ((None, 6), (0, 12)):
        asked.clear()
        source = RenderedSamples(6, recipe(), lifetime=None, cache_bytes=cache)
        for index in [*range(6), *range(6)]:
            source.page(0, index)
        assert len(asked) == drawn


def test_a_place_is_named_as_people_count_and_there_are_as_many_as_said() -> None:
    source = RenderedSamples(7, recipe())
    assert (source.place(0), source.place(6), len(source)) == ("page-1", "page-7", 7)


def test_a_crop_is_another_one_in_another_epoch_of_the_same_page_and_the_same_in_the_same() -> None:
    source = RenderedSamples(2, recipe(), kinds=["label"], lifetime=None)
    first = source.crop(0, 1).pixels
    np.testing.assert_array_equal(source.crop(0, 1).pixels, first)
    assert not np.array_equal(source.crop(1, 1).pixels, first)
    assert not np.array_equal(RenderedSamples(2, recipe(seed=3), kinds=["label"], lifetime=None).crop(0, 1).pixels, first)  # fmt: skip
