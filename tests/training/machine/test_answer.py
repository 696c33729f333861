"""A process that is asked one thing answers on one line, with what it found or a coded error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training.machine.answer import answer


def test_what_it_found_is_printed_as_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(lambda: {"files": [Path("a")]}) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"files": ["a"]}


def test_so_is_a_coded_error_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> dict[str, Any]:
        raise OcrwebError("usage.disk-full", where="here", path="x")

    assert answer(fails) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["where"], told["params"]) == ("usage.disk-full", "here", {"path": "x"})
    with pytest.raises(ZeroDivisionError):
        answer(lambda: {"found": 1 // 0})
