"""The child process that reads a stranger's model file, and the eye on its time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import site
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from ocrweb.disk.child import end_group, listen, start_module
from ocrweb.disk.limits import Limits
from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.files.retelling import revived

JOB = "ocrweb.training.import_job"
LOOK_SECONDS = 0.1
LAST_WORDS = 4000  # bytes of the child's stderr that are looked at
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_DEBUG_CPU_TYPE", "VIRTUAL_ENV")
Told = Callable[[str, float], None]


def run_child(
    spec: dict[str, Any], staging: Path, limits: Limits, told: Told, cancel: threading.Event | None
) -> dict[str, Any]:
    """What the child proved. It leads a process group of its own, knows no secret of this process, and writes in `staging`.

    Raises its coded error, ``imports.no-answer``, ``imports.memory``, ``imports.crashed`` and ``imports.cancelled``; no
    process of it is left then.
    """
    asked = {**spec, "limits": {"seconds": limits.seconds, "memory": limits.memory, "file": limits.file}}
    (staging / "spec.json").write_text(json.dumps(asked), encoding="utf-8")
    work = staging / "work"
    work.mkdir()
    with (staging / "child.log").open("w+b") as log:
        child = start_module(
            JOB,
            staging / "spec.json",
            environment=_environment(work),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=work,
            start_new_session=True,
        )
        answers: list[dict[str, Any] | None] = []
        listener = threading.Thread(target=lambda: answers.append(listen(child, told)), daemon=True)
        listener.start()
        try:
            _watch(child, limits, cancel)
        finally:
            end_group(child)
            listener.join(5)
        log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS))
        words = log.read().decode("utf-8", "replace")
    answer = answers[0] if answers else None
    if answer is None:
        raise OcrwebError("imports.crashed", reason=_last_line(words, child.returncode))
    if answer["kind"] == "error":
        raise revived(_without_places(answer, staging, spec["shown"]))
    return answer


def _environment(work: Path) -> dict[str, str]:
    """No setting and no secret of the console; what the libraries write goes into the folder that is thrown away."""
    known = {name: value for name, value in child_environment().items() if name in KEPT_VARIABLES}
    places = dict.fromkeys(("OCRWEB_HOME", "TMPDIR", "HOME"), str(work))
    return {**known, "PYTHONUSERBASE": site.getuserbase(), **places}


def _watch(child: subprocess.Popen[bytes], limits: Limits, cancel: threading.Event | None) -> None:
    """Wait for the end of the child; raise when it is over one of its limits or nobody wants it any more."""
    deadline = time.monotonic() + limits.seconds
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(LOOK_SECONDS)
            return
        if cancel is not None and cancel.is_set():
            raise OcrwebError("imports.cancelled")
        if time.monotonic() > deadline:
            raise OcrwebError("imports.no-answer", seconds=round(limits.seconds))
        if _memory(child.pid) > limits.memory:
            raise OcrwebError("imports.memory", mib=limits.memory >> 20)


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


def _last_line(words: str, code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1][:200] if lines else f"exit {code}"
