"""A training's own evaluation and the measures of an export see a picture as detection and `eval` do."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import paddle
import pytest
from paddle import nn

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.gallery import judge
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import Detector, default_decode, default_resize
from ocrweb.runtime.seeing import InputRule
from ocrweb.training.export.measure import detector_of, measure_hmean
from ocrweb.training.learn.evaluate import count_each, network_maps

CARD = ModelCard(name="dark", mean=(1.0,) * 3, std=(-1.0,) * 3, limit_side=960, limit_type="max")  # 1 - brightness
RULE = InputRule(default_resize(CARD), CARD.mean, CARD.std)


class Dark(nn.Layer):
    """What is dark is text."""

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        return x.mean(axis=1, keepdim=True)


class DarkEngine:
    name, device, fixed_size = "onnx", "CPU", None

    def run(self, batch: np.ndarray) -> np.ndarray:
        return np.asarray(batch.mean(axis=1))

    def interrupt(self) -> None:
        """It never takes long."""

    def close(self) -> None:
        """Nothing to free."""


def drawn(path: Path, width: int, height: int, line: int) -> Sample:
    """A page with a black bar every four lines, a little askew of whole pixels in any smaller size."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    boxes = []
    for number, top in enumerate(range(line, height - 2 * line, 4 * line)):
        left = width // 5 + number % 7
        cv2.rectangle(pixels, (left, top), (left + width // 2, top + line), (0, 0, 0), cv2.FILLED)
        corners = [(left - 3, top - 3), (left + width // 2 + 3, top - 3)]
        corners += [(left + width // 2 + 3, top + line + 3), (left - 3, top + line + 3)]
        boxes.append(LabelledBox(np.array(corners, np.float32), "text", ignore=False))
    cv2.imwrite(str(path), pixels)
    return Sample(path, None, tuple(boxes))


@pytest.mark.parametrize(
    ("size", "line", "tiled"),
    [((500, 640), 12, False), ((600, 6000), 14, True), ((60, 60), 9, False)],
    ids=["ordinary", "long", "tiny"],
)
def test_maps_tiles_and_scores_are_the_same_everywhere(
    tmp_path: Path, size: tuple[int, int], line: int, tiled: bool
) -> None:
    sample = drawn(tmp_path / "page.png", *size, line)
    detector: Detector = detector_of(DarkEngine(), CARD)  # type: ignore[arg-type]
    (mine,) = network_maps(Dark(), [sample], RULE)
    page = detector.probability(sample.image)
    assert mine.tiles == page.tiles
    assert (mine.tiles > 1) == tiled
    np.testing.assert_allclose(mine.map, page.map, atol=1e-5)
    decode: DecodeOptions = default_decode(CARD)
    found = judge(JudgedMap(sample, page.map, page.page, page.tiles), decode).found
    expected = [len(found.pairs), found.labels, found.detections]
    assert count_each(Dark(), [sample], RULE, [decode])[0].tolist() == [expected]
    (score,) = measure_hmean({"": DarkEngine()}, detector, [sample], told=lambda done: None).values()  # type: ignore[dict-item]
    assert [score.matched, score.labels, score.detections] == expected
    assert score.matched == len(sample.boxes) > 0
