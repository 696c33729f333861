"""What the console knows about a stored dataset besides its files: one small JSON file a dataset."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.documents import fits, is_number, is_text, parse_json
from ocrweb.data.report import ValidationReport
from ocrweb.imaging.encode import write_whole


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """source: the file or folder it came from. added: seconds since 1970. sha256: of the zip, "" for none.

    bytes, files: of the data when it was added, or first checked; 0 before. formats: other tools' labels found instead of the training layout.
    validation: summary of the latest check, None before the first.
    """

    source: str = ""
    added: float = 0.0
    sha256: str = ""
    bytes: int = 0
    files: int = 0
    formats: tuple[str, ...] = ()
    validation: dict[str, Any] | None = field(default=None)


def _is_check(value: Any) -> bool:
    """The summary of a check, as `summary_of` makes it."""
    return value is None or fits(value, {"time": is_number, "counts": lambda counts: isinstance(counts, dict)})


KINDS = {
    "source": is_text,
    "added": is_number,
    "sha256": is_text,
    "bytes": is_number,
    "files": is_number,
    "formats": lambda value: isinstance(value, list) and all(map(is_text, value)),
    "validation": _is_check,
}


def record_file(name: str) -> Path:
    return paths.private_dir() / "datasets" / f"{name}.json"


def read_record(name: str) -> DatasetRecord:
    """The record of a dataset; an empty one when there is none, or it is damaged: the data itself counts."""
    return known_record(record_file(name))


def known_record(file: Path) -> DatasetRecord:
    """The same of a record that lies elsewhere."""
    try:
        document = parse_json(file.read_bytes())
        if not fits(document, KINDS):
            return DatasetRecord()
        known = {field.name: document[field.name] for field in fields(DatasetRecord) if field.name in document}
        return DatasetRecord(**{**known, "formats": tuple(known.get("formats", ()))})
    except (OSError, ValueError, TypeError):
        return DatasetRecord()


def write_record(name: str, record: DatasetRecord) -> None:
    """Replace the record as a whole. Raises usage.not-writable or usage.disk-full."""
    document = {"schema": 1, **asdict(record)}
    write_whole(record_file(name), json.dumps(document, ensure_ascii=False, indent=1).encode())


def summary_of(report: ValidationReport) -> dict[str, Any]:
    """What is kept of a check: whether it was good, how and when it was made, and its counts."""
    made = {"time": round(time.time(), 3), "decoded": report.decoded, "strict": report.strict}
    return {"ok": report.ok, **made, "counts": report.counts}
