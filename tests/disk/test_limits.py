"""A process that limits itself can write no more than it may, and reserve no more than it may."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ocrweb.disk.limits import ADDRESSES, Limits, limit_self
from tests.browser import ROOT

LIMITED = """
import sys
from pathlib import Path
from ocrweb.disk.limits import Limits, limit_self
limit_self(Limits(seconds=60, memory=1 << 20, file=1000))
what = sys.argv[1]
try:
    if what == "file":
        with open(sys.argv[2], "wb", buffering=0) as stream:
            while stream.write(bytes(700)):
                pass
    else:
        bytearray(5 << 30)
except (OSError, MemoryError) as failure:
    print(type(failure).__name__, Path("/proc/self/oom_score_adj").read_text().strip())
"""


@pytest.mark.parametrize(("what", "failure"), [("file", "OSError"), ("memory", "MemoryError")])
def test_a_process_gets_no_further_than_its_limits(what: str, failure: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, what, str(tmp_path / "written")],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == [failure, "1000"]
    if what == "file":
        assert (tmp_path / "written").stat().st_size == 1000


def test_seconds_are_those_of_all_its_cores_and_no_limit_above_a_harder_one_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[int, tuple[int, int]] = {}
    hard = {resource.RLIMIT_CPU: resource.RLIM_INFINITY, resource.RLIMIT_AS: 9 << 40, resource.RLIMIT_FSIZE: 500}
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5})
    monkeypatch.setattr(resource, "getrlimit", lambda which: (0, hard.get(which, 0)))
    monkeypatch.setattr(resource, "setrlimit", asked.__setitem__)
    monkeypatch.setattr(Path, "write_text", lambda *_, **__: 0)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    limit_self(Limits(seconds=10.5, memory=1 << 20, file=1000))
    assert asked == {
        resource.RLIMIT_CPU: (32, 32),
        resource.RLIMIT_AS: ((1 << 20) + ADDRESSES, 9 << 40),
        resource.RLIMIT_FSIZE: (500, 500),
        resource.RLIMIT_CORE: (0, 0),
    }
