"""How a process that is asked one thing answers: one JSON document on a line of stdout."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ocrweb.errors import OcrwebError


def answer(work: Callable[[], dict[str, Any]]) -> int:
    """Print what the work returns, or the code, place and values of its error; the exit code, 1 for an error."""
    try:
        document = work()
    except OcrwebError as error:
        document = error.to_record()
    print(json.dumps(document, default=str))
    return int("code" in document)
