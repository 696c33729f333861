"""What the widgets of the models tab do, without a browser: use, roll back, rename, note, measure, delete, bring back, import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.registered import registered
from ocrweb.services.models.import_jobs import ImportSnapshot
from ocrweb.services.models.importing import ImportReport
from ocrweb.services.registry.jobs import MeasureSnapshot
from ocrweb.services.registry.speed import Speed
from ocrweb.ui.models import bin as model_bin
from ocrweb.ui.models import import_model as importing
from ocrweb.ui.models import view as models
from ocrweb.ui.models.present import measure_card
from tests.sample_pages import sample_pages
from tests.services.registry.made_models import RUN, make_export, make_imported, make_model
from tests.ui.desk import Desk

FULL = OcrwebError("usage.disk-full", path="/data")
DEFAULT, HOUSE = "ppocrv6-small", "db-resnet18"
DEEDS = ("use", "export", "delete", "rename", "keep-notes", "measure")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sentences that pass by over the page."""
    said: list[str] = []
    monkeypatch.setattr(importing, "warn", said.append)
    return said


def active(desk: Desk) -> set[str]:
    return {deed for deed in DEEDS if desk.look(f"models-{deed}", "interactive")}


def choose(desk: Desk, name: str) -> None:
    desk.open_tab("models")
    names = list(desk["models-table"].iloc[:, 0])
    desk.select("models-table", index=(names.index(name), 0), row_value=[name])


def test_nothing_can_be_pressed_that_would_do_nothing(desk: Desk) -> None:
    make_model()
    assert desk["models-chosen"] == DEFAULT
    assert active(desk) == {"export", "rename", "keep-notes", "measure"}, "in use already, and not deletable"
    assert not desk.look("models-roll-back", "interactive")
    choose(desk, RUN)
    assert active(desk) == set(DEEDS)


def test_a_model_is_used_everywhere_and_one_click_brings_the_one_before_back(desk: Desk) -> None:
    make_model()
    choose(desk, RUN)
    desk.click("models-use")
    assert registered().in_use == RUN
    assert f"{RUN} is used everywhere" in desk["models-said"]
    assert (desk["single-model"], desk["batch-model"], desk["dataset-autolabel-model"]) == (RUN,) * 3
    assert (RUN in desk["models-in-use"], DEFAULT in desk["models-in-use"]) == (True, True)
    desk.click("models-roll-back")
    assert (registered().in_use, desk["single-model"], desk["models-chosen"]) == (DEFAULT, DEFAULT, RUN)


def test_another_visitor_finds_the_model_in_use_chosen(desk: Desk) -> None:
    make_model()
    models.register.promote(RUN)
    desk.open()
    assert (desk["single-model"], desk["export-model"], desk["batch-model"]) == (RUN,) * 3
    assert RUN in desk["single-chosen-model"]
    assert f"--model {RUN}" in desk["export-command"]
    assert RUN in [name for _, name in desk.look("single-model", "choices")]
    assert desk["models-chosen"] == RUN
    desk.put("models-notes", "typed at once")
    desk.event(desk.page, "load")
    assert (desk["single-model"], desk["models-notes"]) == (RUN, "typed at once")
    desk.put("models-asked", DEFAULT)  # as the address of the page names it
    desk.event(desk.page, "load")
    assert (desk["models-chosen"], DEFAULT in desk["models-facts"]) == (DEFAULT, True)


def test_only_an_address_that_names_a_model_asks_for_all_of_them_once_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    known = models.registry
    monkeypatch.setattr(models, "registry", lambda lang: asked.append(lang) or known(lang))
    desk.event(desk.page, "load")
    assert asked == []
    desk.put("models-asked", DEFAULT)
    desk.event(desk.page, "load")
    assert asked == ["en"]


def test_a_name_and_notes_of_ones_own(desk: Desk) -> None:
    make_model()
    choose(desk, RUN)
    desk.put("models-title", "a/b")
    desk.click("models-rename")
    assert "imports.bad-name" in desk["models-said"]
    desk.put("models-title", "till")
    desk.click("models-rename")
    desk.put("models-notes", "<b>faded</b>")
    desk.click("models-keep-notes")
    assert "till" in list(desk["models-table"].iloc[:, 0])
    assert "&lt;b&gt;faded" in desk["models-facts"]
    desk.event("single-model", "focus")
    assert (f"till · {RUN}", RUN) in desk.look("single-model", "choices")


def test_deleting_says_what_is_lost_and_can_be_undone(desk: Desk) -> None:
    make_model()
    make_export()
    models.register.promote(RUN)
    choose(desk, RUN)
    desk.click("models-delete")
    assert f"{DEFAULT} takes its place everywhere" in desk["models-question"]
    assert "till-dynamic-fp32" in desk["models-question"]
    desk.click("models-delete-yes")
    assert (registered().in_use, desk["models-chosen"], desk["single-model"]) == (DEFAULT, DEFAULT, DEFAULT)
    assert desk.look("models-undelete")
    assert "Deleted models: 1" in desk.look("models-bin", "label")
    desk.click("models-undelete")
    assert (desk["models-chosen"], desk.look("models-undelete")) == (RUN, False)
    choose(desk, RUN)
    desk.click("models-delete")
    desk.click("models-delete-yes")
    desk.click("models-bin-empty-now")
    assert "1 deleted for good" in desk["models-said"]


def test_a_measurement_is_watched_to_its_end(desk: Desk, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    make_model()
    sample_pages(home / "datasets" / "pages", train=1, test=1, seed=5)
    jobs: dict[str | None, MeasureSnapshot] = {"a": MeasureSnapshot("a", "running", model=RUN, done=1, pictures=4)}
    asked: list[Any] = []
    monkeypatch.setattr(models, "measure_job", jobs.get)
    monkeypatch.setattr(models, "start_measuring", lambda *given: asked.append(given) or "a")
    choose(desk, RUN)
    desk.put("models-measure-data", "pages")
    desk.click("models-measure")
    assert asked == [(RUN, "pages")]
    assert "width:25.0%" in desk["models-measured"]
    assert desk.look("models-measure-stop", "interactive")
    jobs["a"] = MeasureSnapshot("a", "done", model=RUN, speed=Speed(0.25, "CPU"))
    desk.event(desk.timer_of(desk.stored("ocrweb-measure-job")), "tick")
    assert "0.25 s a page on CPU" in desk["models-measured"]
    assert not desk.look("models-measure-stop", "interactive")


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_measurement_that_ended_early_says_why(state: str) -> None:
    assert FULL.message("en")[:10] in measure_card(MeasureSnapshot("a", state, error=FULL), "en")


def test_an_address_opens_its_model(desk: Desk) -> None:
    make_model()
    desk.enter("address", f"tab=models&entry={RUN}")
    assert desk["models-chosen"] == RUN


def test_a_model_from_elsewhere_is_watched_to_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, warned: list[str]
) -> None:
    jobs: dict[str | None, ImportSnapshot] = {}
    begun: list[Any] = []
    monkeypatch.setattr(importing, "import_job", jobs.get)
    monkeypatch.setattr(importing, "start_import", lambda file, name: begun.append((file, name)) or "a")
    desk.click("import-start")
    assert len(warned) == 1
    jobs["a"] = ImportSnapshot("a", "running", stage="read", share=0.5)
    desk.put("import-file", "/x/model.onnx")
    desk.put("import-name", None)
    desk.click("import-start")
    assert begun == [(Path("/x/model.onnx"), "")]
    assert "width:50.0%" in desk["import-status"]
    assert desk.look("import-stop", "interactive")
    job = desk.stored("ocrweb-import-job")
    assert (desk[job], desk.look(desk.timer_of(job), "active")) == ("a", True)
    jobs["a"] = ImportSnapshot("a", "failed", error=FULL)
    desk.event(desk.timer_of(job), "tick")
    assert "ocrweb-problem" in desk["import-status"]
    assert not desk.look("import-stop", "interactive")
    assert not desk.look(desk.timer_of(job), "active")

    def refused(*_: Any) -> str:
        raise FULL

    monkeypatch.setattr(importing, "start_import", refused)
    desk.click("import-start")
    assert "No space is left" in desk["import-status"]


def test_an_imported_model_is_listed_and_looked_at_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    make_imported("mine")
    report = ImportReport("mine", Path("/x"), "onnx", "0" * 64, False, 0.1, 5, 5, 5)
    monkeypatch.setattr(importing, "import_job", {"a": ImportSnapshot("a", "done", report=report)}.get)
    desk.put(desk.stored("ocrweb-import-job"), "a")
    desk.event(desk.timer_of(desk.stored("ocrweb-import-job")), "tick")
    assert "mine can be used now" in desk["import-status"]
    assert desk["models-chosen"] == "mine"


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (None, ""),
        (ImportSnapshot("a"), "ocrweb-note"),
        (ImportSnapshot("a", "cancelled", error=OcrwebError("imports.cancelled")), "ocrweb-warning"),
        (ImportSnapshot("a", "failed", error=FULL), "ocrweb-problem"),
    ],
    ids=["none", "waiting", "cancelled", "failed"],
)
def test_how_an_import_stands(job: ImportSnapshot | None, said: str) -> None:
    card = importing.card(job, "en")
    assert said in card
    assert (card == "") is (job is None)
    assert "ocrweb-bar" not in card


def test_what_fails_is_said_where_it_was_asked_for_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> Any:
        raise FULL

    make_model()
    choose(desk, RUN)
    for module, name in (
        (models.register, "promote"), (models.register, "roll_back"), (models.register, "rename"),
        (models.register, "note"), (models, "start_measuring"), (model_bin, "losses"), (model_bin, "restore_model"),
        (model_bin, "empty_model_bins"), (model_bin, "delete_model"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, refused)
    before = (desk["models-chosen"], desk["models-facts"], desk["models-in-use"])
    for button in ("use", "roll-back", "rename", "keep-notes", "delete", "bin-restore", "bin-empty-now", "delete-yes"):
        desk.put("models-said", "")
        desk.click(f"models-{button}")
        assert "No space is left" in desk["models-said"], button
        assert not desk.look("models-ask"), button
    desk.click("models-measure")
    assert "No space is left" in desk["models-measured"]
    assert not desk.look("models-measure-stop", "interactive")
    assert (desk["models-chosen"], desk["models-facts"], desk["models-in-use"]) == before


def test_a_list_that_cannot_be_read_is_empty_and_a_row_without_words_is_no_choice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> Any:
        raise FULL

    make_model()
    choose(desk, RUN)
    for nothing in (None, []):
        desk.select("models-table", index=(0, 0), row_value=nothing)
        assert desk["models-chosen"] == RUN
    monkeypatch.setattr(models, "registry", refused)
    monkeypatch.setattr(model_bin, "list_binned", refused)
    desk.open_tab("models")
    assert (len(desk["models-table"]), desk["models-chosen"]) == (0, "")
    assert active(desk) == set()
    assert not desk.look("models-roll-back", "interactive")
    assert "ocrweb-warning" in desk["models-in-use"]
    assert not desk.look("models-bin")


def test_a_row_means_the_model_that_it_names_wherever_that_stands_by_now(desk: Desk) -> None:
    make_model()
    choose(desk, HOUSE)
    desk.select("models-table", index=(0, 0), row_value=[RUN])
    assert desk["models-chosen"] == RUN
    desk.put("models-title", "receipts")
    desk.click("models-rename")
    choose(desk, HOUSE)
    desk.select("models-table", index=(0, 0), row_value=["receipts"])
    assert desk["models-chosen"] == RUN


def test_a_kept_model_stays_what_it_was_and_the_question_goes(desk: Desk) -> None:
    make_model()
    choose(desk, RUN)
    desk.click("models-delete")
    assert desk.look("models-ask")
    desk.click("models-delete-no")
    assert not desk.look("models-ask")
    assert desk["models-chosen"] == RUN


def test_another_model_that_is_looked_at_stays_in_view_when_one_is_deleted(desk: Desk) -> None:
    make_model()
    choose(desk, RUN)
    desk.click("models-delete")
    choose(desk, HOUSE)
    desk.click("models-delete-yes")
    assert (desk["models-chosen"], RUN in list(desk["models-table"].iloc[:, 0])) == (HOUSE, False)
    assert " MB" in desk.look("models-bin-chosen", "choices")[0][0]
    assert desk.look("models-bin-chosen", "choices")[0][0].startswith(RUN)


def test_a_name_is_taken_back_by_an_empty_one(desk: Desk) -> None:
    make_model()
    choose(desk, RUN)
    said = []
    for title in (" till ", "  "):
        desk.put("models-title", title)
        desk.event("models-title", "submit")
        said.append(desk["models-said"])
    assert "till" in said[0]
    assert said[0] != said[1]
    assert list(desk["models-table"].iloc[:, 0]).count(RUN) == 1


def test_a_measurement_of_before_is_watched_again_after_a_reload_while_it_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: dict[str | None, MeasureSnapshot] = {"a": MeasureSnapshot("a", "running", model=DEFAULT, done=1, pictures=4)}
    monkeypatch.setattr(models, "measure_job", jobs.get)
    kept = desk.stored("ocrweb-measure-job")
    desk.enter(kept, "a")
    assert "width:25.0%" in desk["models-measured"]
    assert desk.look(desk.timer_of(kept), "active")
    desk.put("models-facts", "as it was")
    jobs["a"] = MeasureSnapshot("a", "running", model=DEFAULT, done=2, pictures=4)
    desk.event(desk.timer_of(kept), "tick")
    assert ("width:50.0%" in desk["models-measured"], desk["models-facts"]) == (True, "as it was")
    jobs["b"] = MeasureSnapshot("b", "done", model=DEFAULT, speed=Speed(0.25, "CPU"))
    desk.enter(kept, "b")
    assert (desk["models-measured"], desk.look(desk.timer_of(kept), "active")) == ("", False)
