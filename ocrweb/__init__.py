"""ocrweb: train, check and run a DB text detector, from a web console, the command line, or Python.

From Python: `detect`, `Detector`, `validate`, `evaluate`, `read_dataset`; nothing else here is public.
"""

from __future__ import annotations

import importlib

__version__ = "0.2.0"
__all__ = ["Detector", "detect", "evaluate", "read_dataset", "validate"]


def __getattr__(name: str) -> object:
    """Load the public face when it is first asked for: the command line starts without it."""
    if name in __all__:
        return getattr(importlib.import_module("ocrweb.public"), name)
    raise AttributeError(f"module 'ocrweb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
