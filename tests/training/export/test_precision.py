"""What int8 is judged by while layers are chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.data.icdar import read_split
from ocrweb.model.architecture import published_graph
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.catalogue import resolve
from ocrweb.training.export import precision as export_precision
from ocrweb.training.export.measure import blobs_of, detector_of
from ocrweb.training.export.precision import lost_hmean, onnx_engine


class Blind:
    """A network that sees nothing."""

    name, device, fixed_size = "onnx", "CPU", None

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, batch: np.ndarray) -> np.ndarray:
        return np.zeros((len(batch), *batch.shape[2:]), np.float32)

    def close(self) -> None:
        """Nothing to free."""


def test_the_hmean_lost_is_that_on_the_labelled_calibration_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_dataset(tmp_path / "data", 2, 0, 0, kind="label")
    chosen = tuple(sample.image for sample in read_split(tmp_path / "data", "train")[:1])
    detector = detector_of(onnx_engine(published_graph()), resolve("ppocrv6-small").card)
    lost = lost_hmean(detector, str(tmp_path / "data"), chosen)
    assert lost(published_graph()) == 0
    monkeypatch.setattr(export_precision, "onnx_engine", Blind)
    assert lost(published_graph()) > 0.5
    assert lost_hmean(detector, None, ())(published_graph()) == 0


def test_calibration_pictures_are_as_large_as_users_pictures() -> None:
    """Ranges of activations depend on the size of the text."""
    detector = detector_of(onnx_engine(published_graph()), resolve("ppocrv6-small").card)
    (blob,) = blobs_of(detector, [np.full((1600, 1200, 3), 255, np.uint8)])
    assert blob.shape == (1, 3, 1280, 960)
