"""What was deleted comes back as it was, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.files import bin as files_bin
from ocrweb.services.files.bin import Bin, Binned

DAY = 86_400.0


class Clock:
    now = 1_000_000.9

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(files_bin, "time", made)
    return made


@pytest.fixture
def kept(tmp_path: Path, clock: Clock) -> Bin:
    return Bin(lambda: tmp_path / "root", "main")


def put(kept: Bin, tmp_path: Path, name: str = "a") -> Binned:
    (tmp_path / name).mkdir()
    (tmp_path / name / "file").write_text(name)
    (tmp_path / f"{name}.zip").write_text("zip")
    return kept.find(kept.put(name, {"zip": tmp_path / f"{name}.zip", "main": tmp_path / name}, b'{"of": 1}'))


def test_what_is_put_in_is_known_by_its_name_and_time_and_lies_there_whole(kept: Bin, tmp_path: Path) -> None:
    binned = put(kept, tmp_path, "a-1 收银")
    assert (binned.name, binned.deleted) == ("a-1 收银", 1_000_000.0)
    assert binned.folder == tmp_path / "root" / ".bin" / binned.id
    assert sorted(path.name for path in binned.folder.iterdir()) == ["main", "record.json", "zip"]
    assert binned.record.read_bytes() == b'{"of": 1}'
    assert not (tmp_path / "a-1 收银").exists()


def test_the_latest_comes_first_and_those_of_one_second_by_name(kept: Bin, tmp_path: Path, clock: Clock) -> None:
    for name in ("b", "a"):
        put(kept, tmp_path, name)
    clock.now += 5
    put(kept, tmp_path, "c")
    assert [binned.name for binned in kept.listed()] == ["c", "a", "b"]
    assert kept.empty() == 3
    assert kept.listed() == []
    assert Bin(lambda: tmp_path / "nothing", "main").listed() == []


def test_all_parts_come_back_the_main_one_last(kept: Bin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binned, moved = put(kept, tmp_path), []
    rename = os.rename
    monkeypatch.setattr(os, "rename", lambda old, new: moved.append(Path(old).name) or rename(old, new))
    kept.take_out(binned, {"main": tmp_path / "back", "zip": tmp_path / "back.zip"})
    assert moved[:2] == ["zip", "main"]
    assert ((tmp_path / "back" / "file").read_text(), (tmp_path / "back.zip").read_text()) == ("a", "zip")
    assert not binned.folder.exists()
    with pytest.raises(OcrwebError, match=r"store\.not-in-bin"):
        kept.take_out(binned, {"main": tmp_path / "again"})
    with pytest.raises(OcrwebError, match=r"store\.not-in-bin"):
        kept.find(binned.id)


@pytest.mark.parametrize(
    ("whole", "days", "there"), [(True, 7.0, True), (True, 7.01, False), (False, 1.0, True), (False, 1.01, False)]
)
def test_it_is_kept_for_a_week_and_what_a_killed_move_left_for_a_day(
    whole: bool, days: float, there: bool, kept: Bin, tmp_path: Path, clock: Clock
) -> None:
    clock.now = 1_000_000.0
    binned = put(kept, tmp_path)
    if not whole:
        (binned.folder / "main").rename(tmp_path / "elsewhere")
        assert kept.listed() == []
    clock.now += days * DAY
    kept.sweep()
    assert binned.folder.exists() is there


def test_what_is_no_entry_is_left_alone(kept: Bin, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "root" / ".bin" / "notes").mkdir(parents=True)
    clock.now += 100 * DAY
    assert (kept.listed(), kept.empty()) == ([], 0)
    assert (tmp_path / "root" / ".bin" / "notes").exists()
