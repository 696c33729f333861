"""The child process that reads a stranger's model file, and the eye on its time and memory."""

from __future__ import annotations

import contextlib
import site
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from ocrweb.disk.limits import Limits
from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.files.retelling import revived
from ocrweb.services.work.child import Told, ask_module

JOB = "ocrweb.training.import_job"
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_DEBUG_CPU_TYPE", "VIRTUAL_ENV")


def run_child(
    spec: dict[str, Any], staging: Path, limits: Limits, told: Told, cancel: threading.Event | None
) -> dict[str, Any]:
    """What the child proved. It leads a process group of its own, knows no secret of this process, and writes in `staging`.

    Raises its coded error, ``imports.no-answer``, ``imports.memory``, ``imports.crashed`` and ``imports.cancelled``; no
    process of it is left then.
    """
    asked = {**spec, "limits": {"seconds": limits.seconds, "memory": limits.memory, "file": limits.file}}
    work = staging / "work"
    work.mkdir()
    deadline = time.monotonic() + limits.seconds

    def watch(pid: int) -> None:
        if cancel is not None and cancel.is_set():
            raise OcrwebError("imports.cancelled")
        if time.monotonic() > deadline:
            raise OcrwebError("imports.no-answer", seconds=round(limits.seconds))
        if _memory(pid) > limits.memory:
            raise OcrwebError("imports.memory", mib=limits.memory >> 20)

    answer = ask_module(
        JOB, asked, staging, environment=_environment(work), told=told, watch=watch, crashed="imports.crashed", cwd=work
    )
    if answer["kind"] == "error":
        raise revived(_without_places(answer, staging, spec["shown"]))
    return answer


def _environment(work: Path) -> dict[str, str]:
    """No setting and no secret of the console; what the libraries write goes into the folder that is thrown away."""
    known = {name: value for name, value in child_environment().items() if name in KEPT_VARIABLES}
    places = dict.fromkeys(("OCRWEB_HOME", "TMPDIR", "HOME"), str(work))
    return {**known, "PYTHONUSERBASE": site.getuserbase(), **places}


def _memory(pid: int) -> int:
    """Bytes in use by a process and all that it started."""
    used = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                used += one.memory_info().rss
    return used


def _without_places(answer: dict[str, Any], staging: Path, shown: str) -> dict[str, Any]:
    """The error with the file's name in the place of the folders that it was read in."""

    def plain(value: Any) -> Any:
        if not isinstance(value, str) or str(staging) not in value:
            return value
        return shown if value.startswith(str(staging)) else value.replace(str(staging), "…")

    return {
        **answer,
        "where": plain(answer.get("where")),
        "params": {name: plain(value) for name, value in answer["params"].items()},
    }
