"""Some pages of a document, as people write them: ``scan.pdf#3``, ``scan.pdf#2-5,9``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from ocrweb.imaging.documents import SUFFIXES

_CHOSEN = re.compile(r"(.+)#(\d{1,6}(?:-\d{1,6})?(?:,\d{1,6}(?:-\d{1,6})?)*)", re.DOTALL)
Ranges = tuple[tuple[int, int], ...]


def chosen_pages(path: Path) -> tuple[Path, Ranges]:
    """The document and the first and last pages of each part; the path itself and () when it names no pages."""
    said = None if path.exists() else _CHOSEN.fullmatch(str(path))
    if said is None or Path(said[1]).suffix.lower() not in SUFFIXES or not Path(said[1]).is_file():
        return path, ()
    parts = (part.split("-") for part in said[2].split(","))
    return Path(said[1]), tuple((int(part[0]), int(part[-1])) for part in parts)


def write_pages(document: str, pages: Sequence[int]) -> str:
    """``scan.pdf#2-5,9`` for these pages, in order and each once."""
    starts = [page for last, page in pairwise((-1, *pages)) if page != last + 1]
    ends = [page for page, following in pairwise((*pages, -1)) if following != page + 1]
    parts = (f"{start}-{end}" if start != end else str(start) for start, end in zip(starts, ends, strict=True))
    return f"{document}#{','.join(parts)}"
