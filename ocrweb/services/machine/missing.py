"""Libraries that are not there, or that cannot be loaded here. Needs nothing but Python itself."""

from __future__ import annotations

import re

from ocrweb.errors import OcrwebError

_SYSTEM = re.compile(r"\b(lib(?:GL|EGL|gthread|glib|gobject|gomp|stdc\+\+|X11|Xext|SM|ICE)[\w.+-]*)")


def missing_library(failure: BaseException) -> OcrwebError | None:
    """The coded error of a library that cannot be imported; None when that is not what failed.

    Raises nothing. ``usage.no-system-library`` names a library of the system (libGL.so.1), ``usage.no-library`` a Python
    package.
    """
    if not isinstance(failure, ImportError) or (failure.name or "").partition(".")[0] == "ocrweb":
        return None
    said = " ".join(str(failure).split())
    if found := _SYSTEM.search(said):
        return OcrwebError("usage.no-system-library", library=found[1])
    return OcrwebError("usage.no-library", name=failure.name or "", reason=said.partition(" IMPORTANT")[0][:200])
