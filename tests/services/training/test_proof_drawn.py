"""What the proof of a run asks a network and draws of it: a network that takes white for text, and pages with white boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.imaging.encode import encode_picture
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.training import proof
from tests.runtime.networks import save_brightness

CARD = ModelCard(name="m", mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0), threshold=0.3, box_threshold=0.4, unclip_ratio=1.2, bf16=False)  # fmt: skip
WHITE, GREY = (20, 20, 120, 44), (150, 20, 250, 44)  # left, top, right, bottom; grey is text of 0.2 to the network


@pytest.fixture
def detector(tmp_path: Path) -> Detector:
    entry = ModelEntry("m", "file", CARD, {"onnx": save_brightness(tmp_path / "m.onnx")})
    return Detector(entry, load_engine(entry, "onnx", "f32", "cpu"))


def page(folder: Path, size: tuple[int, int] = (96, 320)) -> Path:
    pixels = np.zeros((*size, 3), np.uint8)
    for (left, top, right, bottom), level in ((WHITE, 255), (GREY, 51)):
        pixels[top:bottom, left:right] = level
    (folder / "page.png").write_bytes(encode_picture(pixels, ".png"))
    return folder / "page.png"


def label(left: int, top: int, right: int, bottom: int) -> LabelledBox:
    """As far around the text as a kernel grows."""
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return LabelledBox(np.array(corners, np.float32) + np.array([[-9, -9], [9, -9], [9, 9], [-9, 9]]), "text", False)


def test_a_picture_is_judged_with_the_cards_thresholds_unless_others_are_given(
    detector: Detector, tmp_path: Path
) -> None:
    sample = Sample(page(tmp_path), None, (label(*WHITE), label(*GREY)))
    usual = proof._judge(detector, sample)
    assert (usual.found.labels, len(usual.found.pairs), usual.missed) == (2, 1, 1)
    low = proof._judge(detector, sample, DecodeOptions(threshold=0.1, box_threshold=0.1, unclip_ratio=1.2))
    assert (len(low.found.pairs), low.missed) == (2, 0)
    assert usual.sample is sample


def test_the_drawing_is_the_picture_with_what_was_found_and_missed_no_larger_than_shown(
    detector: Detector, tmp_path: Path
) -> None:
    sample = Sample(page(tmp_path, (100, 1800)), None, (label(*WHITE), label(*GREY)))
    drawn = proof._drawn(proof._judge(detector, sample))
    assert drawn.shape == (50, 900, 3)
    plain = proof._small(read_picture(sample.image).pixels)
    changed = np.abs(drawn.astype(int) - plain).max(axis=2) > 40
    for left, top, right, bottom in (WHITE, GREY):  # an outline each, and nothing between
        around = changed[top // 2 - 4 : bottom // 2 + 5, left // 2 - 4 : right // 2 + 5]
        assert around.any()
    assert not changed[:, 200:].any()


def test_one_picture_is_shown_at_the_cards_threshold_and_at_a_low_one(detector: Detector, tmp_path: Path) -> None:
    decode = DecodeOptions(threshold=0.3, box_threshold=0.4, unclip_ratio=1.2)
    shown, found = proof._probe(detector, page(tmp_path), decode, tmp_path)
    assert shown == [("probe_own.jpg", "0.3: 1"), ("probe_low.jpg", "0.05: 2")]
    assert [(name, len(boxes)) for name, boxes in found] == [("0.3", 1), ("0.05", 2)]
    own, low = (read_picture(tmp_path / name).pixels.astype(int) for name, _ in shown)
    assert own.shape == (96, 320, 3)
    plain = read_picture(page(tmp_path)).pixels
    marked = [[np.abs(one - plain)[:, part].max() > 60 for part in (slice(135), slice(140, 270))] for one in (own, low)]
    assert marked == [[True, False], [True, True]], "the grey box at the low threshold alone"


def test_in_a_picture_that_is_shown_smaller_the_boxes_lie_where_the_text_is(detector: Detector, tmp_path: Path) -> None:
    decode = DecodeOptions(threshold=0.3, box_threshold=0.4, unclip_ratio=1.2)
    wide = page(tmp_path, (100, 1800))
    proof._probe(detector, wide, decode, tmp_path)
    drawn = read_picture(tmp_path / "probe_own.jpg").pixels.astype(int)
    assert drawn.shape == (50, 900, 3)
    marked = np.abs(drawn - proof._small(read_picture(wide).pixels)).max(axis=2) > 60
    columns = np.flatnonzero(marked.any(axis=0))
    assert 0 < columns[0] <= WHITE[0] // 2
    assert WHITE[2] // 2 <= columns[-1] < WHITE[2] // 2 + 10
