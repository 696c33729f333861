"""Freed memory is kept where glibc does that, and it is told whether it is."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.model import host_memory
from ocrweb.model.host_memory import keep_freed_memory


@pytest.mark.parametrize(
    ("platform", "taken", "answer", "asked"),
    [
        ("linux", (1, 1), True, [(-4, 0), (-1, 2**31 - 1)]),
        ("linux", (1, 0), False, [(-4, 0), (-1, 2**31 - 1)]),
        ("linux", (0, 1), False, [(-4, 0)]),
        ("darwin", (1, 1), False, []),
    ],
    ids=["both", "the second refused", "the first refused", "another system"],
)
def test_both_habits_of_glibc_are_changed_and_it_is_told_whether_they_were(
    monkeypatch: pytest.MonkeyPatch, platform: str, taken: tuple[int, int], answer: bool, asked: list[tuple[int, int]]
) -> None:
    calls: list[tuple[int, int]] = []

    def mallopt(which: int, value: int) -> int:
        calls.append((which, value))
        return taken[len(calls) - 1]

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(host_memory, "ctypes", SimpleNamespace(CDLL=lambda _: SimpleNamespace(mallopt=mallopt)))
    assert (keep_freed_memory(), calls) == (answer, asked)


def test_another_c_library_has_no_such_habits(monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = SimpleNamespace(CDLL=lambda _: SimpleNamespace())
    monkeypatch.setattr(host_memory, "ctypes", library)
    assert keep_freed_memory() is False
