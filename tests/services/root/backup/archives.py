"""What the tests of backups share."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError


def tree(root: Path, *without: str) -> dict[str, bytes]:
    """All files by their path from the root."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not any(word in name for word in without)}


def rewritten(
    archive: Path, change: Callable[[tarfile.TarInfo, bytes], Iterator[tuple[tarfile.TarInfo, bytes]]]
) -> Path:
    """The archive with other members."""
    out = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(out, "w:gz") as new:
        for entry in old:
            stream = old.extractfile(entry)
            for member, data in change(entry, stream.read() if stream else b""):
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return out


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(OcrwebError) as caught:
        action()
    return caught.value.code
