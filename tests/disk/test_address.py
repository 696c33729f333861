"""Addresses where people may also write paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.disk.address import address_of, check_path, missing_path
from ocrweb.errors import OcrwebError


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("s3://bucket/a b.jpg", "s3://bucket/a b.jpg"),
        ("memory://x", "memory://x"),
        ("file:///data/x", "/data/x"),
        ("/data/x", "/data/x"),
        ("data/x:1/y", "data/x:1/y"),
    ],
)
def test_an_address_survives_being_a_path(typed: str, address: str) -> None:
    assert address_of(Path(typed)) == address


@pytest.mark.parametrize("address", ["s3://bucket/a.jpg", "gs://b/x", "abfs://c@d/e", "https://e.org/a", "file:///a"])
def test_an_address_is_told_that_it_is_no_path(address: str) -> None:
    for given in (address, Path(address)):
        assert missing_path(given).code == "usage.an-address"
    with pytest.raises(OcrwebError, match=r"usage\.an-address"):
        check_path(address)


@pytest.mark.parametrize("path", ["a.jpg", "/data/x", "C:/data/x", "data/x:1/y", "x:y"])
def test_a_missing_path_is_told_where_it_was_looked_for(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = missing_path(Path(path))
    assert (error.code, error.params) == ("usage.missing-path", {"path": path, "cwd": str(tmp_path)})
    check_path(path)


@pytest.mark.parametrize("path", ["scans/*.jpg", "a?.png", "page[0-9].tif", "**", "C:/scans/*"])
def test_a_pattern_is_told_as_one(path: str) -> None:
    error = missing_path(Path(path))
    assert (error.code, error.params) == ("usage.pattern", {"pattern": path})


def test_brackets_are_more_often_a_name() -> None:
    assert missing_path("a[1].jpg").code == "usage.missing-path"
