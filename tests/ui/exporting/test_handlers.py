"""What the widgets of the export tab do, without a browser: the command, watching, earlier exports."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.exporting.jobs import ExportSnapshot
from ocrweb.services.exporting.plan import ExportRequest
from ocrweb.ui.exporting import earlier as exporting_earlier
from ocrweb.ui.exporting import tab as exporting
from tests.data.corpus import make_good
from tests.ui.desk import Desk
from tests.ui.exporting.test_tab import REPORT

FULL = OcrwebError("usage.disk-full", path="/data")
WANTED = ExportRequest("ppocrv6-small", "dynamic", "fp32")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sentences that pass by over the page."""
    said: list[str] = []
    for module in (exporting, exporting_earlier):
        monkeypatch.setattr(module, "warn", said.append)
    return said


def made(home: Path, name: str) -> None:
    """An export of before, with its zip."""
    folder = home / "exports" / name
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps({**REPORT, "path": str(folder), "passed": True}), encoding="utf-8")
    folder.with_name(f"{name}.zip").write_bytes(b"zip")


def test_the_command_says_what_the_form_does(desk: Desk) -> None:
    desk.enter("export-precision", "int8")
    assert desk["export-command"].endswith("--size dynamic --precision int8")
    desk.enter("export-size", "fixed")
    desk.put("export-height", 640.0)
    desk.enter("export-width", 320.0)
    assert "--size 640x320" in desk["export-command"]
    desk.enter("export-dataset", "my data")
    assert desk["export-command"].endswith("--data 'my data'")
    sides = desk.widget("export-height").parent.parent
    assert desk.look(sides)
    desk.enter("export-size", "dynamic")
    assert not desk.look(sides)


def test_an_export_is_watched_to_its_end_and_then_listed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    jobs: dict[str | None, ExportSnapshot] = {}
    asked: list[ExportRequest] = []
    monkeypatch.setattr(exporting, "export_job", jobs.get)
    monkeypatch.setattr(exporting, "start_export", lambda wanted: asked.append(wanted) or "a")
    assert "ocrweb-note" in desk["export-status"]
    desk.event(desk.page, "load")
    assert not desk.look("export-stop", "interactive")
    assert not desk.look("export-download", "interactive")
    job = desk.stored("ocrweb-export-job")
    jobs["a"] = ExportSnapshot("a", "running", request=WANTED, stage="parity", share=0.25, seconds=3.2)
    desk.click("export-start")
    assert asked == [WANTED]
    assert desk[job] == "a"
    assert "width:25.0%" in desk["export-status"]
    assert desk.look("export-stop", "interactive")
    timer = desk.timer_of(job)
    assert desk.look(timer, "active")
    desk.put("export-status", "as it was")
    desk.event(timer, "tick")
    assert desk["export-status"] == "as it was"
    jobs["a"] = ExportSnapshot("a", "running", request=WANTED, stage="parity", share=0.25, seconds=4.0)
    desk.event(timer, "tick")
    assert desk["export-status"] != "as it was"

    made(home, "one")
    report: Any = SimpleNamespace(
        path=home / "exports/one", archive=home / "exports/one.zip", to_dict=lambda lang: {**REPORT, "passed": True}
    )
    jobs["a"] = ExportSnapshot("a", "done", request=WANTED, report=report)
    desk.event(timer, "tick")
    assert 'data-state="done"' in desk["export-status"]
    assert desk["export-download"] == str(home / "exports/one.zip")
    assert desk.look("export-download", "interactive")
    assert not desk.look("export-stop", "interactive")
    assert not desk.look(timer, "active")
    assert desk["export-earlier"] == "one"

    desk.put("export-model", "nobody")
    desk.click("export-start")
    assert "ocrweb-problem" in desk["export-status"]
    assert len(asked) == 1


def test_an_earlier_export_stays_in_view_while_another_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    jobs: dict[str | None, ExportSnapshot] = {}
    monkeypatch.setattr(exporting, "export_job", jobs.get)
    monkeypatch.setattr(exporting, "start_export", lambda wanted: "a")
    jobs["a"] = ExportSnapshot("a", "running", request=WANTED, stage="parity", share=0.25, seconds=3.2)
    made(home, "one")
    desk.enter("export-earlier", "one")
    desk.click("export-start")
    assert desk["export-earlier"] is None
    assert "width:25.0%" in desk["export-status"]
    going_on, timer = Desk(desk.page), desk.timer_of(desk.stored("ocrweb-export-job"))
    going_on.click("export-start")

    desk.enter("export-earlier", "one")
    jobs["a"] = ExportSnapshot("a", "running", request=WANTED, stage="parity", share=0.5, seconds=5.0)
    desk.event(timer, "tick")
    assert 'data-state="done"' in desk["export-status"]
    assert desk["export-download"] == str(home / "exports/one.zip")
    assert desk.look("export-stop", "interactive")
    assert desk.look(timer, "active")
    for widget in ("export-status", "export-word"):  # the look of before the choice is answered after it
        desk.put(widget, going_on[widget])
    desk.event(timer, "tick")
    assert 'data-state="done"' in desk["export-status"]

    jobs["a"] = ExportSnapshot("a", "failed", request=WANTED, error=FULL)
    desk.event(timer, "tick")
    assert "No space is left" in desk["export-status"]
    assert not desk.look(timer, "active")


def test_what_comes_late_of_another_export_does_not_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {
        "a": ExportSnapshot("a", "failed", request=WANTED, error=FULL),
        "b": ExportSnapshot("b", "running", request=WANTED, stage="parity", share=0.25, seconds=3.2),
    }
    monkeypatch.setattr(exporting, "export_job", lambda job: jobs.get(job or ""))
    late, job = Desk(desk.page), desk.stored("ocrweb-export-job")
    late.enter(job, "a")
    desk.enter(job, "b")
    desk.overlay(late, desk.timer_of(job), "tick")
    assert "width:25.0%" in desk["export-status"]
    assert desk.look(desk.timer_of(job), "active")


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (ExportSnapshot("a", "waiting", request=WANTED), "ocrweb-note"),
        (ExportSnapshot("a", "failed", request=WANTED, error=FULL), "ocrweb-problem"),
        (ExportSnapshot("a", "cancelled", request=WANTED, error=OcrwebError("export.cancelled")), "ocrweb-warning"),
    ],
    ids=lambda value: getattr(value, "state", ""),
)
def test_how_an_export_stands(job: ExportSnapshot, said: str) -> None:
    card = exporting.job_card(job, "en")
    assert said in card
    assert "ocrweb-bar" not in card


def test_an_earlier_export_is_looked_at_and_deleted_after_a_question(desk: Desk, home: Path, warned: list[str]) -> None:
    desk.click("export-delete")
    assert len(warned) == 1
    for name in ("one", "two"):
        made(home, name)
    desk.event("export-earlier", "focus")
    assert sorted(desk.look("export-earlier", "choices")) == ["one", "two"]
    desk.enter("export-earlier", "one")
    assert 'data-state="done"' in desk["export-status"]
    assert desk["export-download"] == str(home / "exports/one.zip")
    asking = desk.widget("export-question").parent
    desk.click("export-delete")
    assert desk.look(asking)
    assert "one" in desk["export-question"]
    desk.enter("export-earlier", "two")
    desk.click("export-delete-yes")
    assert not desk.look(asking)
    assert (desk["export-earlier"], desk["export-download"]) == ("two", str(home / "exports/two.zip"))
    assert not (home / "exports/one").exists()
    assert not (home / "exports/one.zip").exists()
    desk.click("export-delete-yes")
    assert "ocrweb-problem" in desk["export-status"]
    desk.click("export-delete")
    desk.click("export-delete-yes")
    assert desk["export-earlier"] is None
    assert not desk.look("export-download", "interactive")
    assert desk.look("export-earlier", "choices") == []
    assert len(warned) == 1


def test_an_export_that_is_gone_or_unreadable_is_said_to_be(desk: Desk, home: Path) -> None:
    made(home, "one")
    desk.put("export-status", "as it was")
    desk.enter("export-earlier", None)
    assert desk["export-status"] == "as it was"
    desk.enter("export-earlier", "gone")
    assert "ocrweb-warning" in desk["export-status"]
    assert desk["export-earlier"] is None
    desk.enter("address", "tab=exporting&export=one")
    assert (desk["export-earlier"], desk.look("export-download", "interactive")) == ("one", True)
    desk.put("export-status", "as it was")
    desk.enter("address", "tab=exporting&export=one&again=1")
    desk.enter("address", "tab=exporting")
    assert desk["export-status"] == "as it was"
    desk.put("export-earlier", "one")
    desk.event(desk.page, "load")
    assert desk["export-earlier"] == "one"
    (home / "exports/one.zip").unlink()
    desk.enter("export-earlier", "one")
    assert not desk.look("export-download", "interactive")


def test_a_dataset_that_was_deleted_meanwhile_is_let_go(desk: Desk, home: Path, warned: list[str]) -> None:
    make_good(home / "datasets" / "shop")
    desk.event("export-dataset", "focus")
    assert [value for _, value in desk.look("export-dataset", "choices")] == ["", "shop"]
    desk.enter("export-dataset", "shop")
    desk.event("export-dataset", "blur")
    assert (desk["export-dataset"], warned) == ("shop", [])
    desk.enter("export-dataset", "gone")
    desk.event("export-dataset", "blur")
    assert desk["export-dataset"] == ""
    assert "gone" in warned[0]
    desk.event("export-dataset", "blur")
    assert len(warned) == 1
