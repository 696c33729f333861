"""The command line of a Python that lacks a library: the doctor, the version, and a word of what is missing."""

from __future__ import annotations

import json

import pytest

from ocrweb import __version__
from ocrweb.cli import bare

ABSENT = ModuleNotFoundError("No module named 'typer'", name="typer")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [(["doctor"], (7860, False)), (["doctor", "--json"], (7860, True)), (["doctor", "--port", "81"], (81, False))],
)
def test_the_doctor_runs_as_it_was_asked(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], asked: tuple[int, bool]
) -> None:
    calls: list[tuple[int, bool]] = []
    monkeypatch.setattr(bare, "checkup", lambda port, *, as_json: calls.append((port, as_json)) or 1)
    assert (bare.bare(typed, ABSENT), calls) == (1, [asked])


@pytest.mark.parametrize("typed", [["detect", "doctor"], [], ["--help"], ["train"]])
def test_everything_else_is_told_what_is_missing(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bare.bare(typed, ABSENT) == 2
    said = capsys.readouterr()
    assert (said.out, "typer" in said.err) == ("", True)
    assert bare.bare([*typed, "--json"], ABSENT) == 2
    assert "typer" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_the_version_needs_no_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert bare.bare(["--version"], ABSENT) == 0
    assert capsys.readouterr().out == f"ocrweb {__version__}\n"


def test_a_module_of_our_own_that_is_missing_is_no_library() -> None:
    own = ModuleNotFoundError("No module named 'ocrweb.nothing'", name="ocrweb.nothing")
    with pytest.raises(ModuleNotFoundError) as raised:
        bare.bare(["doctor"], own)
    assert raised.value is own
