"""Pictures are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import encode_picture, write_error, write_picture, write_whole
from ocrweb.imaging.picture import read_picture
from tests.imaging.pictures import BLUE, GREEN, RED, WHITE, corners, quarters


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".png", ".bmp", ".webp"])
def test_what_is_encoded_reads_back(suffix: str) -> None:
    colours = np.array(quarters(read_picture(encode_picture(corners(), suffix, quality=98)).pixels), int)
    assert np.abs(colours - np.array([BLUE, GREEN, RED, WHITE])).max() <= 12


@pytest.mark.parametrize(("name", "told"), [("picture.xyz", ".xyz"), ("picture", '""')])
def test_an_unknown_suffix_is_a_bad_value(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        write_picture(tmp_path / name, corners())
    assert (caught.value.code, caught.value.params["value"]) == ("usage.bad-value", told)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_opencv_cannot_write_is_no_empty_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cv2.imencode", lambda ending, pixels, settings: (False, np.zeros(0, np.uint8)))
    with pytest.raises(ValueError, match=r"\(4, 5, 3\).*\.webp"):
        encode_picture(np.zeros((4, 5, 3), np.uint8), ".WEBP")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(errno.EDQUOT, "Quota exceeded"), "usage.disk-full", {"path": "out"}), (OSError(errno.EROFS, "Read-only"), "usage.not-writable", {"path": "out/a.png", "reason": "Read-only"}),
        (OSError("odd"), "usage.not-writable", {"path": "out/a.png", "reason": "odd"}),
    ],
)  # fmt: skip
def test_why_a_file_was_not_written_is_told_in_the_systems_words(
    error: OSError, code: str, told: dict[str, str]
) -> None:
    found = write_error(error, Path("out/a.png"))
    assert (found.code, found.params) == (code, told)


def test_folders_are_made_and_only_the_picture_is_left(tmp_path: Path) -> None:
    path = tmp_path / "新建" / ("名" * 80 + ".png")
    write_picture(path, corners())
    write_picture(path, corners(40, 40))
    assert read_picture(path).width == 40
    assert [item.name for item in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "usage.disk-full"), (errno.EACCES, "usage.not-writable"), (errno.EROFS, "usage.not-writable")],
    ids=["disk-full", "no-rights", "read-only"],
)
def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(
    number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result.png"
    write_whole(path, b"old")

    def fail(self: Path, data: bytes) -> int:
        with open(self, "wb") as file:
            file.write(data[:2])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OcrwebError) as caught:
        write_picture(path, corners())
    assert caught.value.code == code
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["result.png"]


def test_a_folder_that_is_a_file_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OcrwebError) as caught:
        write_whole(tmp_path / "file" / "x.json", b"x")
    assert caught.value.code == "usage.not-writable"
