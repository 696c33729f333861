"""A file is there whole, synced before it takes its name, or the old one is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.disk import atomic
from ocrweb.disk.atomic import link_or_copy, replace_file, replacing, write_bytes, write_text
from ocrweb.imaging.encode import write_whole
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.services.files.pack import write_zip


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the disk, in its order: syncs of files and folders, and renames."""
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        place = Path(os.readlink(f"/proc/self/fd/{handle}"))
        done.append("sync folder" if place.is_dir() else "sync file")
        sync(handle)

    def replaced(self: Path, target: Path) -> Path:
        done.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    return done


WAYS = {
    "bytes": lambda path: write_bytes(path, b"new"),
    "text": lambda path: write_text(path, "new"),
    "results": lambda path: write_whole(path, b"new"),
    "cards": lambda path: write_card(ModelCard(name="new"), path),
    "zips": lambda path: write_zip(path, path.parent, [path.parent / "other"]),
}


@pytest.mark.parametrize("write", WAYS.values(), ids=WAYS)
def test_every_way_to_write_a_file_syncs_it_before_it_takes_its_name(
    write: object, tmp_path: Path, steps: list[str]
) -> None:
    (tmp_path / "other").touch()
    (tmp_path / "a").write_text("old")
    write(tmp_path / "a")  # type: ignore[operator]
    assert steps == ["sync file", "rename", "sync folder"]
    assert (tmp_path / "a").read_bytes() != b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "other"]


def test_what_need_not_outlive_a_loss_of_power_is_only_renamed(tmp_path: Path, steps: list[str]) -> None:
    write_bytes(tmp_path / "a", b"new", lasting=False)
    assert steps == ["rename"]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["disk", "stop"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(failure: BaseException, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def write(part: Path) -> None:
        part.write_text("half")
        raise failure

    with pytest.raises(type(failure)):
        replace_file(tmp_path / "a", write)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with replacing(tmp_path / "a") as part:
        part.write_text("half")
        assert (tmp_path / "a").read_text() == "old"
        part.write_text("new")
    assert (tmp_path / "a").read_text() == "new"


def test_a_new_file_has_the_rights_that_the_process_gives(tmp_path: Path) -> None:
    """The console's are its owner's alone."""
    before = os.umask(0o077)
    try:
        write_text(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_second_name_is_a_link_where_the_disk_has_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").samefile(tmp_path / "b")
    with pytest.raises(FileExistsError):
        link_or_copy(tmp_path / "a", tmp_path / "b")


def test_and_else_a_whole_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[str]) -> None:
    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(atomic.os, "link", refused)
    (tmp_path / "a").write_text("x")
    link_or_copy(tmp_path / "a", tmp_path / "b")
    assert not (tmp_path / "a").samefile(tmp_path / "b")
    assert (tmp_path / "b").read_text() == "x"
    assert steps == ["sync file", "rename", "sync folder"]
