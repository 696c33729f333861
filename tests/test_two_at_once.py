"""The whole suite is run as two at once; none of their failures is lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOTH = r"""
. scripts/two_at_once.sh
cd "$1"
say() { [ "$1" = first ] && until [ -e second ]; do :; done; touch "$1"; [ "$1" = second ] && until [ -e first ]; do :; done
        echo "$1 says so"; case "$1$2" in firstfirst|secondsecond) return 3;; esac; }
failing="$2"
run() { say "$1" "$failing"; }
two_at_once run first second
"""


@pytest.mark.parametrize(("failing", "code"), [("none", 0), ("first", 3), ("second", 3)])
def test_both_run_at_once_and_a_failure_of_either_is_told(failing: str, code: int, tmp_path: Path) -> None:
    """Each waits for the other, so one after the other would never end."""
    command = ["bash", "-c", BOTH, "both", str(tmp_path), failing]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == code, ran.stderr
    assert ran.stdout.splitlines() == ["second says so", "first says so"]


def test_every_test_is_in_one_of_the_two() -> None:
    script = (ROOT / "run_tests.sh").read_text(encoding="utf-8")
    assert '"slow or browser" "not (slow or browser)"' in script
