"""A batch that is not over is orphaned when the very console that ran it is gone."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.disk.process import started_at, this_process
from ocrweb.services.batch import record as recording
from ocrweb.services.batch.record import (
    BatchRecord,
    list_records,
    own_process,
    read_record,
    records_dir,
    request_document,
    request_of,
    sweep_records,
    write_record,
)
from ocrweb.services.batch.run import BatchRequest
from ocrweb.services.detect.request import DetectRequest

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


@pytest.mark.parametrize(
    "request_",
    [
        BatchRequest((Path("/a.png"), Path("/b"))),
        BatchRequest(
            (Path("/a.png"),), DetectRequest("m", "onnx", "f32", "cpu", DecodeOptions(threshold=0.4), ResizeOptions(limit_side=640)),
            confined=True, names_only=True,
        ),
    ],
    ids=["plain", "all set"],
)  # fmt: skip
def test_a_request_is_gone_on_with_as_it_was_asked(request_: BatchRequest) -> None:
    write_record(dataclasses.replace(RECORD, request=request_document(request_)))
    record = read_record(RECORD.id)
    assert record is not None
    assert request_of(record) == request_
    assert request_of(dataclasses.replace(record, folder="/out")) == dataclasses.replace(request_, out=Path("/out"))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"state": "sleeping"}, {"request": {}}, {"request": {"paths": [1]}}, {"request": []}, {"started": "now"}, {"total": None}, {"error": "x"},
        {"pid": 1.5}, {"pid": True}, {"start": "1"}, {"of a later version": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_record_is_none(spoilt: dict[str, Any]) -> None:
    write_record(RECORD)
    file = records_dir() / f"{RECORD.id}.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **spoilt}))
    assert (read_record(RECORD.id), list_records()) == (None, [])
    assert read_record("../" + RECORD.id) is None


def test_the_oldest_records_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "KEPT_RECORDS", 2)
    sweep_records()  # before there is any
    for number, age in enumerate((30, 10, 20)):
        write_record(dataclasses.replace(RECORD, id=str(number) * 32))
        os.utime(records_dir() / f"{str(number) * 32}.json", (age, age))
    sweep_records()
    assert sorted(record.id[0] for record in list_records()) == ["0", "2"]


def test_a_start_that_is_told_a_second_apart_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "started_at", lambda pid: 100.0)
    older = dataclasses.replace(RECORD, start=0, boot="")
    assert [dataclasses.replace(older, born=born).orphaned for born in (98.1, 101.9, 98.0, 102.0)] == [False, False, True, True]  # fmt: skip
