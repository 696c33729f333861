"""A sample is the same wherever and whenever it is drawn, and has what the network is fed."""

from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.errors import OcrwebError
from ocrweb.runtime.preprocess import prepare
from ocrweb.training.augment.compose import CropRecipe, Labelled
from ocrweb.training.feed.loader import BatchLoader
from ocrweb.training.feed.loader_plan import WorkerPlan, sample_bytes
from ocrweb.training.feed.preview import paint_maps, write_preview
from ocrweb.training.feed.rendered import RenderedSamples
from ocrweb.training.feed.samples import PictureCache, SampleRecipe, TrainingSamples, draw_targets, labelled, normalise

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIZE = 96
NAMES = {"image", "shrink_map", "shrink_mask", "threshold_map", "threshold_mask"}


def recipe(seed: int = 0, use_tps: bool = False) -> SampleRecipe:
    return SampleRecipe(CropRecipe(SIZE, AugmentOptions(), ResizeOptions(), use_tps), MEAN, STD, seed=seed)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Sample]:
    samples = []
    for number in range(5):
        pixels = np.full((150, 200, 3), 230 - 10 * number, np.uint8)
        boxes = []
        for row in (20, 70, 110):
            box = np.array([[20, row], [170, row], [170, row + 24], [20, row + 24]], np.float32)
            cv2.putText(pixels, f"page {number}", (24, row + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2)
            boxes.append(LabelledBox(box, "###" if row == 110 else "page", row == 110))
        image = tmp_path / f"{number}.png"
        cv2.imwrite(str(image), pixels)
        samples.append(Sample(image, None, tuple(boxes)))
    return samples


def equal(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def test_a_sample_has_the_arrays_of_the_contract(pictures: list[Sample]) -> None:
    sample = TrainingSamples(pictures, recipe()).sample(0, 0)
    assert sample.keys() == NAMES
    assert (sample["image"].shape, sample["image"].dtype) == ((3, SIZE, SIZE), np.float32)
    assert (sample["threshold_map"].shape, sample["threshold_map"].dtype) == ((SIZE, SIZE), np.float32)
    assert all(sample[name].dtype == np.uint8 for name in ("shrink_map", "shrink_mask", "threshold_mask"))
    assert sum(array.nbytes for array in sample.values()) <= sample_bytes(SIZE)


def test_seed_epoch_and_index_decide_everything(pictures: list[Sample]) -> None:
    first, again = TrainingSamples(pictures, recipe()), TrainingSamples(pictures, recipe(), cache_bytes=0)
    again.sample(3, 2)
    assert equal(first.sample(1, 2), again.sample(1, 2))
    assert not equal(first.sample(1, 2), first.sample(2, 2))
    assert not equal(first.sample(1, 2), TrainingSamples(pictures, recipe(seed=1)).sample(1, 2))


def test_processes_draw_the_very_same_samples(pictures: list[Sample]) -> None:
    source = TrainingSamples(pictures, recipe())
    with (
        BatchLoader(source, 5, WorkerPlan("processes", 1)) as there,
        BatchLoader(source, 5, WorkerPlan("inline")) as here,
    ):
        assert equal(next(iter(there.batches(2))), next(iter(here.batches(2))))


def test_pixels_are_normalised_as_detection_does() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    assert np.array_equal(normalise(pixels, MEAN, STD), prepare(pixels, ResizeOptions(), MEAN, STD).blob[0])


def test_a_picture_that_cannot_be_read_is_named(pictures: list[Sample]) -> None:
    pictures[1].image.write_bytes(b"not a picture")
    with pytest.raises(OcrwebError) as caught:
        TrainingSamples(pictures, recipe()).sample(0, 1)
    assert str(pictures[1].image) in caught.value.message("en")


def test_boxes_without_a_finite_outline_are_left_out(pictures: list[Sample]) -> None:
    bad = LabelledBox(np.array([[1, 2], [np.nan, 3], [4, 5], [6, 7]], np.float32), "x", False)
    source = TrainingSamples([Sample(pictures[0].image, None, (bad,))], recipe(use_tps=True))
    assert not any(source.sample(epoch, 0)["shrink_map"].any() for epoch in range(3))


def test_a_text_of_three_corners_is_one_and_of_two_is_none() -> None:
    corners = np.array([[1, 2], [30, 3], [4, 25]], np.float32)
    boxes = [LabelledBox(corners, "x", True), LabelledBox(corners[:2], "y", False)]
    found = labelled(np.zeros((9, 9, 3), np.uint8), boxes)
    assert ([len(text) for text in found.polygons], found.ignore) == ([3], [True])


def test_a_teacher_sees_the_crop_and_its_map_joins_the_sample(pictures: list[Sample]) -> None:
    source = TrainingSamples(pictures, recipe(), teacher=lambda crop: crop[:, :, 0] / 255)
    sample = source.sample(0, 0)
    assert np.allclose(sample["teacher_map"], source.crop(0, 0).pixels[:, :, 0] / 255)
    assert sample["teacher_map"].dtype == np.float32


def test_the_cache_keeps_what_fits_and_drops_the_least_used() -> None:
    cache, reads = PictureCache(250), []

    def get(key: str, size: int = 100) -> None:
        def read() -> Labelled:
            reads.append(key)
            return Labelled(np.zeros(size, np.uint8), [], [])

        cache.get(key, read)

    for key in ("a", "b", "a", "c", "a", "b"):
        get(key)
    assert reads == ["a", "b", "c", "b"]
    get("d", 150)
    assert (cache.size, len(reads)) == (250, 5)  # full to the last byte
    get("b")
    get("huge", 1000)
    get("a")
    assert cache.size <= 250
    assert reads[-2:] == ["huge", "a"] or reads[-1] == "huge"
    assert pickle.loads(pickle.dumps(cache)).size == 0


def test_rendered_pages_are_new_each_epoch_unless_they_are_to_stay() -> None:
    fresh, kept = RenderedSamples(2, recipe()), RenderedSamples(2, recipe(), lifetime=None, kinds=["label"])
    assert fresh.sample(0, 1).keys() == NAMES
    assert not np.array_equal(fresh.page(0, 1).pixels[:50, :50], fresh.page(1, 1).pixels[:50, :50])
    assert equal(kept.sample(1, 1), RenderedSamples(2, recipe(), lifetime=None, kinds=["label"]).sample(1, 1))
    assert not equal(kept.sample(0, 1), kept.sample(1, 1))


def test_a_page_lives_for_some_epochs_and_as_many_are_renewed_in_each() -> None:
    source = RenderedSamples(4, recipe(), kinds=["label"], lifetime=2, cache_bytes=None)
    same = [[source.page(epoch, i) is source.page(epoch + 1, i) for i in range(4)] for epoch in range(3)]
    assert [sum(row) for row in same] == [2, 2, 2]
    assert same[0] == same[2] != same[1]


def test_the_preview_writes_a_picture_a_sample_and_an_overview(pictures: list[Sample], tmp_path: Path) -> None:
    files = write_preview(TrainingSamples(pictures, recipe()), tmp_path / "preview", count=3)
    assert [file.name for file in files] == ["overview.jpg", "01_0.jpg", "02_1.jpg", "03_2.jpg"]
    shapes = [cv2.imread(str(file)).shape for file in files]
    assert shapes == [(SIZE, 3 * SIZE + 16, 3), *[(SIZE, 2 * SIZE + 8, 3)] * 3]


def test_the_preview_paints_kernels_green_and_leaves_the_rest_grey(pictures: list[Sample]) -> None:
    box = np.array([[10.0, 30.0], [86.0, 30.0], [86.0, 66.0], [10.0, 66.0]])
    crop = Labelled(np.full((SIZE, SIZE, 3), 128, np.uint8), [box], [False])
    painted = paint_maps(crop.pixels, draw_targets(crop, recipe())).astype(int)
    blue, green, red = painted[48, 48]
    assert green > max(blue, red) + 20
    assert np.ptp(painted[2, 2]) == 0
