"""`ocrweb diagnose`: what is printed of each cause, and which of them are a problem."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocrweb.cli import diagnose
from ocrweb.services.training import named_causes
from ocrweb.services.training.diagnosis import engine
from tests.cli.conftest import Typed
from tests.cli.options import declared


class Said:
    """A note, a remedy or a cause that says what it was given."""

    def __init__(self, id: str, line: int | None = None, evidence: str = "", remedies: tuple[Any, ...] = ()) -> None:
        self.id, self.line, self.evidence, self.remedies = id, line, evidence, remedies

    def title(self) -> str:
        return f"title of {self.id}"

    def explanation(self) -> str:
        return f"why {self.id}"

    def text(self) -> str:
        return f"do {self.id}"

    def message(self) -> str:
        return f"note {self.id}"

    def to_dict(self) -> dict[str, str]:
        return {"id": self.id}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    def put(causes: list[Said], notes: tuple[Said, ...] = (), words: dict[str, list[str]] | None = None) -> None:
        monkeypatch.setattr(named_causes, "diagnose_named", lambda run: (causes, notes))
        monkeypatch.setattr(engine, "words_for", lambda cause, run: words or {})

    return put


def test_a_cause_is_told_with_line_evidence_and_what_to_type(typed: Typed, found: Any) -> None:
    cause = Said("loss.nan", 12, "loss: nan", (Said("lower"), Said("look")))
    found([cause], (Said("cut"),), {"lower": ["-o a=1", "-o b=2"]})
    code, out, err = typed("diagnose", "latest")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "note cut", "■ title of loss.nan  [loss.nan]", "  why loss.nan", "  line 12: loss: nan", "  → do lower   -o a=1 -o b=2",
        "  → do look",
    ]  # fmt: skip


def test_evidence_of_no_line_and_a_cause_without_evidence(typed: Typed, found: Any) -> None:
    found([Said("one", None, "exit code 9"), Said("two", 7)])
    assert typed("diagnose", "latest")[1].splitlines() == [
        "■ title of one  [one]", "  why one", "  line –: exit code 9", "■ title of two  [two]", "  why two",
    ]  # fmt: skip


def test_nothing_wrong_is_said_and_so_are_the_notes(typed: Typed, found: Any) -> None:
    found([], (Said("cut"),))
    assert typed("diagnose", "x") == (0, "No sign of a fault in this log.\nnote cut\n", "")
    found([])
    assert typed("diagnose", "x") == (0, "No sign of a fault in this log.\n", "")


@pytest.mark.parametrize(
    ("ids", "code"), [(["process.stopped"], 0), (["process.stopped", "loss.nan"], 1), (["loss.nan"], 1)]
)
def test_that_somebody_stopped_it_is_no_problem(typed: Typed, found: Any, ids: list[str], code: int) -> None:
    found([Said(id) for id in ids])
    assert typed("diagnose", "x")[0] == code
    assert typed("diagnose", "x", "--json")[0] == code


def test_the_document_has_notes_only_where_there_are_some(typed: Typed, found: Any) -> None:
    found([Said("loss.nan")], (Said("cut"),))
    _, out, err = typed("diagnose", "x", "--json")
    assert (json.loads(out), err) == ({"causes": [{"id": "loss.nan"}], "notes": ["note cut"]}, "")
    found([])
    assert json.loads(typed("diagnose", "x", "--json")[1]) == {"causes": []}


def test_its_options() -> None:
    assert declared("diagnose") == {"run": "required", "--json": False}
    assert {"process.stopped"} == diagnose.HARMLESS
