"""A file that somebody has becomes a model of the console: only after a child process has proven it, and whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.variables import number
from ocrweb.data.archive_names import printable
from ocrweb.disk.address import missing_path
from ocrweb.disk.atomic import sync_file, sync_folder
from ocrweb.disk.limits import Limits
from ocrweb.disk.names import free_name, plain_name
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import CARD_FILE, ModelCard, write_card
from ocrweb.runtime.catalogue import IMPORTED, imported_names, is_named
from ocrweb.services.files.outputs import writing
from ocrweb.services.files.temporary import working_folder
from ocrweb.services.models.bin import put_imported
from ocrweb.services.models.import_child import run_child
from ocrweb.services.models.register import forget_use

__all__ = ["ImportReport", "ImportRequest", "delete_imported", "import_model", "imported_names"]

SUFFIXES = (".onnx", ".zip", ".pdparams")
PARTS = ("inference.json", "inference.pdmodel", "inference.pdiparams", "inference.yml")  # of a Paddle inference folder
GIVEN = ".given"  # the copy that is proven; no model beside it can be called so
LONGEST_NAME = 60
MIB = 1 << 20
SIZE = ("OCRWEB_IMPORT_MIB", 512.0)  # of the file; the largest detector that PaddleOCR publishes has 88
MEMORY = ("OCRWEB_IMPORT_MEMORY_MIB", 4096.0)
SECONDS = ("OCRWEB_IMPORT_SECONDS", 300.0)
Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """file: .onnx, .pdparams, a .zip of one, or a Paddle inference folder. name: "" makes one of the file's."""

    file: Path
    name: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """form: what it was: onnx, paddle or pdparams. seconds: of one detection. found: of the texts on the rendered page."""

    name: str
    path: Path
    form: str
    sha256: str
    trains: bool
    seconds: float
    boxes: int
    found: int
    texts: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "path": str(self.path),
            "form": self.form,
            "sha256": self.sha256,
            "detects": True,
            "trains": self.trains,
            "proof": {"seconds": self.seconds, "boxes": self.boxes, "found": self.found, "texts": self.texts},
        }


def import_model(
    request: ImportRequest, told: Told = lambda stage, share: None, cancel: threading.Event | None = None
) -> ImportReport:
    """Prove a file in a process of its own and make it a model in ``models/``.

    told: hears stage and share of the work. cancel: when set it ends with ``imports.cancelled``. Raises
    ``imports.not-a-model-file``, ``imports.too-large``, ``imports.bad-name``, ``imports.name-taken``,
    ``usage.missing-path``, what `run_child` and the steps in the child raise, ``usage.disk-full``. Nothing is left then.
    """
    file, shown = request.file, printable(request.file.name)[:80]
    limits = import_limits()
    if not file.exists():
        raise missing_path(file)
    if not file.is_dir() and file.suffix.lower() not in SUFFIXES:
        raise OcrwebError("imports.not-a-model-file", name=shown)
    name = checked_name(request.name) if request.name.strip() else free_model_name(file.stem)
    with working_folder(paths.models_dir(), "import") as staging:
        with writing(staging):
            source, digest = _copied(file, staging, limits.file, shown)
            folder = staging / name
            folder.mkdir()
        spec = {"source": str(source), "folder": str(folder), "name": name, "shown": shown}
        proven = run_child(spec, staging, limits, told, cancel)
        report = ImportReport(
            name, paths.models_dir() / name, proven["form"], digest, bool(proven["trains"]), **proven["proof"]
        )
        with writing(report.path):
            _publish(report, ModelCard.model_validate(proven["card"]), folder, shown)
        told("done", 1.0)
        return report


def import_limits() -> Limits:
    """What an import may use. Raises ``usage.bad-value`` for a variable that is no number."""
    return Limits(number(*SECONDS), int(number(*MEMORY) * MIB), int(number(*SIZE) * MIB) * 2)


def largest_file() -> int:
    """Bytes that a file may have to be imported."""
    return int(number(*SIZE) * MIB)


def checked_name(text: str) -> str:
    """A name for a new model. Raises ``imports.bad-name`` with one that would do, ``imports.name-taken``."""
    name = text.strip()
    fitting = plain_name(name, LONGEST_NAME, "model")
    if name != fitting:
        raise OcrwebError("imports.bad-name", name=printable(name)[:80], nearest=fitting, most=LONGEST_NAME)
    if is_named(name) or name in imported_names():
        raise OcrwebError("imports.name-taken", name=name)
    return name


def free_model_name(stem: str) -> str:
    """A name like the file's, with a number when it is taken."""
    return free_name(plain_name(stem, LONGEST_NAME, "model"), is_named)


def delete_imported(name: str) -> str:
    """Move an imported model into the bin; its id there. Raises ``model.unknown``, ``registry.damaged``."""
    if name not in imported_names():
        raise OcrwebError("model.unknown", name=name[:80], nearest=", ".join(imported_names()) or "–")
    folder = paths.models_dir() / name
    forget_use(name)
    with writing(folder):
        return put_imported(folder)


def _copied(file: Path, staging: Path, most: int, shown: str) -> tuple[Path, str]:
    """A copy that nobody changes any more, and its SHA-256; of a folder the four files that count."""
    digest = hashlib.sha256()
    if not file.is_dir():
        target = staging / f"{GIVEN}{file.suffix.lower()}"
        _copy(file, target, most // 2, digest, shown)
        return target, digest.hexdigest()
    target = staging / GIVEN
    target.mkdir()
    for name in PARTS:
        if (file / name).exists():
            _copy(file / name, target / name, most // 2, digest, shown)
    return target, digest.hexdigest()


def _copy(file: Path, target: Path, most: int, digest: Any, shown: str) -> None:
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not keep anybody waiting
    with os.fdopen(handle, "rb") as source, target.open("wb") as copy:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise OcrwebError("imports.not-a-model-file", name=shown)
        done = 0
        while chunk := source.read(MIB):
            done += len(chunk)
            if max(done, state.st_size) > most:
                size = max(done, state.st_size) / MIB
                raise OcrwebError("imports.too-large", name=shown, size=f"{size:.0f}", most=most // MIB)
            digest.update(chunk)
            copy.write(chunk)


def _publish(report: ImportReport, card: ModelCard, folder: Path, shown: str) -> None:
    """The card with origin, digest, time and proof; then one rename makes the model visible."""
    origin = {
        "file": shown,
        "form": report.form,
        "sha256": report.sha256,
        "imported": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "trains": report.trains,
        "proof": report.to_dict()["proof"],
    }
    described = {"en": f"Imported from {shown}", "zh": f"从 {shown} 导入"}
    known = {"name": report.name, "description": described, "source": shown, "metrics": {IMPORTED: origin}}
    write_card(card.model_copy(update=known), folder / CARD_FILE)
    for path in folder.iterdir():
        sync_file(path)
    try:
        folder.rename(report.path)
    except OSError as failure:
        if report.path.exists():
            raise OcrwebError("imports.name-taken", name=report.name) from failure
        raise
    sync_folder(report.path.parent)
