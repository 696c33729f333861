"""Versions of the libraries that a report names."""

from __future__ import annotations

import functools
import importlib.metadata
import platform

from ocrweb import __version__

LIBRARIES = ("openvino", "onnxruntime", "paddlepaddle", "opencv-python", "numpy", "gradio")


@functools.cache
def versions() -> dict[str, str]:
    """Versions of ocrweb, Python and the libraries that decide results; a missing one is left out."""
    found = {"ocrweb": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        if version := installed_version(name):
            found[name] = version
    return found


def installed_version(distribution: str) -> str | None:
    """The installed version of a distribution, without importing it; None when it is not installed."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
