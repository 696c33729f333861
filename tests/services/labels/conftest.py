"""A small stored dataset whose labels can be changed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.services.labels.entries import LabelledSet, stored_set

LINES = {
    "train": ["10,10,110,10,110,40,10,40,Total\n20,60,90,60,90,80,20,80,###\n", "10,10,60,10,60,30,10,30,text\n", ""],
    "test": ["5.5,5.25,60.125,5,60,30,5,30,一 二\r\n"],
}


def make_set(root: Path) -> Path:
    """Three pictures of 200×120 to train on, the last without text, and one to test with."""
    for split, labels in LINES.items():
        images, gts = root / f"{split}_images", root / f"{split}_gts"
        images.mkdir(parents=True)
        gts.mkdir()
        names = []
        for number, lines in enumerate(labels, 1):
            picture = np.full((120, 200, 3), 200 + 10 * number, np.uint8)
            cv2.putText(picture, f"{split}{number}", (15, 35), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
            (images / f"{number}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
            (gts / f"{number}.txt").write_bytes(lines.encode())
            names.append(f"{split}_images/{number}.png {split}_gts/{number}.txt\n")
        (root / f"{split}_list.txt").write_text("".join(names))
    return root


@pytest.fixture
def labelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabelledSet:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    make_set(tmp_path / "datasets" / "shop")
    return stored_set("shop")
