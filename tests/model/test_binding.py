"""oneDNN's answers become what Python knows, and a library that does not fit is as good as none."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.model.onednn import binding
from ocrweb.model.onednn.binding import Handle, OneDNN, Refused


@pytest.mark.parametrize(
    ("status", "failure", "says"),
    [(1, MemoryError, "out of memory"), (2, Refused, ""), (3, Refused, ""), (4, RuntimeError, "status 4"), (-1, RuntimeError, "status -1")],
)  # fmt: skip
def test_each_status_is_a_failure_of_its_own(status: int, failure: type[Exception], says: str) -> None:
    with pytest.raises(failure) as raised:
        OneDNN._check(status)
    assert type(raised.value) is failure
    assert says in str(raised.value)


def test_success_is_none() -> None:
    OneDNN._check(0)


def test_an_object_of_the_library_goes_with_its_last_reference() -> None:
    gone: list[object] = []
    first = Handle("pointer", gone.append)  # type: ignore[arg-type]
    second = first
    del first
    assert gone == []
    del second
    assert gone == ["pointer"]


@pytest.mark.parametrize(
    ("fitting", "taken"), [("2", "libdnnl.so.2"), ("3", "libdnnl.so.3"), ("23", "libdnnl.so.2"), ("", None)], ids=str
)
@pytest.mark.parametrize("failure", [OSError, AttributeError, RuntimeError])
def test_the_first_library_that_fits_is_taken(
    fitting: str, taken: str | None, failure: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libs").mkdir()
    for name in ("libdnnl.so.2", "libdnnl.so.3", "libother.so"):
        (tmp_path / "libs" / name).write_bytes(b"")

    def opened(file: Path) -> str:
        if file.name[-1] not in fitting:
            raise failure
        return file.name

    monkeypatch.setattr(binding, "OneDNN", opened)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    assert binding.load.__wrapped__() == taken


def test_without_paddle_or_with_what_is_no_library_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in (None, SimpleNamespace(origin=None)):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name, found=found: found)
        assert binding.load.__wrapped__() is None
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "libdnnl.so.3").write_bytes(b"no library")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    assert binding.load.__wrapped__() is None
