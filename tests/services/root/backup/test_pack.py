"""A backup holds what the data root is at one moment, whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status
from ocrweb.services.datasets.use import changing, reading
from ocrweb.services.root.backup import pack
from ocrweb.services.root.backup.pack import back_up
from ocrweb.services.root.backup.unpack import check_backup, restore
from tests.services.root.backup.archives import refused
from tests.services.training.made_runs import make_run


@pytest.mark.parametrize("name", ["b.tar", "b.tgz"])
def test_it_can_be_left_unpacked_by_its_name(tmp_path: Path, name: str) -> None:
    report = back_up(tmp_path / name)
    assert check_backup(tmp_path / name).manifest == report.manifest


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.rename")
    part, out = tmp_path / "part", tmp_path / "b.tar"
    part.write_bytes(b"new")
    pack._publish(part, out)
    assert out.read_bytes() == b"new"
    part.unlink()
    part.write_bytes(b"newer")
    assert refused(lambda: pack._publish(part, out)) == "backup.exists"
    assert out.read_bytes() == b"new"


def test_kinds_can_be_left_out(tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar", without=["outputs", "settings", "workdirs"])
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [".ocrweb", "datasets", "exports", "models"]
    assert [path.name for path in (tmp_path / "new" / ".ocrweb").iterdir()] == ["models"]
    assert refused(lambda: back_up(tmp_path / "c.tar", without=["pictures"])) == "usage.bad-value"


def test_a_run_at_work_is_named_and_a_growing_file_is_cut_where_it_was(tmp_path: Path) -> None:
    run = make_run("20260102_000000_busy", state="running")
    log = run / names.LOG
    with log.open("w") as growing:
        growing.write("line\n")
        growing.flush()
        back_up(tmp_path / "b.tar", progress=lambda done, total: growing.write("more\n") and growing.flush())
    about = restore(tmp_path / "b.tar", tmp_path / "new").manifest
    assert about.running == ("20260102_000000_busy",)
    assert log.read_text().startswith((tmp_path / "new" / "workdirs" / run.name / names.LOG).read_text())
    assert read_status(tmp_path / "new" / "workdirs" / run.name).state == "running"


def test_what_is_removed_or_replaced_while_packing_is_packed_as_it_was(tmp_path: Path) -> None:
    """The console goes on: a run is deleted, weights are replaced, while the archive is being written."""
    run = paths.workdirs_dir() / "20260101_000000_demo"
    before = (run / names.BEST).read_bytes()

    def removed(done: int, total: int) -> None:
        if run.exists():
            names.remove_run(run)

    back_up(tmp_path / "b.tar", progress=removed)
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert not run.exists()
    assert (tmp_path / "new" / "workdirs" / run.name / names.BEST).read_bytes() == before


def test_a_dataset_that_is_being_changed_is_waited_for(home: Path) -> None:
    folder = home / "datasets" / "demo"
    with changing("demo", folder):
        assert refused(lambda: reading("demo", folder, patience=0).__enter__()) == "store.busy"
    with reading("demo", folder, patience=0):
        assert refused(lambda: changing("demo", folder).__enter__()) == "store.busy"


def test_links_and_pipes_are_named_and_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (home / "datasets" / "demo" / "leak.jpg").symlink_to(tmp_path / "secret")
    os.mkfifo(home / "datasets" / "demo" / "pipe.jpg")
    (tmp_path / "elsewhere").mkdir()
    (home / "datasets" / "far").symlink_to(tmp_path / "elsewhere")
    about = back_up(tmp_path / "b.tar").manifest
    assert about.linked == {"far": str(tmp_path / "elsewhere")}
    assert set(about.skipped) == {"datasets/demo/leak.jpg", "datasets/demo/pipe.jpg"}
    assert b"secret" not in (tmp_path / "b.tar").read_bytes().replace(b"page_secret", b"")
