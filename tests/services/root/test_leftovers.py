"""What a killed process leaves half written goes; what somebody works on, and what is a visitor's own, stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.disk import passing
from ocrweb.disk.atomic import write_text
from ocrweb.disk.process import this_process
from ocrweb.imaging.encode import write_whole
from ocrweb.services.root import leftovers

PLACES = ("outputs/outputs_1/json", "workdirs/20260101_000000_a", "exports", ".ocrweb/batches", "outputs")


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def left_by(pid: int, folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str = ".tmp") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(os, "getpid", lambda: pid)
    path = folder / passing.passing_name("status.json", ending)
    monkeypatch.undo()
    path.write_text("half")
    return path


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("ending", [".tmp", ".part", ""])
def test_what_a_gone_process_left_is_removed(
    home: Path, gone: int, place: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = left_by(gone, home / place, monkeypatch, ending)
    monkeypatch.setenv("OCRWEB_HOME", str(home))
    assert leftovers.sweep_data_root() == 1
    assert not left.exists()


@pytest.mark.parametrize("place", PLACES)
def test_what_a_living_process_works_on_stays(home: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work = left_by(os.getppid(), home / place, monkeypatch)
    monkeypatch.setenv("OCRWEB_HOME", str(home))
    leftovers.sweep_data_root()
    assert at_work.exists()


def test_a_later_process_with_the_same_number_is_another_one(home: Path) -> None:
    left = home / "outputs" / f".a.{os.getpid()}-00000000.tmp"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("half")
    assert not passing.is_abandoned(left)
    started = left.lstat().st_ctime + passing.CLOCK_SECONDS + 1
    assert started > time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passing, "started_at", lambda pid: started)
        assert passing.is_abandoned(left)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", ".a.b-c.tmp", "a.123-00000000.tmp", ".gitignore", ".a.tmp"])
def test_names_of_others_are_left_alone(home: Path, name: str) -> None:
    (home / "outputs").mkdir(parents=True, exist_ok=True)
    (home / "outputs" / name).write_text("kept")
    leftovers.sweep_data_root()
    assert (home / "outputs" / name).exists()


def test_files_of_a_dataset_are_its_own(home: Path, gone: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = left_by(gone, home / "datasets" / "mine" / "train_images", monkeypatch)
    monkeypatch.setenv("OCRWEB_HOME", str(home))
    leftovers.sweep_data_root()
    assert kept.exists()


@pytest.mark.parametrize("write", [lambda path: write_whole(path, b"whole"), lambda path: write_text(path, "whole")])
def test_whoever_writes_a_file_whole_leaves_a_name_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object
) -> None:
    """A kill before the rename: what is there then has this process in its name."""
    seen: list[str] = []

    def stopped(self: Path, *_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", lambda *_: stopped(tmp_path))
    monkeypatch.setattr(Path, "replace", stopped)
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: seen.append(self.name))
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "b.json")  # type: ignore[operator]
    assert [passing.owner_of(name) for name in seen] == [this_process()]


def test_a_long_name_of_many_bytes_stays_short_enough() -> None:
    assert len(os.fsencode(passing.passing_name("发票" * 200, ".part"))) < 255
