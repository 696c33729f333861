"""What is half made tells whose it is: that of a gone process is removed, that of a living one and of others stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.disk import passing
from ocrweb.disk.passing import (
    is_abandoned,
    owner_of,
    passing_folder,
    passing_name,
    remove_folder,
    sweep,
    sweep_all,
)
from ocrweb.disk.process import Process, boot_id, process_start, this_process

START = process_start(os.getpid())
GONE = 2**22 + 1  # no process has this number


@pytest.mark.parametrize("name", ["status.json", "a b", "发票" * 200, "x-1-00000000", "a.1_2_00000000-00000000"])
@pytest.mark.parametrize("ending", [".tmp", ".part", ""])
def test_a_name_tells_its_process(name: str, ending: str) -> None:
    given = passing_name(name, ending)
    assert owner_of(given) == this_process()
    assert len(os.fsencode(given)) < 255
    assert given.startswith(".")
    assert given != passing_name(name, ending)


@pytest.mark.parametrize(
    "name",
    [".a.json.7-00000000.tmp", ".incoming-7-0a1b2c3d", ".export-7-0a1b2c3d", ".b.7-0a1b2c3d.part", ".7-00000000"],
)
def test_names_of_older_versions_tell_the_number(name: str) -> None:
    assert owner_of(name) == Process(7)


@pytest.mark.parametrize(
    "name",
    ["notes.txt", ".hidden", ".a.b-c.tmp", "a.123-00000000.tmp", ".gitignore", ".a.tmp", "7_1_00000000-00000000"],
)
def test_other_names_tell_none(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert owner_of(name) is None
    assert not is_abandoned(tmp_path / name)


def mark(pid: int, start: int, boot: str) -> str:
    return f".a.{pid}_{start}_{boot}-0a1b2c3d.tmp"


MARKS = {
    mark(os.getpid(), START, boot_id()): False,
    mark(os.getpid(), START + 1, boot_id()): True,  # the number was given again
    mark(os.getpid(), START, "ffffffff"): False,  # another machine's, which is at work
    mark(1, process_start(1), boot_id()): False,
    mark(1, process_start(1) + 100, boot_id()): True,  # a container was started again
    mark(GONE, 5, boot_id()): True,
    f".a.{GONE}-0a1b2c3d.tmp": True,
    f".a.{os.getpid()}-0a1b2c3d.tmp": False,
}


@pytest.mark.parametrize("made", [Path.touch, Path.mkdir], ids=["file", "folder"])
def test_a_sweep_takes_what_is_abandoned_and_nothing_else(made: object, tmp_path: Path) -> None:
    for name in (*MARKS, "kept.txt"):
        made(tmp_path / name)  # type: ignore[operator]
    assert {name: is_abandoned(tmp_path / name) for name in MARKS} == MARKS
    assert sweep(tmp_path) == sum(MARKS.values())
    left = {name for name, abandoned in MARKS.items() if not abandoned} | {"kept.txt"}
    assert {path.name for path in tmp_path.iterdir()} == left


def test_an_older_mark_is_abandoned_when_its_number_was_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / f".a.{os.getpid()}-0a1b2c3d.tmp"
    left.touch()
    changed = left.lstat().st_ctime
    monkeypatch.setattr(passing, "started_at", lambda pid: changed + passing.CLOCK_SECONDS - 1)
    assert not is_abandoned(left)
    monkeypatch.setattr(passing, "started_at", lambda pid: changed + passing.CLOCK_SECONDS + 1)
    assert is_abandoned(left)


@pytest.mark.parametrize(
    ("booted", "now", "abandoned"), [(-1, 0, False), (1, 1, True), (-1, 6.9, False), (-1, 7.1, True)]
)
def test_one_of_another_start_of_the_system_is_abandoned_unless_it_has_changed_since(
    booted: float, now: float, abandoned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """booted, now: days after the file was last changed."""
    left = tmp_path / mark(os.getpid(), START, "ffffffff")
    left.touch()
    changed = left.lstat().st_ctime
    monkeypatch.setattr(passing, "booted_at", lambda: changed + booted * 86_400)
    monkeypatch.setattr(passing.time, "time", lambda: changed + now * 86_400)
    assert is_abandoned(left) == abandoned


def test_a_clock_that_is_set_takes_nothing_from_a_living_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / passing_name("a")
    mine.touch()
    later = time.time() + 400 * 86_400
    monkeypatch.setattr(passing.time, "time", lambda: later)
    assert not is_abandoned(mine)


def test_a_folder_that_somebody_holds_stays_although_its_process_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another container's process has no number here."""
    with passing_folder(tmp_path, "a") as folder:
        monkeypatch.setattr(Process, "is_running", lambda self: False)
        assert is_abandoned(folder)
        assert sweep(tmp_path) == 0
        assert folder.is_dir()


def test_among_strangers_files_only_a_whole_mark_counts(tmp_path: Path) -> None:
    older, whole = tmp_path / f".a.{GONE}-0a1b2c3d.tmp", tmp_path / mark(GONE, 5, boot_id())
    older.touch()
    whole.touch()
    assert sweep(tmp_path, ours=False) == 1
    assert older.exists()


def test_a_deep_sweep_passes_over_what_it_is_told_to(tmp_path: Path) -> None:
    inside, other = tmp_path / "a" / "b", tmp_path / "inbox"
    for folder in (inside, other):
        folder.mkdir(parents=True)
        (folder / mark(GONE, 5, boot_id())).touch()
    (tmp_path / mark(os.getpid(), START, boot_id())).mkdir()
    (tmp_path / mark(os.getpid(), START, boot_id()) / mark(GONE, 5, boot_id())).touch()  # its own business
    assert sweep(tmp_path) == 0
    assert sweep(tmp_path, deep=True, but=[other]) == 1
    assert not list(inside.iterdir())
    assert len(list(other.iterdir())) == 1


def test_a_folder_that_is_not_there_has_nothing_to_sweep(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none") == sweep(tmp_path / "none", deep=True) == 0


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "x").touch()
    (tmp_path / mark(GONE, 5, boot_id())).symlink_to("kept")
    assert sweep(tmp_path) == 1
    assert (tmp_path / "kept" / "x").exists()


def test_where_nobody_else_works_all_that_is_unfinished_goes(tmp_path: Path) -> None:
    (tmp_path / ".ocrweb-1.tmp").touch()
    (tmp_path / passing_name("a")).mkdir()
    (tmp_path / "a.tmp").touch()
    sweep_all(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tmp"]


def test_a_passing_folder_is_gone_at_the_end_whatever_happens(tmp_path: Path) -> None:
    def work() -> None:
        with passing_folder(tmp_path / "a", "work") as folder:
            assert owner_of(folder.name) == this_process()
            (folder / "x").touch()
            raise KeyboardInterrupt

    opened = len(os.listdir("/proc/self/fd"))
    with pytest.raises(KeyboardInterrupt):
        work()
    assert list((tmp_path / "a").iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) == opened


def test_a_killed_process_leaves_a_folder_that_the_next_one_sweeps(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from ocrweb.disk.passing import passing_folder\n"
        "with passing_folder(Path(sys.argv[1]), 'a'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    assert sweep(tmp_path, ours=False) == 1


def test_a_folder_is_out_of_sight_before_its_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    seen: list[Path] = []
    monkeypatch.setattr(passing.shutil, "rmtree", lambda path, ignore_errors: seen.append(path))
    remove_folder(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == [path.name for path in seen]
    assert owner_of(seen[0].name) == this_process()
