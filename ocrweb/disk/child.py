"""A module run in a process of its own: one place makes its command and its environment, and ends it."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LOOK_SECONDS = 0.1
LONGEST_LINE = 1 << 20  # bytes
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


def converse(
    child: subprocess.Popen[bytes], told: Callable[[str, float], None], watch: Callable[[], None] = lambda: None
) -> dict[str, Any] | None:
    """Read the JSON lines of a process up to its end: its last word, None when it ended without one.

    told: hears ``stage`` and ``share`` of each line of the kind "stage". watch: called all the while, at least once in
    `LOOK_SECONDS`; what it raises goes on to the caller, who ends the process.
    """
    answer, begun = None, b""
    assert child.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            over = child.poll() is not None  # asked first: what it wrote before its end is there by then
            if selector.select(0 if over else LOOK_SECONDS):
                read = os.read(child.stdout.fileno(), 1 << 16)
                if not read:
                    break
                *lines, begun = (begun + read).split(b"\n")
                begun = begun[-LONGEST_LINE:]
                for line in lines:
                    answer = _event(line, told) or answer
            elif over:  # somebody else holds the pipe
                break
            watch()
    answer = _event(begun, told) or answer
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(LOOK_SECONDS)
            return answer
        watch()


def _event(line: bytes, told: Callable[[str, float], None]) -> dict[str, Any] | None:
    """What a line answers; None for a stage, which is told, and for what is no event: a library found the pipe after all."""
    try:
        event = json.loads(line)
        if event["kind"] != "stage":
            return dict(event)
        told(event["stage"], event["share"])
    except (ValueError, KeyError, TypeError):
        pass
    return None


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session of its own, and everything that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    child.wait()
