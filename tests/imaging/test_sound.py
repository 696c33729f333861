"""A picture that was written sound is told so once, and not when it is another one since."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.imaging import sound
from ocrweb.imaging.sound import is_sound, note_sound


def test_a_file_is_told_once_and_only_as_it_was(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(b"1")
        note_sound(tmp_path / name)
    (tmp_path / "b").write_bytes(b"12")
    os.utime(tmp_path / "c", ns=(1, 1))
    assert [is_sound(tmp_path / name) for name in ("a", "a", "b", "c", "vanished")] == [True, *[False] * 4]


def test_the_first_of_very_many_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "_sound", {})
    monkeypatch.setattr(sound, "MOST", 2)
    for name in "abc":
        (tmp_path / name).write_bytes(b"1")
        note_sound(tmp_path / name)
    assert [is_sound(tmp_path / name) for name in "abc"] == [False, True, True]
