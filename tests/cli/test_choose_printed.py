"""`ocrweb choose` and `suspects`: what is printed of a report."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import opened as opening
from ocrweb.services.datasets import suspects as finding
from ocrweb.services.labels import choose as service
from tests.cli.conftest import Typed


def choice(name: str, score: float) -> Any:
    return SimpleNamespace(pick=SimpleNamespace(score=score), picture=name, why=lambda: f"why {name}")


@pytest.mark.parametrize("failed", [0, 1])
def test_choices_with_score_and_reason_and_what_could_not_be_read(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, failed: int
) -> None:
    bad = [("bad.jpg", OcrwebError("image.empty"))] * failed
    report = SimpleNamespace(
        chosen=[choice("a.jpg", 0.987), choice("b.jpg", 0.5)], pictures=9, failed=bad, to_dict=lambda: {"chosen": []}
    )
    monkeypatch.setattr(service, "choose", lambda request, progress: report)
    code, out, err = typed("choose", "pile", "--count", "2")
    assert (code, out.splitlines()) == (
        failed, ["0.99  a.jpg  why a.jpg", "0.50  b.jpg  why b.jpg", "Chosen: 2 of 9 pictures."],
    )  # fmt: skip
    assert err.startswith("bad.jpg: ") == bool(failed)
    assert json.loads(typed("choose", "pile", "--json")[1]) == {"chosen": []}


def entry(kind: str, line: int | None, of: str | None = None) -> Any:
    return SimpleNamespace(score=0.5, picture="1.jpg", label_line=line, kind=kind, of=of)


@pytest.mark.parametrize(("count", "more"), [(1, True), (2, True), (3, False), (4, False)])
def test_suspects_up_to_the_asked_count_and_that_there_are_more(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, count: int, more: bool
) -> None:
    entries = [entry("extra", 3), entry("missing", None), entry("duplicate", None, "2.jpg")]
    report = SimpleNamespace(entries=entries, boxes=8, pictures=2, to_dict=dict)
    monkeypatch.setattr(opening, "opened", lambda dataset: __import__("contextlib").nullcontext(dataset))
    monkeypatch.setattr(finding, "find_suspects", lambda request, progress: report)
    lines = [
        "0.50  1.jpg:3  a box where there is no text", "0.50  1.jpg  text without a box", "0.50  1.jpg  shows the same as 2.jpg",
    ]  # fmt: skip
    total = "3 suspects among 8 boxes of 2 pictures."
    rest = [f"Only the first {count} are listed; --count shows more."] if more else []
    assert typed("suspects", "d", "--count", count) == (0, "\n".join([*lines[:count], total, *rest]) + "\n", "")
