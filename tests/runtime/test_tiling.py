"""Long and large pictures are seen in tiles, and found in one piece."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.entry import from_onnx
from ocrweb.runtime.result import SHRUNK
from ocrweb.runtime.tiling import plan_tiles
from tests.runtime.networks import save_brightness
from tests.runtime.test_detector import PLAIN

USUAL = ResizeOptions()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def brightness(folder: Path, size: tuple[int, int] | None = None) -> Detector:
    entry = from_onnx(save_brightness(folder / "m.onnx", size=size, card=PLAIN), "m")
    return Detector(entry, load_engine(entry, device="cpu"))


def strip(length: int, pitch: int = 20, across: bool = False) -> tuple[np.ndarray, int]:
    """A picture 192 pixels wide, black, with a white bar every ``pitch`` pixels, and how many; across: lying."""
    page = np.zeros((length, 192, 3), np.uint8)
    tops = range(6, length - pitch, pitch)
    for top in tops:
        page[top : top + 8, 16:176] = 255
    return (page.transpose(1, 0, 2).copy() if across else page), len(tops)


@pytest.mark.parametrize(
    ("width", "height", "tiled"),
    [
        (1280, 720, False), (3024, 4032, False), (684, 2000, False), (1080, 2400, False), (2480, 3508, False),
        (200, 300, False), (600, 10_000, True), (10_000, 600, True), (1080, 8000, True), (7016, 9921, True),
    ],
)  # fmt: skip
def test_only_what_loses_its_text_at_the_usual_size_is_tiled(width: int, height: int, tiled: bool) -> None:
    scale = min(1.0, 1280 / max(width, height))
    assert (plan_tiles(width, height, USUAL, None, scale) is not None) == tiled
    assert (plan_tiles(width, height, ResizeOptions(limit_side=640), None, scale / 2) is not None) == tiled


@pytest.mark.parametrize("size", [(600, 10_000), (7016, 9921), (300, 4000), (1500, 30_000)])
def test_the_tiles_are_of_one_size_and_count_as_one_everywhere(size: tuple[int, int]) -> None:
    tiling = plan_tiles(*size, USUAL, None, 1280 / max(size))
    assert tiling is not None
    whole = np.zeros((tiling.page.resized_height, tiling.page.resized_width), np.float32)
    for tile in tiling.tiles():
        assert tile.weights.shape == whole[tile.place].shape
        assert max(tile.weights.shape) <= 1280
        whole[tile.place] += tile.weights
    np.testing.assert_allclose(whole, 1.0, atol=1e-6)


def test_the_number_of_tiles_grows_with_the_length_and_no_faster() -> None:
    counts = []
    for length in (5000, 10_000, 20_000, 40_000):
        tiling = plan_tiles(600, length, USUAL, None, 1280 / length)
        counts.append(tiling.count if tiling else 1)
    assert counts == sorted(counts)
    assert all(after <= 2 * before for before, after in itertools.pairwise(counts))


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("fixed", [None, (640, 512)])
def test_no_box_is_cut_at_a_seam_and_none_comes_twice(
    across: bool, fixed: tuple[int, int] | None, tmp_path: Path
) -> None:
    picture, bars = strip(7040, across=across)
    result = brightness(tmp_path, fixed).detect(picture)
    assert result.tiles > 1
    assert len(result.regions) == bars
    boxes = np.array([np.ptp(region.quad, axis=0) for region in result.regions])
    np.testing.assert_allclose(boxes, np.broadcast_to(boxes[0], boxes.shape), atol=1.5)
    assert result.to_dict()["tiles"] == result.tiles
    assert result.warnings == ()


def test_every_tile_may_hold_as_many_regions_as_a_picture(tmp_path: Path) -> None:
    picture, bars = strip(7040)
    result = brightness(tmp_path).detect(picture, DecodeOptions(max_candidates=100))
    assert len(result.regions) == bars > 100


def test_an_ordinary_picture_is_seen_at_once_and_its_result_has_no_new_fields(tmp_path: Path) -> None:
    document = brightness(tmp_path).detect(strip(400)[0]).to_dict()
    assert "tiles" not in document
    assert "warnings" not in document


def test_a_picture_shrunk_until_its_text_vanishes_says_so(tmp_path: Path) -> None:
    result = brightness(tmp_path, (96, 416)).detect(
        strip(7040)[0]
    )  # tiles that small would be overlap for the most part
    assert result.tiles == 1
    assert result.to_dict()["warnings"] == [SHRUNK]


def test_the_work_on_a_long_picture_can_be_ended_between_two_tiles(tmp_path: Path) -> None:
    seen: list[int] = []

    def check() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise OcrwebError("detect.cancelled")

    with pytest.raises(OcrwebError, match=r".") as caught:
        brightness(tmp_path).probability(strip(7040)[0], None, check)
    assert caught.value.code == "detect.cancelled"
    assert len(seen) == 3
