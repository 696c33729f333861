"""A module in a process of its own: what it says is heard, an end without a word is a coded error, nothing of it stays."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.work.child import ask_module, printed_answer

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def stages() -> list[tuple[str, float]]:
    return []


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stages: list[tuple[str, float]]) -> Ask:
    """Ask a module with this body, in which ``asked`` is the document it was given."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def asked(body: str, watch: Callable[[int], None] = lambda pid: None, **document: Any) -> dict[str, Any]:
        head = "import json, os, signal, sys, time\nasked = json.load(open(sys.argv[1]))\n"
        (tmp_path / "module_of_a_test.py").write_text(head + body)
        return ask_module(
            "module_of_a_test",
            document,
            tmp_path,
            environment=os.environ,
            told=lambda stage, share: stages.append((stage, share)),
            watch=watch,
            crashed="export.crashed",
        )

    return asked


def test_it_is_told_what_to_do_and_its_stages_and_answer_are_heard(ask: Ask, stages: list[tuple[str, float]]) -> None:
    body = (
        "print(json.dumps({'kind': 'stage', 'stage': 'a', 'share': 0.5}))\n"
        "print(json.dumps({'kind': 'made', 'twice': 2 * asked['number'], 'leads': os.getpgid(0) == os.getpid()}))\n"
    )
    assert ask(body, number=4) == {"kind": "made", "twice": 8, "leads": True}
    assert stages == [("a", 0.5)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("sys.exit(3)", "exit 3", id="silent"),
        pytest.param("os.kill(os.getpid(), signal.SIGABRT)", "SIGABRT", id="signal"),
        pytest.param("print('one\\ntwo', file=sys.stderr); sys.exit(1)", "two", id="last line"),
        pytest.param("print('bad error\\nbye', file=sys.stderr); sys.exit(1)", "bad error", id="telling line"),
        pytest.param("print('Error: ' + 'x' * 400, file=sys.stderr)", "Error: " + "x" * 293, id="a long line"),
    ],
)
def test_an_end_without_a_word_is_told_with_its_reason(ask: Ask, body: str, reason: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        ask(body)
    assert (caught.value.code, caught.value.params["reason"]) == ("export.crashed", reason)


def test_who_watches_can_end_it(ask: Ask) -> None:
    pids: list[int] = []

    def watch(pid: int) -> None:
        pids.append(pid)
        raise OcrwebError("export.cancelled")

    with pytest.raises(OcrwebError, match="cancelled"):
        ask("time.sleep(600)", watch)
    assert not psutil.pid_exists(pids[0])


def test_an_answer_on_the_last_line_is_read_whatever_a_library_printed_before() -> None:
    assert printed_answer('hello\n{"files": []}\n') == {"files": []}


def test_an_error_that_was_printed_is_raised_here() -> None:
    told = OcrwebError("usage.disk-full", where="there", path="x").to_record()
    with pytest.raises(OcrwebError) as caught:
        printed_answer(json.dumps(told))
    assert (caught.value.code, caught.value.where) == ("usage.disk-full", "there")


@pytest.mark.parametrize("printed", ["", "\n", "hello", "[1]", "3", '{"a": 1'])
def test_what_is_no_answer_is_a_value_error(printed: str) -> None:
    with pytest.raises(ValueError, match=r"no answer|Expecting|delimiter|convert"):
        printed_answer(printed)
