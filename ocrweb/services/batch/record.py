"""What the data root remembers of each batch that the page started, so that a new console can tell how it ended."""

from __future__ import annotations

import contextlib
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.documents import fits, is_number, is_text, parse_json
from ocrweb.disk.process import Process, started_at, this_process
from ocrweb.imaging.encode import write_whole
from ocrweb.services.batch.run import BatchRequest
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.outputs import to_json

KEPT_RECORDS = 200
CLOCK_SECONDS = 2.0  # a process's start as told twice may differ by so much
STATES = ("waiting", "running", "done", "cancelled", "failed")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """state: waiting, running, done, cancelled or failed, as its console wrote it last. started: seconds since 1970.

    folder, total: where its results lie and how many pictures it has; "" and 0 before that is known. request: what
    `request_of` reads. error: of `OcrwebError.to_record`. pid, start, boot: the console that runs it, as `Process` has
    them; an older version wrote down, as born, when that was started (seconds since 1970).
    """

    id: str
    name: str
    started: float
    request: dict[str, Any]
    state: str = "waiting"
    folder: str = ""
    total: int = 0
    seconds: float = 0.0
    error: dict[str, Any] | None = None
    pid: int = 0
    start: int = 0
    boot: str = ""
    born: float = 0.0

    @property
    def orphaned(self) -> bool:
        """It was not over when its console ended."""
        return self.state in {"waiting", "running"} and not _is_at_work(self)


def _is_request(value: Any) -> bool:
    """Whether it names the pictures; what else is in it is only of use to go on."""
    paths = value.get("paths") if isinstance(value, dict) else None
    return isinstance(paths, list) and all(map(is_text, paths))


KINDS = {
    "id": is_text,
    "name": is_text,
    "started": is_number,
    "request": _is_request,
    "state": lambda value: value in STATES,
    "folder": is_text,
    "total": is_number,
    "seconds": is_number,
    "error": lambda value: value is None or isinstance(value, dict),
    "pid": lambda value: isinstance(value, int) and is_number(value),
    "start": lambda value: isinstance(value, int) and is_number(value),
    "boot": is_text,
    "born": is_number,
}


def records_dir() -> Path:
    return paths.private_dir() / "batches"


def own_process() -> dict[str, Any]:
    """The fields that name this console."""
    return {**asdict(this_process()), "born": 0.0}


def write_record(record: BatchRecord) -> None:
    """Write it whole. Raises `usage.not-writable` or `usage.disk-full`."""
    write_whole(records_dir() / f"{record.id}.json", to_json(asdict(record)))


def read_record(identifier: str) -> BatchRecord | None:
    """None for an unknown id, a damaged file, or one of another version."""
    if not _ID.fullmatch(identifier):
        return None
    try:
        document = parse_json((records_dir() / f"{identifier}.json").read_bytes())
        return BatchRecord(**document) if fits(document, KINDS) else None
    except (OSError, ValueError, TypeError):
        return None


def list_records() -> list[BatchRecord]:
    """All that can be read, in no order."""
    found = (read_record(path.stem) for path in records_dir().glob("*.json"))
    return [record for record in found if record is not None]


def sweep_records() -> None:
    """Forget the oldest beyond `KEPT_RECORDS`; their results stay."""
    with contextlib.suppress(OSError):  # another console's sweep was faster
        files = sorted(records_dir().glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[:-KEPT_RECORDS]:
            path.unlink(missing_ok=True)


def request_document(request: BatchRequest) -> dict[str, Any]:
    """A request as a record keeps it."""
    detect = request.detect
    return {
        "paths": [str(path) for path in request.paths],
        "confined": request.confined,
        "names_only": request.names_only,
        "model": detect.model,
        "engine": detect.engine,
        "precision": detect.precision,
        "device": detect.device,
        "decode": detect.decode.model_dump() if detect.decode else None,
        "resize": detect.resize.model_dump() if detect.resize else None,
    }


def request_of(record: BatchRecord) -> BatchRequest:
    """The request again, to go on in the same folder."""
    kept = record.request
    detect = DetectRequest(
        kept["model"],
        kept["engine"],
        kept["precision"],
        kept["device"],
        DecodeOptions(**kept["decode"]) if kept["decode"] else None,
        ResizeOptions(**kept["resize"]) if kept["resize"] else None,
    )
    return BatchRequest(
        tuple(Path(path) for path in kept["paths"]),
        detect,
        out=Path(record.folder) if record.folder else None,
        confined=kept["confined"],
        names_only=kept["names_only"],
    )


def _is_at_work(record: BatchRecord) -> bool:
    """Whether the console that runs it is there."""
    same = not record.born or abs(started_at(record.pid) - record.born) < CLOCK_SECONDS
    return same and Process(record.pid, record.start, record.boot).is_running()
