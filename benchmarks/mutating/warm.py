"""A process that has imported what most tests import, and forks itself for each run of them.

Started by `Warm`; reads a run a line and answers its exit code, null for one that would not end.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HEAVY = (
    "cv2", "gradio", "hypothesis", "onnxruntime", "openvino", "paddle", "playwright.sync_api", "pyclipper", "pydantic", "pytest",
    "shapely", "typer", "yaml",
)  # fmt: skip


class Warm:
    """place: the copy of the checkout, the folder that tests run in. heavy: modules to import once for all runs."""

    def __init__(self, place: Path, heavy: Sequence[str] = HEAVY) -> None:
        environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        self._said = place / "said.txt"
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), *heavy], cwd=place, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def pytest(self, arguments: Sequence[str], seconds: int, wall: float) -> tuple[int | None, str]:
        """Exit code, and what was printed. seconds: of the processor; wall: by the clock."""
        wanted = {"arguments": list(arguments), "said": str(self._said), "seconds": seconds, "wall": wall}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        code = json.loads(self._process.stdout.readline())
        return code, self._said.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(forked(**json.loads(line))), flush=True)


def forked(arguments: list[str], said: str, seconds: int, wall: float) -> int | None:
    """Exit code of pytest in a child; minus the signal that ended it; None past either limit."""
    child = os.fork()
    if not child:
        run(arguments, said, seconds)
    watched = os.pidfd_open(child)
    ended, _, _ = select.select([watched], [], [], wall)
    os.close(watched)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests left running, and themselves
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return None if not ended or code in (-signal.SIGKILL, -signal.SIGXCPU) else code


def run(arguments: list[str], said: str, seconds: int) -> None:
    """In the child: pytest, alone in its session, with what it prints in a file; does not return."""
    import pytest

    code = 3
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
            os.dup2(os.open(path, flags), number)
        os.dup2(1, 2)
        code = int(pytest.main(arguments))
        sys.stdout.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    serve()
