"""The child process of an export: Paddle and the converter live and die in it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ocrweb import __version__
from ocrweb.disk.child import end_group, listen, start_module
from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.exporting.plan import ExportPlan
from ocrweb.services.files.retelling import revived

JOB = "ocrweb.training.export_job"
LAST_WORDS = 4000  # characters of the child's stderr that are kept
Told = Callable[[str, float], None]


def run_child(
    plan: ExportPlan, staging: Path, folder: Path, told: Told, cancel: threading.Event | None
) -> dict[str, Any]:
    """Let a child fill `folder` and return what it measured. It leads a process group of its own.

    staging: a folder with a ``work`` folder in it. told: hears stage and share. Raises the child's coded error,
    ``export.crashed`` when it ended without a word, ``export.cancelled``.
    """
    (staging / "spec.json").write_text(json.dumps(_spec(plan, staging, folder)), encoding="utf-8")
    with _scratch(staging) as scratch, (staging / "child.log").open("w+b") as log:
        child = start_module(
            JOB,
            staging / "spec.json",
            environment={**child_environment(), "TMPDIR": str(scratch)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        finished = threading.Event()
        watcher = threading.Thread(target=_end_on_cancel, args=(child, cancel, finished), daemon=True)
        watcher.start()
        try:
            answer = listen(child, told)
            code = child.wait()
        finally:
            finished.set()
            end_group(child)
            watcher.join()
        log.seek(0)
        words = log.read().decode("utf-8", "replace")[-LAST_WORDS:]
    (staging / "child.log").unlink()
    (staging / "spec.json").unlink()
    if cancel is not None and cancel.is_set():
        raise OcrwebError("export.cancelled")
    if answer is None:
        raise OcrwebError("export.crashed", reason=_last_line(words, code))
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


def _end_on_cancel(child: subprocess.Popen[bytes], cancel: threading.Event | None, finished: threading.Event) -> None:
    while cancel is not None and not finished.is_set():
        if cancel.wait(0.1):
            end_group(child)
            return


def _last_line(words: str, code: int) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()] or lines
    return telling[-1][:300] if telling else f"exit {code}"
