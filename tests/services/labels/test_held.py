"""A short change waits a moment for another one, and not for a training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.data.labelling.place import labelling_folder
from ocrweb.disk.lock import take_lock
from ocrweb.errors import OcrwebError
from ocrweb.services.labels import held as holding


class Clock:
    """A clock that nobody waits for. let_go: when the other one's change is over; code: what is said until then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, let_go: float, code: str = "store.busy") -> None:
        self.now, self.tries = 0.0, 0
        self._let_go, self._code = let_go, code
        monkeypatch.setattr(holding, "time", SimpleNamespace(monotonic=lambda: self.now, sleep=self._sleep))
        monkeypatch.setattr(holding, "changing", self._changing)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    @contextmanager
    def _changing(self, name: str, root: Path) -> Iterator[None]:
        self.tries += 1
        if self.now < self._let_go:
            raise OcrwebError(self._code, name=name, run="20260101_000000_demo")
        yield


def test_a_save_waits_until_another_one_is_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = Clock(monkeypatch, let_go=0.5)
    with holding.held("shop", tmp_path):
        assert 0.5 <= clock.now < 0.6


def test_after_two_seconds_it_says_that_the_dataset_is_busy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = Clock(monkeypatch, let_go=60.0)
    with pytest.raises(OcrwebError, match=r"store\.busy"), holding.held("shop", tmp_path):
        pass
    assert 2.0 <= clock.now < 2.1
    assert clock.tries > 50  # who waits is not made to wait long after the other one is done


def test_a_training_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = Clock(monkeypatch, let_go=60.0, code="store.in-use")
    with pytest.raises(OcrwebError, match=r"store\.in-use"), holding.held("shop", tmp_path):
        pass
    assert (clock.now, clock.tries) == (0.0, 1)


def test_no_patience_is_one_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = Clock(monkeypatch, let_go=1.0)
    with pytest.raises(OcrwebError, match=r"store\.busy"), holding.held("shop", tmp_path, patience=0.0):
        pass
    assert clock.tries == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OcrwebError) as refused, holding.records_held(tmp_path / "file"):
        pass
    assert refused.value.code.startswith("usage.")


def test_what_is_known_of_pictures_is_changed_by_one_at_a_time(tmp_path: Path) -> None:
    def free() -> bool:
        with (labelling_folder(tmp_path) / ".lock").open() as another:
            return take_lock(another.fileno())

    for _ in range(2):  # the folder may be there or not
        with holding.records_held(tmp_path):
            assert not free()
        assert free()
