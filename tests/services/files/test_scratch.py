"""Files made for the page go after a while, whatever lies among them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.files import scratch

HOUR_LATER = scratch.KEEP_SECONDS + 60


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(scratch, "_swept", [0.0])
    return tmp_path / "cache" / "scratch"


def sweep_later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = scratch.time.time()
    monkeypatch.setattr(scratch.time, "time", lambda: now + seconds)
    scratch.sweep()


def test_old_files_and_the_folders_of_killed_processes_go_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scratch.scratch_folder() / "export-abc" / "inside").mkdir(parents=True)
    scratch.write("a.jpg", b"a")
    scratch.write("z.jpg", b"z")
    sweep_later(monkeypatch, HOUR_LATER)
    assert list(folder.iterdir()) == []
    assert scratch.show(np.zeros((8, 8, 3), np.uint8)).endswith(".jpg")


def test_it_is_looked_after_every_five_minutes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.write("a.jpg", b"a")
    monkeypatch.setattr(scratch, "KEEP_SECONDS", -1e9)  # everything is old
    made = scratch.time.time()
    for later, there in ((0.0, False), (299.0, True), (300.0, False)):
        monkeypatch.setattr(scratch.time, "time", lambda later=later: made + later)
        scratch.sweep()
        assert (folder / "a.jpg").exists() is there
        scratch.write("a.jpg", b"a")


def test_a_file_is_kept_for_an_hour(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Path(scratch.write("a.jpg", b"a")).lstat().st_ctime
    for later, there in ((3600.0, True), (3601.0, False)):
        monkeypatch.setattr(scratch, "_swept", [0.0])
        monkeypatch.setattr(scratch.time, "time", lambda later=later: made + later)
        scratch.sweep()
        assert (folder / "a.jpg").exists() is there


def test_a_file_that_is_handed_out_leaves_one_of_the_same_name_as_it_was(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    first, second = (Path(scratch.handed(tmp_path / name, "a.zip")) for name in ("one", "two"))
    assert (first.name, second.name, first.read_text(), second.read_text()) == ("a.zip", "a.zip", "one", "two")
    assert {path.parent.parent for path in (first, second)} == {folder}
    assert Path(scratch.link(tmp_path / "one", "b")) == folder / "b"
    assert Path(scratch.link(tmp_path / "two", "b")).read_text() == "one"  # what is there stays


def test_a_file_that_vanishes_meanwhile_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.write("a.jpg", b"a")
    there = [scratch.scratch_folder() / "gone.jpg", folder / "a.jpg"]
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(there))
    sweep_later(monkeypatch, HOUR_LATER)
    assert not (folder / "a.jpg").exists()


def test_a_link_to_an_old_file_is_as_young_as_the_link(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "sample.jpg"
    sample.write_bytes(b"picture")
    os.utime(sample, (1.0, 1.0))
    shown = Path(scratch.link(sample, "run_sample.jpg"))
    sweep_later(monkeypatch, 60)
    assert shown.samefile(sample)
    sweep_later(monkeypatch, HOUR_LATER)
    assert not shown.exists()
    assert sample.exists()


def test_where_links_are_not_possible_a_file_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", other_disk)
    (tmp_path / "sample.jpg").write_bytes(b"picture")
    assert Path(scratch.link(tmp_path / "sample.jpg", "copy.jpg")).read_bytes() == b"picture"


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OcrwebError) as caught:
        scratch.show(np.zeros((8, 8, 3), np.uint8))
    assert caught.value.code == "usage.disk-full"
