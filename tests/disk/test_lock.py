"""A lock is held by one at a time, in this process and in others, and given back at the end."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ocrweb.disk.lock import NAME, locked, run_lock, take_lock
from ocrweb.errors import OcrwebError


def is_free(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY)
    try:
        return take_lock(handle)
    finally:
        os.close(handle)


@pytest.mark.parametrize("failure", [None, KeyboardInterrupt()], ids=["done", "stopped"])
def test_a_lock_is_held_for_the_block_and_free_afterwards(failure: BaseException | None, tmp_path: Path) -> None:
    def hold() -> None:
        with locked(tmp_path / "lock"):
            assert not is_free(tmp_path / "lock")
            if failure:
                raise failure

    if failure:
        with pytest.raises(type(failure)):
            hold()
    else:
        hold()
    assert is_free(tmp_path / "lock")


def test_who_comes_second_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with locked(tmp_path / "lock"):
            order.append("second")

    with locked(tmp_path / "lock"):
        waits = threading.Thread(target=second)
        waits.start()
        waits.join(0.2)
        order.append("first")
    waits.join(30)
    assert order == ["first", "second"]


def test_a_folder_itself_can_be_locked(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    assert take_lock(held)
    assert not is_free(tmp_path)
    os.close(held)
    assert is_free(tmp_path)


def test_a_run_that_another_holds_is_busy_at_once_and_with_patience_when_it_is_never_given_back(tmp_path: Path) -> None:
    for patience in (0.0, 0.01):
        with (
            run_lock(tmp_path),
            pytest.raises(OcrwebError) as caught,
            run_lock(tmp_path, patience=patience),
        ):
            pass
        assert caught.value.code == "run.busy"


def test_with_patience_a_run_is_had_as_soon_as_it_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = os.open(tmp_path / NAME, os.O_RDWR | os.O_CREAT)
    assert take_lock(held)
    monkeypatch.setattr("ocrweb.disk.lock.time.sleep", lambda seconds: os.close(held))  # meanwhile the other one ends
    with run_lock(tmp_path, patience=3600):
        assert not is_free(tmp_path / NAME)
