"""A dataset with everything that a repair mends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.corpus import GOOD_LINES, content, each, label, listed, make_good, picture, rename

MESS = each(
    label("10，10，30，10，30，20，10，20，，", "0,0,0,0,0,0,0,0,x", GOOD_LINES[0]),
    rename("train_images/4.jpg", "train_images/4.JPG"),
    rename("train_gts/5.txt", "train_gts/gt_5.txt"),
    listed("train_images/5.jpg train_gts/gt_5.txt", 5),
    content("train_images/6.jpg", picture(6, suffix=".webp")),
    content("test_list.txt~", b"old"),
    rename("test_gts", "test_gt"),
    listed(" test_images/1.jpg  test_gts/1.txt", 1, "test"),
)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    root = make_good(tmp_path / "data")
    MESS(root)
    return root
