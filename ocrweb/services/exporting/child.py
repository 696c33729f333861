"""The child process of an export: Paddle and the converter live and die in it."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ocrweb import __version__
from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.exporting.plan import ExportPlan
from ocrweb.services.files.retelling import revived
from ocrweb.services.work.child import Told, ask_module

JOB = "ocrweb.training.export_job"


def run_child(
    plan: ExportPlan, staging: Path, folder: Path, told: Told, cancel: threading.Event | None
) -> dict[str, Any]:
    """Let a child fill `folder` and return what it measured.

    staging: a folder with a ``work`` folder in it. told: hears stage and share. Raises the child's coded error,
    ``export.crashed`` when it ended without a word, ``export.cancelled``.
    """

    def watch(pid: int) -> None:
        if cancel is not None and cancel.is_set():
            raise OcrwebError("export.cancelled")

    with _scratch(staging) as scratch:
        answer = ask_module(
            JOB,
            _spec(plan, staging, folder),
            staging,
            environment={**child_environment(), "TMPDIR": str(scratch)},
            told=told,
            watch=watch,
            crashed="export.crashed",
        )
    if answer["kind"] == "error":
        raise revived(answer)
    return answer


@contextlib.contextmanager
def _scratch(staging: Path) -> Iterator[Path]:
    """A folder for temporary files, which a killed child leaves behind. Paddle's converter garbles all but plain names."""
    if str(staging).isascii():
        yield staging / "work"
        return
    with tempfile.TemporaryDirectory(prefix="ocrweb-export-") as plain:
        yield Path(plain)


def _spec(plan: ExportPlan, staging: Path, folder: Path) -> dict[str, Any]:
    names = {"model": plan.card.name, "made_by": f"ocrweb {__version__}"} | ({"run": plan.run} if plan.run else {})
    return {
        "source": plan.source,
        "folder": plan.folder,
        "card": plan.card.model_dump(mode="json"),
        "size": plan.size,
        "precision": plan.request.precision,
        "opset": plan.request.opset,
        "target": str(folder),
        "work": str(staging / "work"),
        "pictures": [str(path) for path in plan.pictures],
        "dataset": str(plan.dataset) if plan.dataset else None,
        "split": plan.split,
        "calibration": [str(path) for path in plan.calibration],
        "names": names,
    }
