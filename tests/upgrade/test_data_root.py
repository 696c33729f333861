"""A data root that version 0.1.0 filled (`make_data_root.py`) opens today with everything in it."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest
from gradio_client import Client

from ocrweb.config import paths
from ocrweb.services.access import rights
from ocrweb.services.access.logins import decide_access
from ocrweb.services.access.secret import page_secret
from ocrweb.services.batch import past as batch_past
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.datasets.validation import validate
from ocrweb.services.exporting import jobs as export_jobs
from ocrweb.services.exporting.run import exported_report
from ocrweb.services.models.listing import models
from ocrweb.services.root import version as root_version
from ocrweb.services.root.backup.pack import back_up
from ocrweb.services.root.backup.unpack import check_backup, restore
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.jobs import row_of
from ocrweb.services.training.runs import list_runs, run_info
from tests.browser import running_console
from tests.upgrade.make_data_root import OUT

RUN, WAITING, BATCH = "20261129_014534_first", "20261129_014636_second", "outputs_20261129014638"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with tarfile.open(OUT) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "root"))
    root_version.check_layout()
    return tmp_path / "root"


def test_the_runs_with_their_states_and_scores(root: Path) -> None:
    assert {info.name: row_of(info).state for info in list_runs()} == {RUN: "finished", WAITING: "queued"}
    assert [entry.run for entry in training_queue.waiting()] == [WAITING]
    assert run_info("latest").name == WAITING
    first = run_info("first")
    assert first.config is not None
    assert Path(first.config.dataset).name == "demo"
    assert first.status.best["hmean"] == pytest.approx(0.3859, abs=1e-4)


def test_the_dataset_with_its_record_and_its_check(root: Path) -> None:
    [dataset] = dataset_store.list_datasets()
    assert (dataset.name, dataset.train, dataset.test, dataset.record.source) == ("demo", 4, 2, "demo.zip")
    assert len(dataset.record.sha256) == 64


def test_the_export_with_its_report(root: Path) -> None:
    [name] = export_jobs.list_exports()
    assert name == f"{RUN}-320x320-fp32"
    assert exported_report(name)["parity"]["boxes_equal"] is True
    assert export_jobs.archive_of(name)


def test_the_batch_with_its_results(root: Path) -> None:
    [batch] = batch_past.list_batches()
    assert (batch.folder, batch.done) == (BATCH, 2)
    snapshot = batch_past.past_batch(BATCH)
    assert snapshot is not None
    assert (snapshot.state, snapshot.boxes, len(snapshot.rows)) == ("done", 12, 2)
    document = json.loads((paths.outputs_dir() / BATCH / "json" / "1.json").read_text())
    assert (document["schema"], len(document["boxes"])) == (1, len(document["scores"]))


def test_the_run_and_the_export_can_be_chosen_as_models(root: Path) -> None:
    found = {row.name: row for row in models()}
    assert {RUN, f"{RUN}-320x320-fp32"} <= found.keys()
    assert found[RUN].available


def test_the_login_and_the_page_secret_stay(root: Path) -> None:
    kept = json.loads((root / ".ocrweb" / "login.json").read_text())
    assert decide_access("0.0.0.0", None, False).login == (kept["user"], kept["password"])
    assert page_secret() == (root / ".ocrweb" / "page_secret").read_text().strip()


def test_what_others_could_read_is_shut_and_the_mark_is_left(root: Path) -> None:
    """As the console does when it starts."""
    mask = os.umask(0o022)
    try:
        rights.keep_to_owner()
        root_version.mark_layout()
    finally:
        os.umask(mask)
    assert (root / ".ocrweb" / "layout").read_text() == f"{root_version.LAYOUT}\n"
    assert not [path for path in (root / ".ocrweb").rglob("*") if path.stat().st_mode & 0o077]


def test_it_can_be_backed_up_and_restored(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz", tmp_path / "new")
    before = {info.name: row_of(info).state for info in list_runs()}
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "new"))
    assert {info.name: row_of(info).state for info in list_runs()} == before
    assert [batch.done for batch in batch_past.list_batches()] == [2]
    assert validate("demo").ok


@pytest.mark.slow
def test_a_console_opens_it_and_is_backed_up_while_it_runs(root: Path, tmp_path: Path) -> None:
    (root / ".ocrweb" / "queue.json").unlink()  # the run that waits is not for a test to train
    with running_console(root) as console:
        models_of = Client(console.url, verbose=False).predict(api_name="/models")
        assert {RUN, f"{RUN}-320x320-fp32"} <= {row["name"] for row in models_of["models"]}
        back_up(tmp_path / "b.tar")
    assert check_backup(tmp_path / "b.tar").manifest.running == ()
    restore(tmp_path / "b.tar", tmp_path / "new")
    kept = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert {f"workdirs/{RUN}/status.json", "datasets/demo/train_list.txt", ".ocrweb/layout"} <= kept
    assert not [name for name in kept if "console-" in name or "/uploads/" in name]
