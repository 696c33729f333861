"""Which build of the program this process runs, so that a page of an earlier one can tell."""

from __future__ import annotations

import functools
import hashlib

from ocrweb import __version__
from ocrweb.config.paths import PACKAGE

KINDS = {".py", ".js", ".css", ".yml"}


@functools.cache
def mark() -> str:
    """The same as long as the process lives, and for every process of the same files."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in KINDS)
    digest = hashlib.sha256(__version__.encode())
    for path in files:
        state = path.stat()
        digest.update(f"{path.relative_to(PACKAGE)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]
