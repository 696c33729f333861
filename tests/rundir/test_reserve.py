"""Room for the last words of a run on a full disk."""

from __future__ import annotations

from pathlib import Path

from ocrweb.rundir.reserve import NAME, SIZE, keep_reserve, release_reserve


def test_the_room_is_taken_in_full_and_given_back(tmp_path: Path) -> None:
    keep_reserve(tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"\xff" * SIZE
    release_reserve(tmp_path)
    assert list(tmp_path.iterdir()) == []
    release_reserve(tmp_path)
    keep_reserve(tmp_path / "no such folder")


def test_half_a_room_is_taken_anew_and_a_whole_one_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(b"\xff" * (SIZE - 1))
    keep_reserve(tmp_path)
    assert file.stat().st_size == SIZE == 65_536
    file.write_bytes(b"x" * SIZE)
    keep_reserve(tmp_path)
    assert file.read_bytes() == b"x" * SIZE, "on a full disk writing it anew would lose it"
