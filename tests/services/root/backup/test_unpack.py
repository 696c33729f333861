"""What was backed up comes back, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.rundir import names
from ocrweb.services.access.logins import decide_access
from ocrweb.services.batch import past as batch_past
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.exporting import jobs as export_jobs
from ocrweb.services.root.backup.unpack import check_backup, restore
from ocrweb.services.training.runs import list_runs
from tests.services.root.backup.archives import tree


def test_what_comes_back_is_what_was_there_but_caches_and_half_files(home: Path, archive: Path, tmp_path: Path) -> None:
    report = restore(archive, tmp_path / "new")
    assert tree(tmp_path / "new") == tree(home, "uploads", ".tmp", ".lock")
    assert report.manifest.bytes == sum(map(len, tree(tmp_path / "new").values()))
    assert archive.stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "new").rglob("*") if not path.is_symlink()} == {0}
    assert not list((home / ".ocrweb" / "tmp").iterdir())


def test_the_services_list_everything_of_a_restored_root(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = decide_access("0.0.0.0", None, False).login
    runs, exports = [info.name for info in list_runs()], export_jobs.list_exports()
    restore(archive, tmp_path / "new")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "new"))
    assert [info.name for info in list_runs()] == runs == ["20260101_000000_demo"]
    assert names.find_run(paths.workdirs_dir(), "latest").name == "20260101_000000_demo"
    assert (paths.workdirs_dir() / "latest").readlink() == Path("20260101_000000_demo")
    [dataset] = dataset_store.list_datasets()
    assert (dataset.name, dataset.record.source, dataset.train) == ("demo", "demo.zip", 1)
    assert export_jobs.list_exports() == exports == ["demo-fp32"]
    assert [batch.folder for batch in batch_past.list_batches()] == ["outputs_20260101000000"]
    assert decide_access("0.0.0.0", None, False).login == before


def test_the_times_of_files_come_back(archive: Path, home: Path, tmp_path: Path) -> None:
    """Exports and batches are sorted by them."""
    restore(archive, tmp_path / "new")
    for path in ("exports/demo-fp32", "exports/demo-fp32/report.json"):
        assert abs((home / path).stat().st_mtime - (tmp_path / "new" / path).stat().st_mtime) < 0.001
    assert time.time() - check_backup(archive).manifest.made < 600
