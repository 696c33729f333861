"""Label files as they once were, each kept once by its content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.data.labelling.drawn import LabelFiles
from ocrweb.data.labelling.place import kept_file
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KeptLabels:
    """Digests of a state of a picture's labels; "" for a file that was not there."""

    label: str = ""
    outlines: str = ""

    def to_list(self) -> list[str]:
        return [self.label, self.outlines]


def kept_from(document: Any) -> KeptLabels | None:
    """None for what is none."""
    if not isinstance(document, list) or len(document) != 2:
        return None
    if not all(isinstance(part, str) and (not part or _DIGEST.fullmatch(part)) for part in document):
        return None
    return KeptLabels(*document)


def keep(root: Path, files: LabelFiles, *, lasting: bool = True) -> KeptLabels:
    """Keep a state. lasting: also when the power goes. Raises usage.disk-full, usage.not-writable."""
    return KeptLabels(*(_keep(root, part, lasting) for part in (files.label, files.outlines)))


def digests_of(files: LabelFiles) -> KeptLabels:
    """What `keep` would answer."""
    return KeptLabels(*("" if part is None else _digest(part) for part in (files.label, files.outlines)))


def kept_files(root: Path, kept: KeptLabels) -> LabelFiles:
    """The state itself. Raises labels.lost when its bytes are gone, or are others."""
    return LabelFiles(*(_read(root, digest) for digest in (kept.label, kept.outlines)))


def _keep(root: Path, content: bytes | None, lasting: bool) -> str:
    if content is None:
        return ""
    digest = _digest(content)
    file = kept_file(root, digest)
    if not file.is_file():
        write_whole(file, content, lasting=lasting)
    return digest


def _read(root: Path, digest: str) -> bytes | None:
    if not digest:
        return None
    try:
        content = read_ordinary(kept_file(root, digest))
    except OSError as failure:
        raise OcrwebError("labels.lost") from failure
    if _digest(content) != digest:
        raise OcrwebError("labels.lost")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
