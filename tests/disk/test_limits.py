"""A process that limits itself can write no more than it may, and reserve no more than it may."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
