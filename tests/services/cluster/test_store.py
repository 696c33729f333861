"""Files by address."""

from __future__ import annotations

import io
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.fs
import pytest
from fsspec.implementations.arrow import ArrowFSWrapper
from pyarrow import parquet

from ocrweb.errors import OcrwebError
from ocrweb.services.cluster import pieces
from ocrweb.services.cluster import store as store_module
from ocrweb.services.cluster.inputs import Shard, plan
from ocrweb.services.cluster.store import Store, opened


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


@pytest.mark.parametrize(
    ("failure", "code", "reason"),
    [
        (PermissionError(13, "Access Denied"), "usage.not-writable", "Access Denied"), (OSError("odd"), "usage.not-writable", "odd"),
        (OSError(28, "No space left"), "usage.disk-full", None),
    ],
)  # fmt: skip
def test_an_object_store_that_cannot_be_written_is_told(
    failure: OSError, code: str, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = opened("memory://bucket/a.bin")

    def refused(*given: object, **named: object) -> None:
        raise failure

    monkeypatch.setattr(type(place.files), "pipe_file", refused)
    with pytest.raises(OcrwebError) as caught:
        place.write(b"1")
    told = {"path": "memory://bucket/a.bin"} | ({"reason": reason} if reason else {})
    assert (caught.value.code, caught.value.params) == (code, told)


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
    assert place.files.fs.region == "eu-west-1"
    assert place.address == "s3://bucket/folder/a.jpg"


@pytest.fixture
def asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Buckets as the Parquet library is asked for them; each is a folder here."""
    asked: list[str] = []

    def arrow(bucket: str) -> tuple[Any, str]:
        asked.append(bucket)
        return ArrowFSWrapper(pyarrow.fs.LocalFileSystem()), str(tmp_path)

    monkeypatch.setattr(store_module, "_arrow_files", arrow)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return asked


@pytest.mark.parametrize("given", ["in", "in/these.txt", "in/these.parquet"])
@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_how_a_store_is_reached_goes_with_every_file_of_it(
    scheme: str, given: str, asked_for: list[str], tmp_path: Path
) -> None:
    """A folder, a list and a table name pictures; another machine opens them by what the plan holds."""
    pictures = {"a.png": b"1", "b c?.png": b"2"}
    (tmp_path / "in").mkdir()
    for name, content in pictures.items():
        (tmp_path / "in" / name).write_bytes(content)
    if given != "in":
        (tmp_path / "in/these.txt").write_text("\n".join(pictures))
        parquet.write_table(pyarrow.table({"path": list(pictures)}), tmp_path / "in/these.parquet")
    shards = plan([f"{scheme}://bucket/{given}?region=eu-west-1"], 10)
    del asked_for[:]
    found = {}
    for shard in shards:
        with pieces.pieces(Shard.of(shard.to_dict()), 100) as coming:
            found |= {piece.name.rpartition("/")[2]: piece.load() for piece in coming}
    assert found == pictures
    assert asked_for
    assert all("region=eu-west-1" in bucket for bucket in asked_for)


@pytest.mark.parametrize(
    ("address", "environment", "bucket"),
    [
        ("s3://b/in/a.jpg?region=eu-west-1", ("us-east-1", ""), "s3://b?region=eu-west-1&allow_delayed_open=true"),
        ("s3://b/in/a.jpg?x=1", ("us-east-1", "eu-west-1"), "s3://b?x=1&allow_delayed_open=true&region=us-east-1"),
        ("s3://b/in/a.jpg?x=1", ("", "eu-west-1"), "s3://b?x=1&allow_delayed_open=true&region=eu-west-1"),
        ("s3://b/in/a.jpg?x=1", ("", ""), "s3://b?x=1&allow_delayed_open=true"),
        ("gs://b/in/a.jpg?x=1", ("us-east-1", "eu-west-1"), "gs://b?x=1"),
    ],
)
def test_a_bucket_of_s3_is_asked_for_in_the_region_that_is_told_or_else_that_of_the_environment(
    address: str, environment: tuple[str, str], bucket: str, asked_for: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for name, value in zip(("AWS_REGION", "AWS_DEFAULT_REGION"), environment, strict=True):
        monkeypatch.setenv(name, value)
    place = opened(address)
    assert asked_for == [bucket]
    assert (place.path, place.whole, place.local) == (f"{tmp_path}/in/a.jpg", address, False)


@pytest.mark.parametrize("failure", [OSError("no such bucket\nand more"), ValueError("no such bucket")])
def test_a_bucket_that_the_parquet_library_refuses_is_told(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(bucket: str) -> None:
        raise failure

    monkeypatch.setattr(store_module, "_arrow_files", refused)
    with pytest.raises(OcrwebError) as caught:
        opened("gs://bucket/a.jpg?x=1")
    assert (caught.value.code, caught.value.params["reason"]) == ("cluster.no-store", "no such bucket")


@pytest.mark.parametrize("name", ["a.jpg", "really?.jpg", "a?x=1.jpg", "why?"])
@pytest.mark.parametrize("options", ["", "region=eu-west-1"])
def test_what_the_plan_holds_opens_the_same_place(name: str, options: str, asked_for: list[str]) -> None:
    place = opened(f"s3://bucket?{options}").at(name)
    assert replace(opened(place.whole), files=None) == replace(place, files=None)


def test_a_store_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    place = opened("memory://bucket/a.bin")

    def refused(*given: object, **named: object) -> None:
        raise OSError("AWS Error NETWORK_CONNECTION\nand more")

    for name in ("exists", "isdir", "ls", "find"):
        monkeypatch.setattr(type(place.files), name, refused)
    for asks in (place.exists, place.is_folder, place.names, place.below):
        with pytest.raises(OcrwebError) as caught:
            asks()
        assert (caught.value.code, caught.value.params["reason"]) == (
            "cluster.no-store",
            "AWS Error NETWORK_CONNECTION",
        )


def test_keys_do_not_stand_in_an_address() -> None:
    with pytest.raises(OcrwebError, match=r"cluster\.keys-in-address") as caught:
        opened("s3://key:secret@bucket/a.jpg?region=eu-west-1")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["发票 1.jpg", "a#2 50%.jpg", "really?.jpg", "a b/c+d.jpg"])
def test_a_name_in_s3_may_hold_whatever_a_key_may(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert opened(f"s3://bucket/{name}").path == f"bucket/{name}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A folder through the library that reads S3."""
    files = ArrowFSWrapper(pyarrow.fs.LocalFileSystem())
    return Store("s3://bucket", files, str(tmp_path))


def test_the_parquet_librarys_files_are_read_whole_and_in_part(store: Store) -> None:
    store.at("a.bin").write(b"12345")
    assert (store.at("a.bin").read(), store.at("a.bin").read(3)) == (b"12345", b"123")


def test_an_object_store_is_given_no_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = fsspec.filesystem("memory")
    monkeypatch.setattr(files, "protocol", "s3", raising=False)
    monkeypatch.setattr(files, "makedirs", None)  # a call of it would fail
    Store("s3://bucket", files, f"/{tmp_path.name}").at("deep/a.bin").write(b"1")
    assert files.cat_file(f"/{tmp_path.name}/deep/a.bin") == b"1"


class Asked(io.RawIOBase):
    """A file of a store, each read of which is a request."""

    def __init__(self, file: Any) -> None:
        self.file, self.requests = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        return int(self.file.seek(place, whence))

    def readinto(self, into: Any) -> int:
        self.requests += 1
        return int(self.file.readinto(into))


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_in_a_store_takes_a_few_requests(
    kind: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {f"{number}.png": random.Random(number).randbytes(20_000) for number in range(50)}
    (tmp_path / "in").mkdir()
    for name, content in members.items():
        (tmp_path / "in" / name).write_bytes(content)
    shutil.make_archive(str(tmp_path / "many"), kind, tmp_path / "in")
    asked = Asked(store.files.open(store.at(f"many.{kind}").path))
    monkeypatch.setattr(store.files, "open", lambda path, mode: asked)
    monkeypatch.setattr(pieces, "opened", lambda address: store.at(address))
    with pieces.pieces(Shard("part-000000", kind, (f"many.{kind}",), 0, 0), 100) as found:
        assert {piece.name.rpartition("/")[2]: piece.load() for piece in found} == members
    assert 0 < asked.requests <= 6
