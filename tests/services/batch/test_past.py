"""Batches of the past, told by their records and by what lies in their folders."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from ocrweb.services.batch import past
from ocrweb.services.batch.past import is_resumable, is_unfinished, list_batches, past_batch
from ocrweb.services.batch.record import BatchRecord, own_process, write_record
from ocrweb.services.intake.sources import RUN_MARK

pytestmark = pytest.mark.usefixtures("home")
GONE = {"pid": 2**22 + 1, "born": 1.0}  # no process has this number


def folder_of(home: Path, name: str, results: int = 0) -> Path:
    """The output folder of a batch with so many results."""
    folder = home / "outputs" / name
    (folder / "json").mkdir(parents=True)
    (folder / RUN_MARK).write_text("{}")
    for number in range(results):
        (folder / "json" / f"p{number}.json").write_text("{}")
    (folder / "json" / "p0.json.part").write_text("")
    return folder


def recorded(identifier: str, state: str, **more: Any) -> str:
    fields = {"name": "pictures", "started": 1.0, "request": {"paths": []}, **own_process(), **more}
    write_record(BatchRecord(identifier * 32, state=state, **fields))
    return identifier * 32


def test_the_list_has_what_was_done_and_what_is_left_of_work(home: Path) -> None:
    made = folder_of(home, "outputs_20240101000000", results=3)
    recorded("a", "running", started=5.0, folder=str(made))
    recorded("b", "waiting", started=4.0)
    recorded("c", "running", started=3.0, **GONE)
    recorded("d", "done", started=2.0)
    recorded("e", "failed", started=1.0, folder=str(home / "outputs" / "outputs_20240202000000"))
    found = [(batch.id[0], batch.folder, batch.done, batch.interrupted, batch.active) for batch in list_batches()]
    assert found == [
        ("a", "outputs_20240101000000", 3, False, True),
        ("b", "", 0, False, True),
        ("c", "", 0, True, False),
    ]


def test_the_newest_of_many_folders_come_first_whatever_their_order_on_the_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "NEWEST", 2)
    for year in (2021, 2024, 2022):
        folder_of(home, f"outputs_{year}0304050607")
    folder_of(home, "outputs_20230304050607").joinpath(RUN_MARK).unlink()
    newest = list_batches()
    assert [batch.folder for batch in newest] == ["outputs_20240304050607", "outputs_20220304050607"]
    assert newest[0].started == time.mktime((2024, 3, 4, 5, 6, 7, 0, 0, -1))


def test_a_folder_whose_name_is_no_time_counts_as_old_as_it_is(home: Path) -> None:
    folder = folder_of(home, "outputs_20249999999999")
    os.utime(folder, (77, 77))
    assert [batch.started for batch in list_batches()] == [77]


def test_a_folder_without_results_is_listed_with_none(home: Path) -> None:
    folder = folder_of(home, "outputs_20240101000000")
    (folder / "json" / "p0.json.part").unlink()
    (folder / "json").rmdir()
    assert [batch.done for batch in list_batches()] == [0]


@pytest.mark.parametrize(("zip_made", "offered"), [(9, False), (10, True), (11, True)])
def test_a_zip_older_than_the_last_result_is_not_offered(home: Path, zip_made: int, offered: bool) -> None:
    folder = folder_of(home, "outputs_20240101000000")
    (folder / "summary.csv").write_text("")
    archive = folder.with_name(f"{folder.name}.zip")
    archive.write_bytes(b"")
    os.utime(folder / "summary.csv", (10, 10))
    os.utime(archive, (zip_made, zip_made))
    batch = past_batch(folder.name)
    assert batch is not None
    assert batch.archive == (archive if offered else None)


@pytest.mark.parametrize(
    ("state", "who", "resumable", "unfinished"),
    [
        ("waiting", {}, False, True),
        ("running", {}, False, True),
        ("running", GONE, True, True),
        ("cancelled", {}, True, True),
        ("failed", {}, True, True),
        ("done", {}, False, False),
    ],
    ids=["waiting", "running", "interrupted", "cancelled", "failed", "done"],
)
def test_what_can_be_gone_on_with_and_what_needs_its_uploads(
    home: Path, state: str, who: dict[str, Any], resumable: bool, unfinished: bool
) -> None:
    identifier = recorded("a", state, **who)
    assert (is_resumable(identifier), is_unfinished(identifier)) == (resumable, unfinished)
    batch = past_batch(identifier)
    assert batch is not None
    assert batch.resumable == resumable
    assert (is_resumable("f" * 32), is_unfinished("f" * 32)) == (False, False)


def test_a_picture_of_several_that_is_gone_keeps_a_batch_from_going_on(home: Path, tmp_path: Path) -> None:
    (tmp_path / "there.png").write_bytes(b"")
    paths = [str(tmp_path / "there.png"), str(tmp_path / "gone.png")]
    assert not is_resumable(recorded("a", "cancelled", request={"paths": paths}))
    assert is_resumable(recorded("a", "cancelled", request={"paths": paths[:1]}))


@pytest.mark.parametrize("error", [{}, {"code": 1}, {"code": "no.such-code"}])
def test_an_error_of_another_version_hides_no_batch(home: Path, error: dict[str, Any]) -> None:
    batch = past_batch(recorded("a", "failed", error=error))
    assert batch is not None
    assert (batch.state, batch.error) == ("failed", None)


def test_a_batch_whose_folder_was_removed_is_none(home: Path) -> None:
    assert past_batch(recorded("a", "done", folder=str(home / "outputs" / "outputs_20240101000000"))) is None


def test_what_a_stopped_batch_had_to_do_is_told_though_it_did_less(home: Path) -> None:
    folder = folder_of(home, "outputs_20240101000000")
    batch = past_batch(recorded("a", "cancelled", folder=str(folder), total=7, seconds=1.5))
    assert batch is not None
    assert batch.progress is not None
    assert (batch.progress.done, batch.progress.total, batch.progress.seconds) == (0, 7, 1.5)
