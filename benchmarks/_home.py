"""The data root that a benchmark works on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def data_root(home: Path) -> Iterator[None]:
    """The services of this process work on that data root; nothing to do where they do so already."""
    before = os.environ.get("OCRWEB_HOME")
    if before == str(home):
        yield
        return
    os.environ["OCRWEB_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ.pop("OCRWEB_HOME")
        if before is not None:
            os.environ["OCRWEB_HOME"] = before
