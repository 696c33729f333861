"""What of a data root belongs into a backup, and what is said of the rest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.disk.passing import passing_name
from ocrweb.rundir import names
from ocrweb.services.root.backup import contents
from ocrweb.services.root.backup.contents import KINDS, Contents, check_kinds, hold_contents
from ocrweb.services.root.backup.manifest import Kept, Manifest, check_head, encode, head, parse_manifest
from tests.services.root.backup.archives import refused
from tests.services.training.made_runs import make_run

RUN = "20260101_000000_demo"


@pytest.fixture
def held(tmp_path: Path) -> Any:
    still = tmp_path / "still"
    still.mkdir()

    def hold(*kinds: str) -> Contents:
        return hold_contents(kinds or KINDS, still)

    return hold


def files(found: Contents) -> set[str]:
    return {member.path for member in found.members if member.source is not None}


@pytest.mark.parametrize(
    ("kind", "tops"),
    [
        ("datasets", {"datasets"}), ("workdirs", {"workdirs"}), ("outputs", {"outputs"}), ("exports", {"exports"}),
        ("models", {"models", ".ocrweb/models"}), ("settings", {".ocrweb"}),
    ],
)  # fmt: skip
def test_each_kind_is_its_own_folders(kind: str, tops: set[str], held: Any) -> None:
    found = held(kind)
    assert files(found)
    assert all(any(path == top or path.startswith(f"{top}/") for top in tops) for path in files(found))
    assert (kind == "settings") == (".ocrweb/datasets/demo.json" in files(found))
    assert (kind == "models") == (".ocrweb/models/m.onnx" in files(found))
    assert found.latest == (RUN if kind == "workdirs" else "")


def test_a_folder_comes_before_what_is_in_it_with_the_time_of_its_last_change(held: Any, home: Path) -> None:
    os.utime(home / "datasets" / "demo", (5, 1234.5))
    found = held("datasets")
    order = [member.path for member in found.members]
    assert order == sorted(order)
    top = found.members[0]
    assert (top.path, top.source, top.changed) == ("datasets/demo", None, 1234.5)


def test_caches_and_what_is_half_done_stay_out(held: Any, home: Path) -> None:
    private, demo = paths.private_dir(), home / "datasets" / "demo"
    for cache in ("checks", "uploads", "inbox", "tmp", "openvino", "converted", "golden", "reports"):
        (private / cache).mkdir(exist_ok=True)
        (private / cache / "x").touch()
    for name in ("console-7860.pid", "console-7860.log", ".lock"):
        (private / name).touch()
    for name in (".1.jpg.tmp", ".1.jpg.part", ".1.partial", ".1.resized", ".lock", ".reserve", passing_name("1.jpg")):
        (demo / name).touch()
    for name in ("1.tmp", ".keep", "console-7860.pid", "reports"):  # somebody's own
        (demo / name).touch()
    (home / "datasets" / ".incoming").mkdir()
    (private / "console-notes.txt").touch()
    found = files(held())
    kept = {path for path in found if path.startswith("datasets/demo/") and "train_" not in path}
    assert kept == {f"datasets/demo/{name}" for name in ("1.tmp", ".keep", "console-7860.pid", "reports")}
    inside = {path.split("/")[1] for path in found if path.startswith(".ocrweb/")}
    assert inside.isdisjoint({"checks", "uploads", "inbox", "tmp", "openvino", "reports", "console-7860.pid", ".lock"})
    assert "console-notes.txt" in inside
    assert not any(".incoming" in path for path in found)


def test_links_are_told_of_and_not_followed(held: Any, home: Path, tmp_path: Path) -> None:
    for place in ("datasets/far", "outputs/far", "workdirs/far", "datasets/demo/far"):
        (home / place).symlink_to(tmp_path / "elsewhere")
    found = held()
    assert found.linked == {"far": str(tmp_path / "elsewhere")}
    assert found.skipped == ["datasets/demo/far", "workdirs/far", "outputs/far"]
    assert not any("far" in member.path for member in found.members)


def test_only_runs_at_work_are_named_as_such(held: Any, home: Path) -> None:
    make_run("20260102_000000_busy", state="running")
    (home / "workdirs" / "notes.txt").touch()
    shutil.copytree(home / "workdirs" / "20260102_000000_busy", home / "exports" / "20260102_000000_busy")
    assert held().running == ["20260102_000000_busy"]
    assert held("datasets").running == []


def test_a_run_that_ended_while_it_was_held_was_at_work(held: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = contents.read_status
    asked: list[Path] = []

    def ends(run: Path) -> Any:
        asked.append(run)
        return type("Status", (), {"active": len(asked) == 1})() if run.name == RUN else real(run)

    monkeypatch.setattr(contents, "read_status", ends)
    assert held("workdirs").running == [RUN]


def test_a_run_that_is_removed_while_it_is_held_is_left_out_whole(held: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def removes(source: Path, target: Path, **more: Any) -> None:
        link(source, target, **more)
        if Path(source).name == names.BEST:
            shutil.rmtree(Path(source).parent)

    monkeypatch.setattr(os, "link", removes)
    assert not files(held("workdirs"))


def test_where_the_disk_has_no_links_the_files_themselves_are_packed(
    held: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(not member.source.is_relative_to(home) for member in held("exports").members if member.source)

    def none(*given: Any, **more: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", none)
    (export,) = [member.source for member in held("exports").members if member.source]
    assert export == home / "exports" / "demo-fp32" / "report.json"


def test_a_folder_that_may_not_be_read_is_told_of(held: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = Path.iterdir

    def closed(path: Path) -> Any:
        if path.name == "train_images":
            raise PermissionError
        return listing(path)

    monkeypatch.setattr(Path, "iterdir", closed)
    found = held("datasets")
    assert found.skipped == ["datasets/demo/train_images"]
    assert "datasets/demo/train_list.txt" in files(found)


def test_kinds_can_be_left_out_by_their_names() -> None:
    assert check_kinds([]) == KINDS
    assert check_kinds(["outputs", "datasets"]) == ("workdirs", "exports", "models", "settings")
    assert refused(lambda: check_kinds(["outputs", "pictures"])) == "usage.bad-value"


ABOUT = Manifest(
    1.5, "1.0", 3, ("datasets",), ("r",), {"far": "/x"}, "r", ("s",), (Kept("a", 3, "00"), Kept("b", 4, "11"))
)


def test_what_a_backup_says_of_itself_is_read_as_it_was_written() -> None:
    from dataclasses import asdict

    assert parse_manifest(encode(asdict(ABOUT))) == ABOUT
    summary = ABOUT.summary()
    assert (summary["files"], summary["bytes"], ABOUT.bytes) == (2, 7, 7)
    assert (summary["linked"], summary["latest"], summary["running"]) == ({"far": "/x"}, "r", ("r",))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (head(3), ""), (head(2), ""), (head(4), "backup.newer"), (encode({"format": "ocrweb-backup", "schema": 2, "layout": 1}), "backup.newer"),
        (encode({"format": "another", "schema": 1, "layout": 1}), "backup.not-a-backup"), (encode({"format": "another", "schema": 9, "layout": 9}), "backup.not-a-backup"),
        (encode({"format": "ocrweb-backup", "layout": 1}), "backup.not-a-backup"), (b"[]", "backup.not-a-backup"), (b"{", "backup.not-a-backup"),
    ],
)  # fmt: skip
def test_a_backup_of_this_or_an_earlier_version_is_read(data: bytes, code: str) -> None:
    assert (refused(lambda: check_head(data, 3)) if code else check_head(data, 3) or "") == code
