"""What `--cluster` needs beside the rest."""

from __future__ import annotations

import importlib.util

from ocrweb.errors import OcrwebError

LIBRARIES = ("ray", "pyarrow", "fsspec")


def check_libraries() -> None:
    """Raise `cluster.not-installed` unless all are there. Imports none of them."""
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise OcrwebError("cluster.not-installed", names=", ".join(missing))
