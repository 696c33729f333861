"""`ocrweb validate`: what is printed of a report, of a repair and of its preview."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import validate
from ocrweb.services.datasets import validation
from tests.cli.conftest import Typed
from tests.cli.options import declared

COUNTS = {
    "train_pictures": 4, "test_pictures": 2, "boxes": 9, "ignored": 1, "error": 3, "warning": 2, "info": 1, "fixable": 0,
    "rules": {},
}  # fmt: skip


def found(rule: str, severity: str = "error", **changes: Any) -> Any:
    usual = {
        "where": "a.txt:1",
        "quote": "",
        "fixable": False,
        "message": lambda: f"wrong {rule}",
        "hint": lambda: f"mend {rule}",
    }
    return SimpleNamespace(**{"rule": rule, "severity": severity, **usual, **changes})


def report(
    *findings: Any, ok: bool = False, decoded: bool = True, counts: dict[str, Any] | None = None, **rules: int
) -> Any:
    return SimpleNamespace(
        findings=findings, rules={name.replace("_", "."): count for name, count in rules.items()}, ok=ok, decoded=decoded,
        counts={**COUNTS, **(counts or {})}, root="elsewhere", to_dict=lambda: {"ok": ok},
    )  # fmt: skip


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Any:
    given = SimpleNamespace(report=report(ok=True), asked=[], plan=plan(), repaired=None)

    def validated(dataset: Path, options: Any, progress: Any, *, anew: bool) -> Any:
        given.asked.append((options, anew))
        return given.report

    def repair(dataset: Path, how: str, out: Path | None, options: Any, progress: Any) -> Any:
        given.asked.append((how, out))
        return given.repaired

    monkeypatch.setattr(validation, "validate", validated)
    monkeypatch.setattr(validation, "repair", repair)
    monkeypatch.setattr(validation, "opened", lambda dataset: nullcontext(dataset))
    monkeypatch.setattr(validation, "plan_repair", lambda root: given.plan)
    monkeypatch.setattr(validation, "preview_text", lambda plan: "-old\n+new")
    return given


def plan(changes: tuple[Any, ...] = (), dropped: tuple[Any, ...] = ()) -> Any:
    return SimpleNamespace(changes=changes, dropped_boxes=dropped, to_dict=lambda: {"changes": []})


@pytest.mark.parametrize(("count", "shown", "more"), [(1, 1, []), (3, 3, []), (4, 3, ["    … and 1 more"])])
def test_three_places_of_a_rule_are_shown_and_the_rest_counted(
    typed: Typed, service: Any, count: int, shown: int, more: list[str]
) -> None:
    service.report = report(*(found("label.few", where=f"{n}.txt") for n in range(count)), label_few=count)
    code, out, err = typed("validate", "d")
    assert (code, err) == (1, "")
    assert out.splitlines()[:-1] == [
        f"✗ label.few  {count} × error", *(f"    {n}.txt  wrong label.few" for n in range(shown)), *more, "    → mend label.few",
    ]  # fmt: skip


def test_marks_quotes_and_places_of_each_kind(typed: Typed, service: Any) -> None:
    service.report = report(
        found("a.b", "error", where=None, quote="1,2,3", fixable=True), found("c.d", "warning"), found("e.f", "info"),
        a_b=7, c_d=1, e_f=1,
    )  # fmt: skip
    assert typed("validate", "d")[1].splitlines()[:-1] == [
        "✗ a.b  7 × error, can be mended", "    d  wrong a.b", "        1,2,3", "    … and 4 more", "    → mend a.b",
        "! c.d  1 × warning", "    a.txt:1  wrong c.d", "    → mend c.d", "i e.f  1 × note", "    a.txt:1  wrong e.f", "    → mend e.f",
    ]  # fmt: skip


def test_a_rule_of_two_gravities_is_counted_for_each(typed: Typed, service: Any) -> None:
    service.report = report(found("a.b", "error"), found("a.b", "warning"), found("a.b", "warning"), a_b=9)
    lines = typed("validate", "d")[1].splitlines()
    assert [line for line in lines if " × " in line] == ["✗ a.b  1 × error", "! a.b  2 × warning"]


@pytest.mark.parametrize("ok", [True, False])
@pytest.mark.parametrize("fixable", [0, 2])
@pytest.mark.parametrize("decoded", [True, False])
def test_the_last_lines_say_what_may_be_done(typed: Typed, service: Any, ok: bool, fixable: int, decoded: bool) -> None:
    service.report = report(ok=ok, decoded=decoded, counts={"fixable": fixable})
    code, out, _ = typed("validate", "d")
    lines = out.splitlines()
    assert (code, lines[0].startswith("No errors.")) == (int(not ok), ok)
    assert lines[1:] == [
        *["2 of them can be mended: add --fix (or --preview to see the changes first)."][: bool(fixable)],
        *["Pictures were not opened; leave out --no-decode to check them too."][: not decoded],
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), (True, False, 640, 2)), (("--no-decode", "--strict", "--train-side", 32, "--workers", 64), (False, True, 32, 64))],
)  # fmt: skip
def test_options_reach_the_check_which_is_always_done_anew(
    typed: Typed, service: Any, words: tuple[Any, ...], expected: tuple[Any, ...]
) -> None:
    typed("validate", "d", *words)
    options, anew = service.asked[0]
    assert (*dataclasses.astuple(options), anew) == (*expected, True)


def test_a_preview_shows_changes_and_what_is_dropped_or_that_there_are_none(typed: Typed, service: Any) -> None:
    assert typed("validate", "d", "--preview") == (0, "Nothing to mend.\n", "")
    edit = SimpleNamespace(line=4, before="1,2")
    service.plan = plan((1,), (("a.txt", edit),))
    assert typed("validate", "d", "--preview")[1].splitlines() == [
        "-old", "+new", "", "1 box is taken out because it cannot be learned from:", "  a.txt:4  1,2",
    ]  # fmt: skip


@pytest.mark.parametrize("backup", [None, "KEPT"])
@pytest.mark.parametrize("left", [0, 1])
def test_a_repair_says_what_it_did_where_the_old_is_and_what_is_left(
    typed: Typed, service: Any, backup: str | None, left: int
) -> None:
    after = report(*[found("a.b")] * left, ok=not left, a_b=left)
    service.repaired = SimpleNamespace(
        report=after, plan=plan(), result=SimpleNamespace(changes=3, root="HERE", backup=backup), to_dict=dict
    )
    code, out, _ = typed("validate", "d", "--fix")
    lines = out.splitlines()
    kept = ["The originals are in KEPT; --undo takes the repair back."] if backup else []
    rest = ["", "What is left needs a human:"] if left else []
    assert lines[: 1 + len(kept) + len(rest)] == ["3 changes made in HERE.", *kept, *rest]
    assert code == left
    assert typed("validate", "d", "--fix", "--json")[0] == left
    assert service.asked == [("in-place", None)] * 2
    typed("validate", "d", "--fix", "--out", "o")
    assert service.asked[-1] == ("copy", Path("o"))


def test_how_far_it_is_is_told_every_five_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def clock() -> Iterator[float]:
        yield 0.0  # when it begins
        yield from (4.9, 5.0, 5.0, 9.9, 10.0, 10.0)

    ticks = clock()
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.setattr(validate, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    tell = validate._progress()
    for done in range(4):
        tell(done, 9)
    assert capsys.readouterr().err.splitlines() == ["checked 1 of 9 pictures", "checked 3 of 9 pictures"]


def test_its_options() -> None:
    assert declared("validate") == {
        "dataset": "required", "--fix": False, "--out": None, "--preview": False, "--undo": False, "--strict": False,
        "--no-decode": False, "--train-side": (640, 32, 8192), "--workers": (2, 1, 64), "--json": False,
    }  # fmt: skip
