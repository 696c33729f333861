"""Backup and restore: every file comes back, nothing half appears, a strange archive does no harm."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.disk.passing import passing_name
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.names import point_latest
from ocrweb.rundir.status import read_status
from ocrweb.services.access.logins import decide_access
from ocrweb.services.batch import past as batch_past
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.datasets.use import changing, reading
from ocrweb.services.exporting import jobs as export_jobs
from ocrweb.services.intake.sources import RUN_MARK
from ocrweb.services.root.backup.manifest import HEAD, LIST
from ocrweb.services.root.backup.pack import back_up
from ocrweb.services.root.backup.unpack import check_backup, restore
from ocrweb.services.root.version import LAYOUT, check_layout, mark_layout
from ocrweb.services.training.runs import list_runs
from tests.browser import ROOT
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root with a run, a dataset, an export, a batch, a login and caches."""
    root = tmp_path / "home"
    monkeypatch.setenv("OCRWEB_HOME", str(root))
    run = make_run()
    point_latest(run)
    (run / names.BEST).write_bytes(os.urandom(300_000))
    (run / names.LOG).write_text("epoch: 1/3\n")
    (run / passing_name("best.pdparams")).write_bytes(b"half")

    def pages(folder: Path) -> None:
        (folder / "train_images").mkdir(parents=True)
        (folder / "train_images" / "页 1.jpg").write_bytes(b"picture")
        (folder / "train_list.txt").write_text("train_images/页 1.jpg train_gts/1.txt\n")

    dataset_store.make_dataset("demo", pages, source="demo.zip")
    export = paths.exports_dir() / "demo-fp32"
    export.mkdir(parents=True)
    (export / "report.json").write_text(json.dumps({"parity": {}}))
    (paths.models_dir() / "imported").mkdir(parents=True)
    (paths.models_dir() / "imported" / "model.onnx").write_bytes(b"network")
    batch = paths.outputs_dir() / "outputs_20260101000000"
    (batch / "json").mkdir(parents=True)
    (batch / "json" / "a.json").write_text("{}")
    (batch / RUN_MARK).write_text("{}")
    decide_access("0.0.0.0", None, False)
    mark_layout()
    (paths.private_dir() / "uploads").mkdir()
    (paths.private_dir() / "uploads" / "x.png").write_bytes(b"a visitor's")
    (paths.private_dir() / "models").mkdir()
    (paths.private_dir() / "models" / "m.onnx").write_bytes(b"model")
    return root


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "there" / "b.tar.gz"
    back_up(file)
    return file


def tree(root: Path, *without: str) -> dict[str, bytes]:
    """All files by their path from the root."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not any(word in name for word in without)}


def rewritten(
    archive: Path, change: Callable[[tarfile.TarInfo, bytes], Iterator[tuple[tarfile.TarInfo, bytes]]]
) -> Path:
    """The archive with other members."""
    out = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(out, "w:gz") as new:
        for entry in old:
            stream = old.extractfile(entry)
            for member, data in change(entry, stream.read() if stream else b""):
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return out


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(OcrwebError) as caught:
        action()
    return caught.value.code


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


@pytest.mark.parametrize("name", ["b.tar", "b.tgz"])
def test_it_can_be_left_unpacked_by_its_name(tmp_path: Path, name: str) -> None:
    report = back_up(tmp_path / name)
    assert check_backup(tmp_path / name).manifest == report.manifest


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


@pytest.mark.parametrize("at", [0.05, 0.5, 0.95])
def test_a_flipped_bit_is_found_anywhere(archive: Path, tmp_path: Path, at: float) -> None:
    plain = bytearray(gzip.decompress(archive.read_bytes()))
    weights = plain.index((paths.workdirs_dir() / "20260101_000000_demo" / names.BEST).read_bytes())
    plain[weights + int(300_000 * at)] ^= 1
    (tmp_path / "bad.tar").write_bytes(plain)
    assert refused(lambda: check_backup(tmp_path / "bad.tar")) == "backup.damaged"
    assert refused(lambda: restore(tmp_path / "bad.tar", tmp_path / "new")) == "backup.damaged"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tar", "home", "there"]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("unpacked", [False, True])
def test_a_cut_archive_is_damaged_or_none(archive: Path, share: float, unpacked: bool) -> None:
    data = gzip.decompress(archive.read_bytes()).rstrip(b"\0") if unpacked else archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)])
    assert refused(lambda: check_backup(archive)) in {"backup.damaged", "backup.not-a-backup"}


def test_a_lost_an_added_and_a_renamed_file_are_found(archive: Path) -> None:
    def lost(entry: tarfile.TarInfo, data: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        if not entry.name.endswith(names.LOG):
            yield entry, data

    def added(entry: tarfile.TarInfo, data: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        if entry.name == LIST:
            yield tarfile.TarInfo("root/outputs/more.txt"), b"more"
        yield entry, data

    def renamed(entry: tarfile.TarInfo, data: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        entry.name = entry.name.replace("train_list", "test_list")
        entry.pax_headers = {}
        yield entry, data

    for change in (lost, added, renamed):
        assert refused(lambda change=change: check_backup(rewritten(archive, change))) == "backup.damaged"


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [
        ("root/outputs/../../../out.txt", tarfile.REGTYPE, ""),
        ("/etc/out.txt", tarfile.REGTYPE, ""),
        ("root//etc/out.txt", tarfile.REGTYPE, ""),
        ("out.txt", tarfile.REGTYPE, ""),
        ("root/elsewhere/out.txt", tarfile.REGTYPE, ""),
        ("root/datasets/link", tarfile.SYMTYPE, "/etc"),
        ("root/datasets/hard", tarfile.LNKTYPE, "root/.ocrweb/login.json"),
        ("root/datasets/pipe", tarfile.FIFOTYPE, ""),
        ("root/datasets/disk", tarfile.BLKTYPE, ""),
        ("root/.ocrweb/login.json", tarfile.REGTYPE, ""),
    ],
)
def test_a_member_that_is_none_of_ours_stops_the_restore(
    archive: Path, tmp_path: Path, name: str, kind: bytes, target: str
) -> None:
    def smuggled(entry: tarfile.TarInfo, data: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        if entry.name == LIST:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            yield member, b"bad" if kind == tarfile.REGTYPE else b""
        yield entry, data

    changed = rewritten(archive, smuggled)
    before = sorted(tmp_path.rglob("*"))
    assert refused(lambda: restore(changed, tmp_path / "new")) == "backup.unsafe"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_backup_of_a_newer_program_and_other_files_are_told_apart(archive: Path, tmp_path: Path) -> None:
    def newer(entry: tarfile.TarInfo, data: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        yield entry, data.replace(b'"schema": 1', b'"schema": 2') if entry.name == HEAD else data

    assert refused(lambda: check_backup(rewritten(archive, newer))) == "backup.newer"
    for name, data in (("a.txt", b"hello"), ("b.gz", gzip.compress(b"hello")), ("c.tar", b"")):
        (tmp_path / name).write_bytes(data)
        assert refused(lambda name=name: check_backup(tmp_path / name)) == "backup.not-a-backup", name
    with tarfile.open(tmp_path / "d.tar", "w") as other:
        other.add(ROOT / "LICENSE", "LICENSE")
    assert refused(lambda: check_backup(tmp_path / "d.tar")) == "backup.not-a-backup"
    assert refused(lambda: check_backup(tmp_path / "none.tar")) == "usage.missing-path"


def test_nothing_is_written_over(archive: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(lambda: back_up(archive)) == "backup.exists"
    assert refused(lambda: restore(archive, home)) == "backup.not-empty"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refused(lambda: restore(archive, tmp_path / "link")) == "backup.not-empty"
    assert refused(lambda: back_up(home / "outputs" / "b.tar")) == "backup.inside"
    assert refused(lambda: back_up(tmp_path / "b.zip")) == "usage.bad-value"
    (tmp_path / "empty").mkdir()
    assert restore(archive, tmp_path / "empty").path == tmp_path / "empty"
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "nothing"))
    assert refused(lambda: back_up(tmp_path / "b.tar")) == "backup.nothing"


def test_a_full_disk_is_told_and_leaves_nothing(archive: Path, home: Path, tmp_path: Path) -> None:
    """A limit on the size of a file stands for the disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = sorted(tmp_path.rglob("*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        assert refused(lambda: back_up(tmp_path / "b.tar")) == "usage.disk-full"
        assert refused(lambda: restore(archive, tmp_path / "new")) == "usage.disk-full"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(tmp_path.rglob("*")) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from ocrweb.services.root.backup import pack, unpack
if sys.argv[1] == "backup":
    pack.back_up(Path(sys.argv[2]), progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
else:
    unpack._compare = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
    unpack.restore(Path(sys.argv[3]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize(("what", "name"), [("backup", "new.tar"), ("restore", "new")])
def test_a_kill_leaves_nothing_visible_and_the_next_one_tidies_up(
    archive: Path, tmp_path: Path, what: str, name: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, what, str(tmp_path / name), str(archive)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    left = [path.name for path in tmp_path.iterdir() if path.name not in ("home", "there")]
    assert len(left) == 1
    assert left[0].startswith(f".{name}.")
    back_up(tmp_path / name) if what == "backup" else restore(archive, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("home", "there")] == [name]


def test_older_programs_leave_a_newer_data_root_alone(home: Path) -> None:
    check_layout()
    (home / ".ocrweb" / "layout").write_text(f"{LAYOUT + 1}\n")
    assert refused(check_layout) == "root.newer"
    mark_layout()
    assert refused(check_layout) == "root.newer"


def test_the_times_of_files_come_back(archive: Path, home: Path, tmp_path: Path) -> None:
    """Exports and batches are sorted by them."""
    restore(archive, tmp_path / "new")
    for path in ("exports/demo-fp32", "exports/demo-fp32/report.json"):
        assert abs((home / path).stat().st_mtime - (tmp_path / "new" / path).stat().st_mtime) < 0.001
    assert time.time() - check_backup(archive).manifest.made < 600
