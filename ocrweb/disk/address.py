"""Addresses such as ``s3://bucket/a.jpg``, and patterns such as ``scans/*.jpg``, where a path is wanted."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ocrweb.errors import OcrwebError

_MAGIC = re.compile(r"[*?]|\[[^]/]*-[^]/]*\]")  # ``a[1].jpg`` is more often a name
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+")  # of at least two letters: one is a drive


def address_of(path: Path | str) -> str:
    """What was typed: of ``s3://bucket``, a `Path` keeps ``s3:/bucket``. ``file:///a`` is the path it means."""
    said = _SCHEME.match(str(path))
    if said is None or said[1] in ("file", "local"):
        return str(path)[said.end() - 1 :] if said else str(path)
    return f"{said[1]}://{str(path)[said.end() :]}"


def check_path(path: Path | str) -> None:
    """Raise `usage.an-address` for what is no path of this machine."""
    if _SCHEME.match(str(path)):
        raise OcrwebError("usage.an-address", address=address_of(path))


def is_pattern(path: Path | str) -> bool:
    """Whether it looks like a pattern that several files may match."""
    return _MAGIC.search(str(path)) is not None


def missing_path(path: Path | str) -> OcrwebError:
    """The error for a path that is not there: `usage.missing-path`, what `check_path` raises, or `usage.pattern`: whoever
    takes patterns has replaced them before."""
    try:
        check_path(path)
    except OcrwebError as error:
        return error
    if is_pattern(path):
        return OcrwebError("usage.pattern", pattern=str(path))
    return OcrwebError("usage.missing-path", path=str(path), cwd=os.getcwd())
