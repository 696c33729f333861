"""A short fault campaign: each kind of fault once around a real console at work, and nothing that must hold is violated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.faults.campaign import run_campaign
from benchmarks.faults.deeds import DEEDS
from benchmarks.faults.harm import FAULTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def test_each_fault_once_and_nothing_is_violated(tmp_path: Path) -> None:
    """The seed plays every deed, but trains as late as it can: a run goes on beside all that follows."""
    verdict = run_campaign(
        tmp_path / "stage", seed=39186, minutes=25, say=lambda text: print(text, file=sys.stderr), most=len(FAULTS)
    )
    assert verdict.violations == []
    assert set(verdict.faults) == set(FAULTS)
    assert set(verdict.deeds) == set(DEEDS)
