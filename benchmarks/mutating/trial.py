"""A copy of the checkout in which one fault after the other is put, and the tests that are run over it."""

from __future__ import annotations

import compileall
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutating.areas import Mutant, asked_about

COPIED = ("ocrweb", "tests", "benchmarks", "tools", "configs", "docs", "scripts", "deploy")
NOTICED, SURVIVED, ENDLESS, UNASKED = "noticed", "survived", "endless", "no clean run"
QUICK, SLOW = "not slow and not browser", "slow and not browser"
LONGEST = (
    120  # seconds of the processor that a run of tests may take; those that take longer without a fault are not asked
)
WALL = 30  # times that by the clock
WAIT = 100  # seconds by the clock for one test: for one that waits for ever
NO_TESTS = 5  # pytest's exit code where none is left of those marked


@dataclass(frozen=True, slots=True)
class Verdict:
    """outcome: noticed, survived, endless (which is noticed too) or no clean run. by: the test that noticed."""

    mutant: Mutant
    outcome: str
    by: str = ""
    asked: tuple[str, ...] = ()


class Trial:
    """root: the checkout. place: an empty folder for the copy. slow: tests that take long are asked too."""

    def __init__(self, root: Path, place: Path, *, slow: bool = False) -> None:
        self._slow = slow
        self.copy = place
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        for name in COPIED:
            shutil.copytree(root / name, place / name, ignore=ignored, symlinks=True)
        for path in root.iterdir():
            if path.is_file():
                shutil.copy2(path, place / path.name)
        compileall.compile_dir(place / "ocrweb", quiet=2)
        self._clean: dict[tuple[str, ...], bool] = {}

    def judge(self, mutant: Mutant) -> Verdict:
        """The tests of the module's own name first; the others, and then the slow ones where they are asked, when those
        noticed nothing. What noticed is run again without the fault: one that fails then too proves nothing."""
        file = self.copy / mutant.module
        source, times = file.read_bytes(), file.stat()
        asked: list[str] = []
        own, others = asked_about(self.copy, mutant.module)
        for tests, marked in ((own, QUICK), (others, QUICK), ([*own, *others] if self._slow else [], SLOW)):
            if not tests:
                continue
            file.write_bytes(mutant.fault.put_into(source))
            try:
                code, said = self._run(tests, marked)
            finally:
                file.write_bytes(source)
                os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that its bytecode counts again
            if code == NO_TESTS or (code != 0 and not self._passes([said] if said else tests, marked)):
                continue
            asked += [test for test in tests if test not in asked]
            if code != 0:
                return Verdict(mutant, ENDLESS if code is None else NOTICED, said, tuple(asked))
        return Verdict(mutant, SURVIVED if asked else UNASKED, asked=tuple(asked))

    def _passes(self, tests: Sequence[str], marked: str) -> bool:
        """Whether tests pass, and end, without a fault."""
        key = (marked, *tests)
        if key not in self._clean:
            self._clean[key] = self._run(tests, marked)[0] == 0
        return self._clean[key]

    def _run(self, tests: Sequence[str], marked: str) -> tuple[int | None, str]:
        """Exit code, None for one that would not end, and the first test that failed."""
        environment = {**os.environ, "PYTHONPATH": str(self.copy), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [
            sys.executable,
            *("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"--timeout={WAIT}", "-m", marked),
        ]
        process = subprocess.Popen(
            [*command, *tests], cwd=self.copy, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, preexec_fn=_limit,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=WALL * LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None, ""
        if process.returncode < 0:
            return (None, "") if process.returncode in (-9, -24) else (1, f"signal {-process.returncode}")
        failed = [line.split(" ", 1)[1] for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return process.returncode, (failed or [""])[0].split(" - ")[0]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST + 1))
