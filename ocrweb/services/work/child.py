"""A module that does one piece of work in a process of its own, is watched while it does, and ended with all it started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ocrweb.disk.child import converse, end_group, start_module
from ocrweb.errors import OcrwebError
from ocrweb.services.files.retelling import revived

LAST_WORDS = 4000  # bytes of its stderr that are looked at
Told = Callable[[str, float], None]


def ask_module(
    module: str,
    asked: Mapping[str, Any],
    staging: Path,
    *,
    environment: Mapping[str, str],
    told: Told,
    watch: Callable[[int], None],
    crashed: str,
    cwd: Path | None = None,
) -> dict[str, Any]:
    """The last word of a module that is given a JSON document; its kind may be "error". It leads a process group of its own.

    staging: where the document and its stderr lie. told: hears stage and share. watch: is given its pid all the while;
    what it raises ends it. crashed: code of the error when it ended without a word. No process of it is left afterwards.
    """
    (staging / "spec.json").write_text(json.dumps(asked), encoding="utf-8")
    with (staging / "child.log").open("w+b") as log:
        child = start_module(
            module,
            staging / "spec.json",
            environment=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=cwd,
            start_new_session=True,
        )
        try:
            answer = converse(child, told, lambda: watch(child.pid))
        finally:
            end_group(child)
            if child.stdout is not None:
                child.stdout.close()
        log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS))
        words = log.read().decode("utf-8", "replace")
    if answer is None:
        raise OcrwebError(crashed, reason=_reason(words, child.returncode))
    return answer


def printed_answer(printed: str) -> dict[str, Any]:
    """What a module that is asked one thing answered, on its last line. Raises its coded error, ValueError without one."""
    try:
        document = dict(json.loads(printed.strip().splitlines()[-1]))
    except (IndexError, TypeError) as failure:
        raise ValueError("no answer") from failure
    if "code" in document:
        raise revived(document)
    return document


def _reason(words: str, code: int) -> str:
    """Why it ended, as well as that can be told: the signal, else the last line that names an error, else the last."""
    if code < 0:
        return signal.Signals(-code).name
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()] or lines
    return telling[-1][:300] if telling else f"exit {code}"
