"""Which pictures without labels are learnt from, and the two views of their crops."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_picture
from ocrweb.imaging.picture import read_picture
from ocrweb.render.page import render_page
from ocrweb.training.augment.compose import CropRecipe, Labelled, make_crop
from ocrweb.training.augment.light import vary
from ocrweb.training.feed.samples import SampleRecipe, normalise
from ocrweb.training.feed.views import TwoViews, choose_plain

STRENGTHS = {"shadow": 0.4, "blur": 0.4, "jpeg": 0.4, "colour": 0.5}
RECIPE = SampleRecipe(CropRecipe(64, AugmentOptions(), ResizeOptions()), (0.5,) * 3, (0.5,) * 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plain"
    (folder / "deep").mkdir(parents=True)
    for seed in range(3):
        write_picture(folder / "deep" / f"{seed}.png", render_page("label", seed, (96, 128)).pixels)
    return folder


def test_unreadable_ones_copies_and_those_that_judge_the_run_are_left_out_and_counted(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture either")
    shutil.copy(folder / "deep/0.png", folder / "copy.png")
    test = tmp_path / "test.png"
    shutil.copy(folder / "deep/1.png", test)
    found = choose_plain(folder, [Sample(test, None, ())])
    assert sorted(path.name for path in found.pictures) == ["2.png", "copy.png"]
    assert (found.unreadable, found.judged) == (1, 1)


@pytest.mark.parametrize("left", ["nothing", "unreadable", "judged"])
def test_a_folder_without_any_picture_to_learn_from_is_an_error(folder: Path, left: str) -> None:
    judged = [Sample(path, None, ()) for path in sorted(folder.rglob("*.png"))] if left == "judged" else []
    for path in folder.rglob("*.png"):
        if left == "nothing":
            path.unlink()
        elif left == "unreadable":
            path.write_bytes(b"no picture")
    with pytest.raises(OcrwebError) as caught:
        choose_plain(folder, judged)
    assert caught.value.code == "train.unlabelled-none"


def test_an_absent_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        choose_plain(tmp_path / "nowhere", [])
    assert caught.value.code == "usage.missing-path"


def test_both_views_show_the_same_pixels_and_the_strong_one_is_spoilt(folder: Path) -> None:
    source = TwoViews(choose_plain(folder, []).pictures, RECIPE)
    drawn = [source.sample(epoch, index) for epoch in range(5) for index in range(3)]
    assert all(one["weak"].shape == one["strong"].shape == (3, 64, 64) for one in drawn)
    assert all(not np.array_equal(one["weak"], one["strong"]) for one in drawn)
    alike = [np.corrcoef(one["weak"].mean(axis=0).ravel(), one["strong"].mean(axis=0).ravel())[0, 1] for one in drawn]
    assert np.median(alike) > 0.8
    again = source.sample(1, 2)
    for name in ("weak", "strong"):
        np.testing.assert_array_equal(again[name], drawn[5][name])
    assert not np.array_equal(drawn[5]["weak"], drawn[8]["weak"])


def test_a_picture_whose_pixels_are_damaged_gives_its_place_to_the_next(folder: Path) -> None:
    pictures = choose_plain(folder, []).pictures
    whole = pictures[1].read_bytes()
    pictures[1].write_bytes(whole[: len(whole) // 2])
    source = TwoViews(pictures, RECIPE)
    assert [int(source.sample(0, index)["unreadable"]) for index in range(3)] == [-1, 1, -1]
    for path in pictures:
        path.write_bytes(whole[:200])
    with pytest.raises(OcrwebError):
        TwoViews(pictures, RECIPE).sample(0, 0)


def test_the_plain_view_keeps_its_light_and_the_strong_one_is_that_view_in_another(folder: Path) -> None:
    """Drawn from a stream of their own: a run of an earlier version goes on with the same crops."""
    pictures = choose_plain(folder, []).pictures
    options = AugmentOptions(shadow=1.0, blur=1.0, jpeg=1.0, colour=1.0)
    source = TwoViews(pictures, replace(RECIPE, crop=replace(RECIPE.crop, augmentation=options), seed=7))
    still, light = (options.model_copy(update=change) for change in (dict.fromkeys(STRENGTHS, 0.0), STRENGTHS))
    for epoch, index in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)):
        rng = np.random.default_rng([7, epoch, index, 0x2E75])
        crop = make_crop(rng, Labelled(read_picture(pictures[index]).pixels, [], []), replace(RECIPE.crop, augmentation=still))  # fmt: skip
        sample = source.sample(epoch, index)
        np.testing.assert_array_equal(sample["weak"], normalise(crop.pixels, RECIPE.mean, RECIPE.std))
        np.testing.assert_array_equal(
            sample["strong"], normalise(vary(rng, light, crop.pixels), RECIPE.mean, RECIPE.std)
        )
    assert (source.place(1), len(source)) == (str(pictures[1]), 3)
