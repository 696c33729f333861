"""Caches stay small: the newest are kept."""

from __future__ import annotations

import os
from pathlib import Path

from ocrweb.runtime.cache import prune


def test_the_newest_are_kept_and_other_files_left_alone(tmp_path: Path) -> None:
    for age in range(5):
        path = tmp_path / f"{age}.blob"
        path.write_bytes(b"x")
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / "note.txt").write_text("x", encoding="utf-8")
    prune(tmp_path, "*.blob", kept=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.blob", "1.blob", "note.txt"]


def test_a_file_that_somebody_deletes_meanwhile_is_no_error(tmp_path: Path) -> None:
    for age in range(3):
        path = tmp_path / f"{age}.blob"
        path.write_bytes(b"x")
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / "gone.blob").symlink_to(tmp_path / "nowhere")  # is listed, and there is nothing to look at
    prune(tmp_path, "*.blob", kept=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.blob", "gone.blob"]
    prune(tmp_path, "*.blob", kept=1)
    assert (tmp_path / "0.blob").is_file()
