"""A module run in a process of its own: one place makes its command and its environment, and ends it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SEARCH = Path(__file__).resolve().parents[2]  # holds the package: a clone, or site-packages


def module_command(module: str, *arguments: object) -> list[str]:
    """The command that runs a module in this Python. It needs `module_environment`."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def module_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which Python finds this package, wherever this process was started and the other one works.

    environment: the variables of the process; by default those of this one.
    """
    search = filter(None, (str(SEARCH), os.environ.get("PYTHONPATH")))
    return {**(os.environ if environment is None else environment), "PYTHONPATH": os.pathsep.join(search)}


def start_module(
    module: str, *arguments: object, environment: Mapping[str, str] | None = None, **streams: Any
) -> subprocess.Popen[bytes]:
    """The process of a module, which goes on beside this one. environment: as of `module_environment`.

    streams: ``stdin``, ``stdout``, ``stderr``, ``cwd`` and ``start_new_session``, as Popen has them.
    """
    return subprocess.Popen(module_command(module, *arguments), env=module_environment(environment), **streams)


def run_module(
    module: str, *arguments: object, patience: float | None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a module printed and its exit code, when it has ended. environment: as of `module_environment`.

    patience: seconds; subprocess.TimeoutExpired after that. None waits for ever.
    """
    return subprocess.run(
        module_command(module, *arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=patience,
        env=module_environment(environment),
        check=False,
    )


def listen(child: subprocess.Popen[bytes], told: Callable[[str, float], None]) -> dict[str, Any] | None:
    """Read the JSON lines of a process to their end: its last word, None when it ended without one.

    told: hears ``stage`` and ``share`` of each line of the kind "stage".
    """
    answer = None
    assert child.stdout is not None
    for line in child.stdout:
        try:
            event = json.loads(line)
            if event["kind"] == "stage":
                told(event["stage"], event["share"])
            else:
                answer = event
        except (ValueError, KeyError, TypeError):
            continue  # not an event: a library found the pipe after all
    return answer


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session of its own, and everything that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    child.wait()
