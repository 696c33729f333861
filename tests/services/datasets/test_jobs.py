"""Dataset work in the background: every job ends in a state that a person can be told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ocrweb.services.datasets import jobs as dataset_jobs
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.folder import sweep_datasets
from ocrweb.services.datasets.jobs import Handle, Outcome, report_of
from ocrweb.services.datasets.store import delete_dataset, get_dataset, list_datasets, rename_dataset
from tests.data.corpus import label
from tests.services.datasets.ended import SEPARATOR, finished, uploaded

pytestmark = pytest.mark.usefixtures("given_folders")


def test_an_upload_is_unpacked_checked_and_remembered(tmp_path: Path, home: Path) -> None:
    job = uploaded(tmp_path, SEPARATOR)
    assert (job.state, job.outcome.dataset) == ("done", "data")
    assert job.report is not None
    assert job.report.rules == {"label.separator": 1}
    assert report_of("data") is job.report
    kept = get_dataset("data").record.validation
    assert kept is not None
    assert kept["counts"]["error"] == 1
    assert not list((home / ".ocrweb" / "inbox").iterdir())


def test_the_same_zip_again_is_recognised(tmp_path: Path) -> None:
    uploaded(tmp_path)
    again = finished(dataset_work.start_upload(tmp_path / "data.zip"))
    assert [key for key, _ in again.outcome.note] == ["known"]
    assert len(list_datasets()) == 1


def test_a_file_that_is_no_zip_fails_with_a_coded_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"<html>not a zip</html>")
    job = finished(dataset_work.start_upload(tmp_path / "no.zip"))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.code.startswith("archive.")
    assert not list_datasets()


def test_a_stopped_job_ends_at_its_next_word() -> None:
    def work(handle: Handle) -> Outcome:
        while True:
            handle.progress(1, 2)
            time.sleep(0.005)

    identifier = dataset_jobs.start("check", work)
    dataset_jobs.cancel_job(identifier)
    assert finished(identifier).state == "cancelled"


def test_a_strict_check_counts_warnings_as_errors(tmp_path: Path) -> None:
    uploaded(tmp_path, label("5,5,40,5,40,20,5,20,hello"))
    usual, strict = (finished(dataset_jobs.start_check("data", strict=strict)).report for strict in (False, True))
    assert usual is not None
    assert strict is not None
    assert (usual.ok, usual.severities["warning"]) == (True, 1)
    assert (strict.ok, strict.severities["error"]) == (False, 1)
    assert report_of("data") == strict
    finished(dataset_jobs.start_check("data"))
    assert report_of("data") == usual


@pytest.mark.parametrize("name", [None, "", "gone", "..", "../data", "/etc", "a\0b"])
def test_nothing_was_found_in_what_is_no_dataset_of_the_console(name: str | None) -> None:
    assert report_of(name) is None


def test_what_was_found_goes_with_the_datasets_name_and_ends_with_it(tmp_path: Path) -> None:
    before = uploaded(tmp_path, SEPARATOR).report
    rename_dataset("data", "other")
    again = report_of("other")
    assert again is not None
    assert before is not None
    assert (again.findings, report_of("data")) == (before.findings, None)
    delete_dataset("other")
    assert report_of("other") is None


def test_stopping_the_check_after_a_change_keeps_the_change_and_forgets_the_old_check(tmp_path: Path) -> None:
    uploaded(tmp_path, SEPARATOR)

    def work(handle: Handle) -> Outcome:
        handle.cancel.set()
        label()(get_dataset("data").path)
        return Outcome("data", (("repaired", {"changes": 1}),))

    job = finished(dataset_jobs.start("repair", work))
    assert (job.state, job.outcome.dataset, job.outcome.note[0][0]) == ("cancelled", "data", "repaired")
    assert report_of("data") is None


def test_stopping_a_check_keeps_the_one_before(tmp_path: Path) -> None:
    before = uploaded(tmp_path).report

    def work(handle: Handle) -> Outcome:
        handle.cancel.set()
        return Outcome("data")

    assert finished(dataset_jobs.start("check", work)).state == "cancelled"
    assert report_of("data") is before


def test_what_a_killed_console_left_half_made_is_swept_and_what_is_being_made_is_not(home: Path) -> None:
    left = home / "datasets" / f".incoming-{2**22 + 1}-abcdef12"  # no process has this number
    (left / "train_images").mkdir(parents=True)
    own = home / "datasets" / f".incoming-{os.getpid()}-abcdef12"
    own.mkdir()
    sweep_datasets()
    assert not left.exists()
    assert own.exists()
