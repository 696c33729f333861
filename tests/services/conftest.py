"""Drawn pages and the embedded model, loaded once for the whole session."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.runtime.detector import Detector
from ocrweb.runtime.pool import shared_detector


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OCRWEB_ALLOWED_ROOTS", raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The embedded model."""
    return shared_detector()


def draw_page(lines: int = 5, width: int = 480, height: int = 320) -> np.ndarray:
    """(height, width, 3) uint8 BGR: lines of print on white."""
    page = np.full((height, width, 3), 255, np.uint8)
    for line in range(lines):
        cv2.putText(
            page,
            f"Line {line} total 12.50",
            (30, 45 + 50 * line),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.9,
            (20, 20, 20),
            2,
            cv2.LINE_AA,
        )
    return page


@pytest.fixture
def page() -> np.ndarray:
    return draw_page()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of six pages with one to six lines: ``p1.png`` … ``p6.png``."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(1, 7):
        cv2.imwrite(str(folder / f"p{number}.png"), draw_page(number, 320, 350))
    return folder
