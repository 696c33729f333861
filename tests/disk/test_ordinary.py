"""Only ordinary files are read, and nothing is waited for."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb.disk.ordinary import open_ordinary, read_ordinary, read_ordinary_text


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def _socket(folder: Path) -> str:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s"))
    return str(folder / "s")


def _link_to_a_pipe(folder: Path) -> str:
    (folder / "link").symlink_to(_pipe(folder))
    return str(folder / "link")


def _loop(folder: Path) -> str:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return str(folder / "a")


NOT_FILES: dict[str, tuple[Callable[[Path], str], int]] = {
    "pipe": (_pipe, errno.EINVAL),
    "link to a pipe": (_link_to_a_pipe, errno.EINVAL),
    "socket": (_socket, errno.EINVAL),
    "device": (lambda folder: "/dev/zero", errno.EINVAL),
    "folder": (str, errno.EISDIR),
    "missing": (lambda folder: str(folder / "none"), errno.ENOENT),
    "loop of links": (_loop, errno.ELOOP),
    "NUL": (lambda folder: f"{folder}/a\0b", errno.EINVAL),
    "too long": (lambda folder: f"{folder}/{'a' * 5000}", errno.ENAMETOOLONG),
}


@pytest.mark.parametrize("kind", NOT_FILES)
@pytest.mark.timeout(20)
def test_what_is_no_ordinary_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    make, number = NOT_FILES[kind]
    open_handles = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError) as caught:  # noqa: PT011 (its number is looked at)
        open_ordinary(make(tmp_path))
    assert caught.value.errno == number
    assert len(os.listdir("/proc/self/fd")) == open_handles


def test_an_ordinary_file_is_read_whole_in_part_and_through_a_link(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("一\r\n二\r三\n".encode())
    (tmp_path / "link").symlink_to(file)
    assert read_ordinary(file) == read_ordinary(tmp_path / "link") == file.read_bytes()
    assert read_ordinary(file, 3) == "一".encode()
    assert read_ordinary(file, 10_000) == file.read_bytes()
    assert read_ordinary(file, 0) == b""
    assert read_ordinary_text(file) == "一\n二\n三\n"
