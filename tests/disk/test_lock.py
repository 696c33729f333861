"""A lock is held by one at a time, in this process and in others, and given back at the end."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ocrweb.disk.lock import locked, take_lock


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
