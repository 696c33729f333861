"""What is shown of what training sees: each crop with its texts, the maps over it, and all of them on one sheet."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.data.targets import TargetMaps
from ocrweb.training.augment.compose import CropRecipe, Labelled
from ocrweb.training.feed.preview import BAND, IGNORED, KERNEL, paint_maps, paint_texts, write_preview
from ocrweb.training.feed.samples import SampleRecipe


class Crops:
    """Grey crops without texts; each as bright as its number says."""

    def __init__(self, count: int, side: int = 64) -> None:
        crop = CropRecipe(side, AugmentOptions(), ResizeOptions())
        self.recipe, self.asked = SampleRecipe(crop, (0.5,) * 3, (0.5,) * 3), list[tuple[int, int]]()
        self._count, self._side = count, side

    def __len__(self) -> int:
        return self._count

    def crop(self, epoch: int, index: int) -> Labelled:
        self.asked.append((epoch, index))
        return Labelled(np.full((self._side, self._side, 3), 10 * index, np.uint8), [], [])

    def place(self, index: int) -> str:
        return f"/data/pictures/{'abcdefghijklmnopqrstu'[index]}.jpeg"


def read(path: Path) -> np.ndarray:
    return np.asarray(cv2.imread(str(path)))


@pytest.mark.parametrize(("there", "wanted", "written"), [(3, 16, 3), (16, 3, 3), (18, 16, 16), (1, 1, 1)])
def test_so_many_are_shown_as_there_are_and_as_were_asked_for(
    there: int, wanted: int, written: int, tmp_path: Path
) -> None:
    source = Crops(there)
    files = write_preview(source, tmp_path / "new" / "folder", wanted)
    assert source.asked == [(0, index) for index in range(written)]
    names = [f"{index + 1:02d}_{'abcdefghijklmnopqrstu'[index]}.jpg" for index in range(written)]
    assert [file.name for file in files] == ["overview.jpg", *names]
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(["overview.jpg", *names])


def test_sixteen_are_shown_where_nobody_said_how_many(tmp_path: Path) -> None:
    assert len(write_preview(Crops(20), tmp_path)) == 17


def test_of_nothing_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert write_preview(Crops(0), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("count", "side", "shape"),
    [(1, 64, (64, 64)), (3, 64, (64, 208)), (4, 64, (64, 280)), (5, 64, (136, 280)), (9, 64, (208, 280)), (2, 640, (480, 968))],
)  # fmt: skip
def test_the_sheet_has_four_in_a_row_with_a_gap_between_and_white_where_none_is_left(
    count: int, side: int, shape: tuple[int, int], tmp_path: Path
) -> None:
    sheet = read(write_preview(Crops(count, side), tmp_path, count)[0])
    assert sheet.shape[:2] == shape
    if count == 5:
        assert sheet[100, 20].max() < 160
        assert sheet[100, 100:].min() > 240
        assert sheet[68].min() > 200


def test_a_picture_has_the_crop_at_the_left_and_the_maps_over_it_paled_at_the_right(tmp_path: Path) -> None:
    pair = read(write_preview(Crops(1), tmp_path)[1])
    assert pair.shape == (64, 64 + 8 + 64, 3)
    assert pair[:, :60].max() < 12
    assert pair[:, 66:70].min() > 240
    assert np.abs(pair[:, 76:].astype(int) - 102).max() < 6


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


@pytest.mark.parametrize(("side", "rows"), [(320, 1), (960, 5), (100, 1)])
def test_a_text_that_is_learnt_from_is_outlined_green_and_an_ignored_one_grey(side: int, rows: int) -> None:
    pixels = np.zeros((side, side, 3), np.uint8)
    painted = paint_texts(Labelled(pixels, [box(10, 10, 80, 40), box(10, 60, 80, 90)], [False, True]))
    assert not pixels.any()
    np.testing.assert_allclose(painted[10, 45], KERNEL, atol=20)
    np.testing.assert_allclose(painted[60, 45], IGNORED, atol=20)
    np.testing.assert_allclose(painted[25, 80], KERNEL, atol=20)
    assert not painted[25, 45].any()
    assert (painted[2:20, 45, 1] > KERNEL[1] / 2).sum() == rows


def maps(**changed: np.ndarray) -> TargetMaps:
    none, all_ = np.zeros((24, 24), np.uint8), np.ones((24, 24), np.uint8)
    given = {
        "shrink_map": none,
        "shrink_mask": all_,
        "threshold_map": np.full((24, 24), 0.3, np.float32),
        "threshold_mask": none,
    }
    return TargetMaps(**{**given, **changed})  # fmt: skip


GREY = np.full((24, 24, 3), 100, np.uint8)  # paled: 0.6 × 100 + 102


def test_where_nothing_is_to_be_found_the_crop_is_grey_and_paler() -> None:
    colourful = np.zeros((24, 24, 3), np.uint8)
    colourful[:, :, 2] = 200
    painted = paint_maps(colourful, maps())
    assert np.ptp(painted.reshape(-1, 3), axis=1).max() == 0
    assert painted[0, 0, 0] == pytest.approx(0.6 * 60 + 102, abs=1)
    assert (paint_maps(GREY, maps()) == 162).all()


def test_kernels_are_painted_over_the_band_and_both_over_the_crop() -> None:
    kernel, band = np.zeros((24, 24), np.uint8), np.full((24, 24), 0.3, np.float32)
    kernel[:8] = 1
    band[8:16] = 0.7
    band[16:20] = 0.5
    painted = paint_maps(GREY, maps(shrink_map=kernel, threshold_map=band)).astype(float)
    np.testing.assert_allclose(painted[4, 4], 0.4 * 162 + 0.6 * KERNEL, atol=1)
    np.testing.assert_allclose(painted[12, 4], 0.15 * 162 + 0.85 * BAND, atol=1)
    half = 0.85 * 0.5**1.5
    np.testing.assert_allclose(painted[18, 4], (1 - half) * 162 + half * BAND, atol=1)
    np.testing.assert_allclose(painted[22, 4], 162, atol=1)


def test_what_nothing_is_learnt_from_is_hatched() -> None:
    learnt = np.ones((24, 24), np.uint8)
    learnt[:, 12:] = 0
    painted = paint_maps(GREY, maps(shrink_mask=learnt)).astype(float)
    assert (painted[:, :12] == 162).all()
    rows, columns = np.indices((24, 12))
    for shade, here in ((0.9, (rows + columns + 12) % 12 < 4), (0.35, (rows + columns + 12) % 12 >= 4)):
        np.testing.assert_allclose(painted[:, 12:][here], np.tile((1 - shade) * 162 + shade * IGNORED, (here.sum(), 1)), atol=1)  # fmt: skip
