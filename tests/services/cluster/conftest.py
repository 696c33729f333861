"""A tiny network, pictures and a job's parts without a cluster."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.services.cluster.shard import ShardWork
from ocrweb.services.cluster.store import opened
from ocrweb.services.detect.request import DetectRequest
from tests.runtime.networks import save_brightness


def bright(patches: int) -> bytes:
    """A PNG with so many white patches on black: each is a text region of the tiny network."""
    pixels = np.zeros((96, 320, 3), np.uint8)
    for number in range(patches):
        pixels[30:60, 10 + 60 * number : 50 + 60 * number] = 255
    return cv2.imencode(".png", pixels)[1].tobytes()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_brightness(tmp_path_factory.mktemp("network") / "bright.onnx")


@pytest.fixture
def work(network: Path, tmp_path: Path) -> ShardWork:
    """Two pictures at a time, drawings too, into ``tmp_path/out``."""
    request = DetectRequest(str(network), engine="onnx", device="cpu")
    detector = request.detector()
    from ocrweb.runtime.detector import default_decode

    return ShardWork(detector, default_decode(detector.card), None, opened(str(tmp_path / "out")), True, 2)
