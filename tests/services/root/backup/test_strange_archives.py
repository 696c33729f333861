"""A damaged, strange or newer archive is named and writes nothing."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.rundir import names
from ocrweb.services.root.backup.manifest import HEAD, LIST
from ocrweb.services.root.backup.unpack import check_backup, restore
from tests.browser import ROOT
from tests.services.root.backup.archives import refused, rewritten


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
