"""A copy of the checkout in which one fault after the other is put, and the tests that are run over it."""

from __future__ import annotations

import math
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
PATIENCE = 4  # times the processor time of the run without a fault, and so many seconds more
SPARE = 10
QUICK, SLOW = "not slow and not browser", "slow and not browser"
LONGEST = 120  # seconds of the processor that tests may take without a fault; longer ones are not asked
WALL = 30  # times that by the clock: for one that waits for ever


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
        self._clean: dict[tuple[str, ...], float | None] = {}

    def judge(self, mutant: Mutant) -> Verdict:
        """The tests of the module's own name first; the others, and then the slow ones where they are asked, when those
        noticed nothing."""
        file = self.copy / mutant.module
        source = file.read_bytes()
        asked: list[str] = []
        own, others = asked_about(self.copy, mutant.module)
        for tests, marked in ((own, QUICK), (others, QUICK), ([*own, *others] if self._slow else [], SLOW)):
            if not tests or (limit := self._clean_run(tests, marked)) is None:
                continue
            asked += [test for test in tests if test not in asked]
            file.write_bytes(mutant.fault.put_into(source))
            try:
                code, said = self._run(tests, marked, limit)
            finally:
                file.write_bytes(source)
            if code is None:
                return Verdict(mutant, ENDLESS, asked=tuple(asked))
            if code:
                return Verdict(mutant, NOTICED, said, tuple(asked))
        return Verdict(mutant, SURVIVED if asked else UNASKED, asked=tuple(asked))

    def _clean_run(self, tests: Sequence[str], marked: str) -> float | None:
        """Seconds of the processor that the tests may take; None when they fail without a fault, or there are none."""
        key = (marked, *tests)
        if key not in self._clean:
            before = _used()
            code, _ = self._run(tests, marked, LONGEST)
            self._clean[key] = PATIENCE * (_used() - before) + SPARE if code == 0 else None
        return self._clean[key]

    def _run(self, tests: Sequence[str], marked: str, limit: float) -> tuple[int | None, str]:
        """Exit code, None for one that would not end, and the first test that failed."""
        environment = {**os.environ, "PYTHONPATH": str(self.copy), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-m",
            marked,
        ]
        process = subprocess.Popen(
            [*command, *tests], cwd=self.copy, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, preexec_fn=lambda: _limit(limit),
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=WALL * limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None, ""
        if process.returncode < 0:
            return (None, "") if process.returncode in (-9, -24) else (1, f"signal {-process.returncode}")
        failed = [line.split(" ", 1)[1] for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return process.returncode, (failed or [""])[0].split(" - ")[0]


def _limit(seconds: float) -> None:
    whole = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
