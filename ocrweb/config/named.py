"""Names as clients give them: of runs, datasets, exports, batches. A name is never a path."""

from __future__ import annotations

import unicodedata

from ocrweb.errors import OcrwebError

LONGEST = 255  # bytes, what disks take
SHOWN = 80  # characters of a name that is refused


def named(text: object) -> str:
    """The text itself when it can be the name of one folder or file.

    Refused with `usage.bad-name`: what is no text or empty, separators, ``.`` and ``..``, ``~`` in front, control characters
    and those that turn the direction, what no disk can store.
    """
    if not isinstance(text, str):
        raise OcrwebError("usage.bad-name", name=type(text).__name__)
    unsafe = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or _turns(char) for char in text)
    leads = "/" in text or "\\" in text or text in ("", ".", "..") or text.startswith("~")
    if leads or unsafe or len(text.encode("utf-8", "replace")) > LONGEST:
        raise OcrwebError(
            "usage.bad-name", name=" ".join(text[:SHOWN].encode("utf-8", "replace").decode().splitlines())
        )
    return text


def _turns(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
