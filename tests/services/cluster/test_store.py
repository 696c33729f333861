"""Files by address."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.store import opened


def test_a_path_becomes_absolute_and_a_file_address_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert opened("a/b.jpg").address == opened(f"file://{tmp_path}/a/b.jpg").address == str(tmp_path / "a" / "b.jpg")


@pytest.mark.parametrize("kind", ["path", "memory"])
def test_what_is_written_is_read_and_listed(kind: str, tmp_path: Path) -> None:
    folder = opened(str(tmp_path / "new") if kind == "path" else f"memory://{tmp_path.name}")
    assert folder.names() == set()
    folder.at("deep/a.bin").write(b"12345")
    folder.at("b.bin").write(b"1")
    folder.at("b.bin").write(b"2")
    assert folder.at("deep/a.bin").read(3) == b"123"
    assert folder.at("b.bin").read() == b"2"
    assert (folder.at("b.bin").exists(), folder.at("c.bin").exists()) == (True, False)
    assert folder.names() == {"deep", "b.bin"}
    found = {one.address for one in folder.below()}
    assert {opened(address).read() for address in found} == {b"12345", b"2"}


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = opened(str(tmp_path / "a.bin"))
    place.write(b"old")

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ocrweb.disk.atomic.sync_file", full)
    with pytest.raises(OcrwebError) as caught:
        place.write(b"new")
    assert caught.value.code == "usage.disk-full"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert place.read() == b"old"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    for place, code in (("none.jpg", "image.missing"), ("", "image.is-folder"), ("a.jpg/b", "image.unreadable")):
        (tmp_path / "a.jpg").touch()
        with pytest.raises(OcrwebError) as caught:
            opened(str(tmp_path / place)).read()
        assert caught.value.code == code


def test_an_object_store_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    place = opened("memory://bucket/a.bin")

    def refused(*given: object, **named: object) -> None:
        raise PermissionError(13, "Access Denied")

    monkeypatch.setattr(type(place.files), "pipe_file", refused)
    with pytest.raises(OcrwebError) as caught:
        place.write(b"1")
    assert (caught.value.code, caught.value.params["reason"]) == ("usage.not-writable", "Access Denied")


def test_an_address_of_an_unknown_kind_is_told() -> None:
    with pytest.raises(OcrwebError) as caught:
        opened("nowhere://bucket/a.jpg")
    assert caught.value.code == "cluster.no-store"


def test_s3_needs_nothing_but_the_parquet_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """fsspec's own part for S3 is not asked for."""
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    place = opened("s3://bucket/folder/a.jpg?region=eu-west-1")
    assert (place.files.fs.type_name, place.path) == ("s3", "bucket/folder/a.jpg")
