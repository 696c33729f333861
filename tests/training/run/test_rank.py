"""What a training process does before and after its loop; no network is built here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.training.run import rank


@pytest.mark.parametrize(("halve", "expected"), [(True, ["save", "run"]), (False, ["run"])])
def test_halved_batches_are_saved_before_the_next_kill_can_come(
    monkeypatch: pytest.MonkeyPatch, halve: bool, expected: list[str]
) -> None:
    done: list[str] = []

    class Loop:
        progress = None

        def __init__(self, session: Any, progress: Any) -> None: ...

        def save(self) -> None:
            done.append("save")

        def run(self) -> None:
            done.append("run")

    monkeypatch.setattr(rank, "Loop", Loop)
    opened: Any = SimpleNamespace(session=None, progress=None, base=SimpleNamespace(pretrained=False))
    journal: Any = SimpleNamespace(finish=lambda: None)
    assert rank._train(opened, SimpleNamespace(writes=False), journal, halve=halve) == 0  # type: ignore[arg-type]
    assert done == expected
