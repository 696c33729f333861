"""A batch that is not over is orphaned when the very console that ran it is gone."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from ocrweb.disk.process import started_at, this_process
from ocrweb.services.batch.record import BatchRecord, own_process, read_record, write_record

MINE = own_process()
RECORD = BatchRecord("0" * 32, "a", 1.0, {"paths": []}, "running", **MINE)


@pytest.mark.parametrize(
    ("changes", "orphaned"),
    [
        ({}, False),
        ({"start": MINE["start"] + 1}, True),
        ({"boot": "ffffffff"}, True),
        ({"pid": 2**22 + 1}, True),
        ({"state": "done", "pid": 2**22 + 1}, False),
        ({"start": 0, "boot": "", "born": started_at(os.getpid())}, False),
        ({"start": 0, "boot": "", "born": started_at(os.getpid()) - 60}, True),
        ({"start": 0, "boot": "", "born": 1.0, "pid": 2**22 + 1}, True),
    ],
    ids=["mine", "number reused", "started anew", "gone", "over", "older", "older, number reused", "older, gone"],
)
def test_the_console_that_runs_it_is_known(
    changes: dict[str, Any], orphaned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    write_record(dataclasses.replace(RECORD, **changes))
    record = read_record(RECORD.id)
    assert record is not None
    assert record.orphaned == orphaned


def test_a_record_that_is_taken_over_names_this_console_alone() -> None:
    older = dataclasses.replace(RECORD, pid=1, start=0, boot="", born=1.0)
    taken = dataclasses.replace(older, **own_process())
    assert (taken.pid, taken.start, taken.boot, taken.born) == (*dataclasses.astuple(this_process()), 0.0)
    assert not taken.orphaned
