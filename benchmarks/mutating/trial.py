"""A copy of the checkout in which one fault after the other is put, and the tests that are run over it."""

from __future__ import annotations

import compileall
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutating.areas import Mutant, asked_about
from benchmarks.mutating.warm import HEAVY, Warm

COPIED = ("ocrweb", "tests", "benchmarks", "tools", "configs", "docs", "scripts", "deploy")
NOTICED, SURVIVED, ENDLESS, UNASKED, EQUIVALENT = "noticed", "survived", "endless", "no clean run", "equivalent"
QUICK, SLOW = "not slow and not browser", "slow and not browser"
LONGEST = (
    120  # seconds of the processor that a run of tests may take; those that take longer without a fault are not asked
)
WALL = 600  # seconds by the clock
LATER = 10**10  # nanoseconds: a fault as long as what it replaces, written in the same second, has bytecode of its own
WAIT = 100  # seconds by the clock for one test: for one that waits for ever
MOST_FAILING = 4  # tests that may fail without a fault among those that are asked
NO_TESTS = 5  # pytest's exit code where none is left of those marked


@dataclass(frozen=True, slots=True)
class Verdict:
    """outcome: noticed, survived, endless (which is noticed too), no clean run, or equivalent. by: the test that noticed."""

    mutant: Mutant
    outcome: str
    by: str = ""
    asked: tuple[str, ...] = ()


class Trial:
    """root: the checkout. place: an empty folder for the copy. slow: tests that take long are asked too. heavy: see `Warm`."""

    def __init__(self, root: Path, place: Path, *, slow: bool = False, heavy: Sequence[str] = HEAVY) -> None:
        self._slow = slow
        self.copy = place
        for name in COPIED:
            shutil.copytree(root / name, place / name, symlinks=True)  # bytecode too: times are kept, so it counts
        for path in root.iterdir():
            if path.is_file():
                shutil.copy2(path, place / path.name)
        compileall.compile_dir(place / "ocrweb", quiet=2)
        self._clean: dict[tuple[str, ...], bool] = {}
        self._failing: list[str] = []  # without any fault
        self._warm = Warm(place, heavy)

    def close(self) -> None:
        self._warm.close()

    def judge(self, mutant: Mutant) -> Verdict:
        """The tests of the module's own name first; the others, those of its users, and then the slow ones where they are
        asked, when those noticed nothing. What noticed is run again without the fault: one that fails then too proves nothing."""
        file = self.copy / mutant.module
        source, times = file.read_bytes(), file.stat()
        asked: list[str] = []
        groups = asked_about(self.copy, mutant.module)
        slow = [test for tests in groups for test in tests] if self._slow else []
        for tests, marked in (*((tests, QUICK) for tests in groups), (slow, SLOW)):
            if not tests:
                continue
            for _ in range(MOST_FAILING):
                file.write_bytes(mutant.fault.put_into(source))
                os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns + LATER))
                try:
                    code, said = self._run(tests, marked)
                finally:
                    file.write_bytes(source)
                    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that its bytecode counts again
                if code in (0, NO_TESTS) or self._passes([said] if said else tests, marked):
                    break
                if not said:  # it ended neither with the fault nor without it: these tests tell nothing
                    code = NO_TESTS
                    break
                self._failing.append(said)
            else:
                continue
            if code == NO_TESTS:
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
        arguments = ["-x", "-q", "-p", "no:cacheprovider", f"--timeout={WAIT}", "-m", marked, *tests]
        for failing in self._failing:
            arguments += ["--deselect", failing]
        code, said = self._warm.pytest(arguments, LONGEST, WALL)
        failed = [line.split(" ", 1)[1] for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return code, (failed or [""])[0].split(" - ")[0]
