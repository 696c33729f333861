"""What the widgets of the batch tab do, without a browser: starting, watching, stopping, going on, packing, looking closely."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import gradio as gr
import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.batch.originals import Original
from ocrweb.services.batch.past import JobSnapshot
from ocrweb.services.batch.progress import BatchProgress
from ocrweb.services.batch.rows import Row
from ocrweb.services.detect import golden as golden_service
from ocrweb.ui.batch import golden
from ocrweb.ui.batch import view as batch
from tests.ui.desk import Desk

FULL = OcrwebError("usage.disk-full", path="/data")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> dict[str, JobSnapshot]:
    """Batches by id, as they are now."""
    known: dict[str, JobSnapshot] = {}
    monkeypatch.setattr(batch, "batch_job", known.get)
    return known


def snapshot(name: str, state: str, done: int = 0, **more: Any) -> JobSnapshot:
    rows = tuple(Row(number, f"{number}.png", 2, 0.1, None, None) for number in range(1, done + 1))
    progress = BatchProgress(done, 4, 0, 1.0, 1.0, 2.0)
    return JobSnapshot(name, state, progress=progress, rows=rows, **more)


def tick(desk: Desk) -> None:
    desk.event(desk.timer_of("batch-job"), "tick")


def test_a_page_without_a_batch_offers_nothing(desk: Desk, jobs: dict[str, JobSnapshot]) -> None:
    assert "ocrweb-note" in desk["batch-status"]
    desk.event(desk.page, "load")
    for name in ("batch-resume", "batch-pack", "batch-gallery", "batch-table"):
        assert not desk.look(name), name
    assert not desk.look("batch-download", "interactive")
    assert not desk.look("batch-stop", "interactive")
    assert not desk.look(desk.timer_of("batch-job"), "active")
    desk.click("batch-start")
    assert "ocrweb-warning" in desk["batch-said"]
    assert desk["batch-job"] == ""


def test_a_batch_is_started_with_what_was_given_and_watched_to_its_end(
    desk: Desk, jobs: dict[str, JobSnapshot], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    asked: list[Any] = []

    def start(wanted: Any, uploads: Any, visitor: str) -> str:
        asked.append((wanted, uploads, visitor))
        return "a"

    monkeypatch.setattr(batch, "start_batch", start)
    jobs["a"] = snapshot("a", "running", 1)
    desk.put("batch-files", ["/x/1.png", "/x/2.png"])
    desk.click("batch-start")
    (wanted, uploads, visitor) = asked[0]
    assert (wanted.paths, uploads, visitor) == ((), (Path("/x/1.png"), Path("/x/2.png")), "visit")
    assert wanted.confined is wanted.names_only is True
    assert desk["batch-job"] == "a"
    assert desk.look("batch-stop", "interactive")
    assert desk.look("batch-table")
    assert not desk.look("batch-pack")
    assert desk.look(desk.timer_of("batch-job"), "active")
    desk.put("batch-status", "as it was")
    tick(desk)
    assert desk["batch-status"] == "as it was"
    jobs["a"] = snapshot("a", "running", 2)
    tick(desk)
    assert "width:50.0%" in desk["batch-status"]
    jobs["a"] = snapshot("a", "done", 4, archive=tmp_path / "a.zip")
    tick(desk)
    assert 'data-state="done"' in desk["batch-status"]
    assert desk["batch-download"] == str(tmp_path / "a.zip")
    assert desk.look("batch-download", "interactive")
    assert not desk.look("batch-stop", "interactive")
    assert not desk.look("batch-pack")
    assert not desk.look(desk.timer_of("batch-job"), "active")

    desk.put("batch-files", None)
    desk.put("batch-folder", " /data ")
    desk.put("batch-threshold", 0.45)
    desk.click("batch-start")
    assert (asked[1][0].paths, asked[1][1], asked[1][0].detect.decode.threshold) == ((Path("/data"),), (), 0.45)
    assert asked[0][0].detect.decode.threshold != 0.45
    desk.put("batch-folder", "datasets/shop/train_images")
    desk.click("batch-start")
    assert asked[2][0].paths == (home / "datasets/shop/train_images",)


def test_the_slider_stands_for_the_card_until_it_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    card = batch.chosen_decode("ppocrv6-small", batch.recommended("ppocrv6-small"))
    moved = batch.chosen_decode("ppocrv6-small", card.threshold + 0.1)
    assert card == batch.model_decode_options("ppocrv6-small")
    assert moved.threshold == card.threshold + 0.1
    assert batch.recommended("nobody") == gr.skip()


def test_a_stopped_batch_goes_on_or_says_why_not(
    desk: Desk, jobs: dict[str, JobSnapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs["a"] = snapshot("a", "interrupted", 2, resumable=True)
    desk.enter("batch-job", "a")
    assert desk.look("batch-resume")
    assert desk.look("batch-pack")
    assert not desk.look("batch-stop", "interactive")

    def refused(job: str) -> None:
        raise FULL

    monkeypatch.setattr(batch, "resume_batch", refused)
    desk.click("batch-resume")
    assert "No space is left" in desk["batch-said"]
    monkeypatch.setattr(batch, "resume_batch", lambda job: jobs.update(a=snapshot("a", "running", 2)))
    desk.click("batch-resume")
    assert desk["batch-said"] == ""
    assert not desk.look("batch-resume")
    assert desk.look("batch-stop", "interactive")
    assert desk.look(desk.timer_of("batch-job"), "active")


def test_the_zip_is_made_when_it_is_asked_for(
    desk: Desk, jobs: dict[str, JobSnapshot], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jobs["a"] = snapshot("a", "cancelled", 2)
    desk.enter("batch-job", "a")

    def refused(job: str) -> Path:
        raise FULL

    monkeypatch.setattr(batch, "pack_batch", refused)
    desk.click("batch-pack")
    assert "No space is left" in desk["batch-said"]
    assert desk.look("batch-pack")

    def pack(job: str) -> Path:
        archive = tmp_path / f"{job}.zip"
        jobs[job] = snapshot(job, "cancelled", 2, archive=archive)
        return archive

    monkeypatch.setattr(batch, "pack_batch", pack)
    desk.click("batch-pack")
    assert (desk["batch-said"], desk["batch-download"]) == ("", str(tmp_path / "a.zip"))
    assert not desk.look("batch-pack")
    assert desk.look("batch-download", "interactive")


def test_what_comes_late_of_another_batch_does_not_stay(
    desk: Desk, jobs: dict[str, JobSnapshot], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jobs["a"], jobs["b"] = snapshot("a", "cancelled", 1), snapshot("b", "running", 3)
    late = Desk(desk.page)
    late.enter("batch-job", "a")
    desk.enter("batch-job", "b")
    desk.overlay(late, desk.timer_of("batch-job"), "tick")
    assert "width:75.0%" in desk["batch-status"]
    assert desk.look(desk.timer_of("batch-job"), "active")
    assert not desk.look("batch-pack")

    monkeypatch.setattr(batch, "pack_batch", lambda job: tmp_path / f"{job}.zip")
    late.click("batch-pack")
    assert late["batch-packed"] == "a"
    desk.overlay(late, "batch-pack", "click")
    assert desk["batch-download"] is None
    assert not desk.look("batch-download", "interactive")
    assert desk["batch-packed"] != desk["batch-job"], "else the browser would save it"

    late.put("batch-picture", "of a")
    late.put("batch-looked", "a")
    desk.overlay(late, "batch-gallery", "select")
    assert (desk["batch-picture"], desk["batch-looked"]) == ("", "")


def test_an_answer_that_never_comes_is_told_again(desk: Desk, jobs: dict[str, JobSnapshot]) -> None:
    jobs["a"] = snapshot("a", "running", 1)
    desk.enter("batch-job", "a")
    before = Desk(desk.page)
    before.enter("batch-job", "a")
    jobs["a"] = snapshot("a", "running", 2)
    tick(desk)
    desk.overlay(before, desk.timer_of("batch-job"), "tick")
    assert "width:25.0%" in desk["batch-status"]
    tick(desk)
    assert "width:50.0%" in desk["batch-status"]


def test_nothing_can_be_packed_of_a_batch_without_a_result(desk: Desk, jobs: dict[str, JobSnapshot]) -> None:
    jobs["a"] = snapshot("a", "cancelled", 0)
    desk.enter("batch-job", "a")
    assert not desk.look("batch-pack")
    assert not desk.look("batch-table")
    jobs["b"] = JobSnapshot("b", "failed", error=FULL)
    desk.enter("batch-job", "b")
    assert "No space is left" in desk["batch-status"]
    assert "data-state" not in desk["batch-status"]
    jobs["c"] = snapshot("c", "failed", 2, error=FULL)
    desk.enter("batch-job", "c")
    assert "No space is left" in desk["batch-status"]
    assert 'data-state="failed"' in desk["batch-status"], "how far it came is told too"
    jobs["d"] = JobSnapshot("d", "running")
    desk.enter("batch-job", "d")
    assert "Looking for the pictures" in desk["batch-status"]


def test_an_earlier_batch_is_chosen_and_the_list_keeps_it(
    desk: Desk, jobs: dict[str, JobSnapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    past = [SimpleNamespace(id="a", name="x", folder="", started=time.time(), done=2, interrupted=False, active=False)]
    monkeypatch.setattr(batch, "list_batches", lambda: past)
    desk.event("batch-batches", "focus")
    assert [choice[1] for choice in desk.look("batch-batches", "choices")] == ["a"]
    jobs["a"], jobs["b"] = snapshot("a", "done", 4), snapshot("b", "done", 3)
    desk.put("batch-said", "before")
    desk.enter("batch-batches", "a")
    assert (desk["batch-job"], desk["batch-said"], desk["batch-batches"]) == ("a", "", "a")
    desk.put("batch-picture", "looked at closely")
    jobs["a"] = snapshot("a", "done", 3)
    tick(desk)
    assert desk["batch-picture"] == "looked at closely"
    desk.enter("address", "tab=batch&batch=b")
    assert (desk["batch-job"], desk["batch-batches"], desk["batch-picture"]) == ("b", None, "")
    desk.enter("batch-batches", None)
    assert desk["batch-job"] == "b"


def test_a_drawn_picture_is_looked_at_closely_and_nothing_else_is(
    desk: Desk, jobs: dict[str, JobSnapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, other = tmp_path / "cache" / "1_result.png", tmp_path / "cache" / "other.png"
    drawing.parent.mkdir()
    for file in (drawing, other):
        file.write_bytes(b"drawn")
    monkeypatch.setattr(batch, "shown_document", lambda path: None)
    monkeypatch.setattr(batch, "viewer", lambda path, layers, lang: str(path))
    jobs["a"] = JobSnapshot(
        "a", "done", rows=(Row(1, "1.png", 2, 0.1, None, drawing), Row(2, "2.png", 0, 0.1, None, None))
    )
    desk.enter("batch-job", "a")
    for value in (None, "text", {"image": None}, {"image": {"path": 5}}, {"image": {"path": str(other)}}):
        desk.put("batch-picture", "")
        desk.select("batch-gallery", value=value)
        assert desk["batch-picture"] == "", value
    desk.select("batch-gallery", value={"image": {"path": str(drawing)}})
    assert str(drawing) in desk["batch-picture"]


def test_the_picture_under_the_boxes_is_the_one_that_was_given(
    desk: Desk, jobs: dict[str, JobSnapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, original = tmp_path / "cache" / "1_result.png", tmp_path / "given.png"
    drawing.parent.mkdir()
    drawing.write_bytes(b"drawn")
    original.write_bytes(cv2.imencode(".png", np.full((40, 60, 3), 90, np.uint8))[1].tobytes())
    monkeypatch.setattr(batch, "shown_document", lambda path: None)
    monkeypatch.setattr(batch, "viewer", lambda path, layers, lang: str(path))
    jobs["a"] = JobSnapshot("a", "done", rows=(Row(1, "1.png", 2, 0.1, None, drawing, original=Original(original)),))
    desk.enter("batch-job", "a")
    desk.select("batch-gallery", value={"image": {"path": str(drawing)}})
    assert cv2.imread(desk["batch-picture"]).mean() == 90
    original.unlink()
    desk.select("batch-gallery", value={"image": {"path": str(drawing)}})
    assert desk["batch-picture"] == str(drawing)


def golden_report(*good: bool) -> Any:
    pictures = tuple(SimpleNamespace(result=SimpleNamespace(success=one, model="m"), name=f"{number}.png") for number, one in enumerate(good))  # fmt: skip
    return SimpleNamespace(pictures=pictures)


def test_the_golden_check_shows_what_answered_and_lets_go_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "verdict_card", lambda report, lang: f"verdict {len(report.pictures)}")
    monkeypatch.setattr(golden_service, "golden_drawing", lambda picture: picture.name)
    monkeypatch.setattr(golden_service, "golden_pixels", lambda picture: picture.name)
    monkeypatch.setattr(golden.scratch, "show", lambda pixels: f"/shown/{pixels}")
    monkeypatch.setattr(golden, "detected", lambda result: ())
    monkeypatch.setattr(golden, "viewer", lambda file, layers, lang: file)
    monkeypatch.setattr(golden_service, "run_golden", lambda request: golden_report(True, False, True))
    desk.click("golden-start")
    assert desk["golden-answer"] == "verdict 3"
    assert [name for _, name in desk["golden-gallery"]] == ["0.png", "2.png"]
    assert desk.look("golden-gallery")
    desk.select("golden-gallery", index=7)
    assert desk["golden-picture"] == ""
    desk.select("golden-gallery", index=2)
    assert desk["golden-picture"] == ""
    desk.select("golden-gallery", index=1)
    assert desk["golden-picture"] == "/shown/2.png"

    def refused(request: Any) -> Any:
        raise FULL

    monkeypatch.setattr(golden_service, "run_golden", refused)
    desk.click("golden-start")
    assert "No space is left" in desk["golden-answer"]
    assert not desk.look("golden-gallery")
    desk.put("batch-model", "nobody")
    monkeypatch.setattr(golden_service, "run_golden", lambda request: golden_report(True))
    desk.click("golden-start")
    assert "ocrweb-problem" in desk["golden-answer"]
    desk.put("batch-model", "ppocrv6-small")
    monkeypatch.setattr(golden_service, "run_golden", lambda request: golden_report(False))
    desk.click("golden-start")
    assert desk["golden-answer"] == "verdict 1"
    assert not desk.look("golden-gallery")


def test_own_pictures_are_kept_and_forgotten_with_the_verdict_on_those_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.page
    (keep, forget) = (
        next(one for one in page.fns.values() if getattr(one.fn, "__name__", "") == name)
        for name in ("keep_own", "forget_own")
    )
    said = next(block for block in keep.outputs if isinstance(block, gr.HTML) and block.elem_id is None)
    press = {name: page.blocks[one.targets[0][0]] for name, one in (("keep", keep), ("forget", forget))}
    kept: list[list[Path]] = []
    monkeypatch.setattr(golden_service, "keep_own_pictures", kept.append)
    monkeypatch.setattr(golden_service, "forget_own_pictures", lambda: None)
    desk.put("golden-own", ["/x/1.png"])
    desk.put("golden-answer", "a verdict")
    desk.click(press["keep"])
    assert kept == [[Path("/x/1.png")]]
    assert "ocrweb-good" in desk[said]
    assert desk["golden-answer"] == ""
    desk.put("golden-answer", "a verdict")
    desk.click(press["forget"])
    assert (desk["golden-own"], desk["golden-answer"]) == (None, "")
    assert "ocrweb-note" in desk[said]

    def refused(*_: Any) -> None:
        raise FULL

    for name in ("keep_own_pictures", "forget_own_pictures"):
        monkeypatch.setattr(golden_service, name, refused)
    desk.put("golden-answer", "a verdict")
    for button in press.values():
        desk.put(said, "")
        desk.click(button)
        assert "No space is left" in desk[said]
    assert desk["golden-answer"] == "a verdict"


def test_a_picture_of_the_check_that_cannot_be_drawn_or_shown_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "verdict_card", lambda report, lang: "verdict ")
    monkeypatch.setattr(golden_service, "golden_drawing", lambda picture: picture.name)
    monkeypatch.setattr(golden_service, "golden_pixels", lambda picture: picture.name)
    monkeypatch.setattr(golden_service, "run_golden", lambda request: golden_report(True))
    monkeypatch.setattr(golden.scratch, "show", lambda pixels: f"/shown/{pixels}")
    desk.click("golden-start")

    def refused(*_: Any) -> Any:
        raise FULL

    monkeypatch.setattr(golden.scratch, "show", refused)
    desk.select("golden-gallery", index=0)
    assert "No space is left" in desk["golden-picture"]
    desk.click("golden-start")
    assert desk["golden-answer"].startswith("verdict <")
    assert "No space is left" in desk["golden-answer"]
    assert not desk.look("golden-gallery")
    assert desk["golden-picture"] == ""


def test_the_verdict_says_what_each_picture_gave_and_what_to_do_now(monkeypatch: pytest.MonkeyPatch) -> None:
    def picture(name: str, recall: float | None, ok: bool, error: OcrwebError | None = None, boxes: int = 3) -> Any:
        result = SimpleNamespace(error=error, timing=SimpleNamespace(total=0.256), regions=[0] * boxes)
        return golden_service.GoldenPicture(name, Path(name), recall, ok, result)  # type: ignore[arg-type]

    pictures = (picture("a<b", 0.756, True), picture("own", None, False, boxes=1), picture("c", None, False, FULL))
    report = golden_service.GoldenReport("weak", pictures, "m", "CPU, 1 threads")
    card = golden.verdict_card(report, "en")
    lines = re.findall("<li>(.*?)</li>", card)
    assert lines[:2] == ["✓ a&lt;b: 3 regions in 0.26 s · 76% of the text found", "✗ own: 1 region in 0.26 s"]
    assert lines[2].startswith("✗ c: No space is left")
    assert 'class="ocrweb-warning"' in card
    assert 'data-verdict="weak"' in card
    assert "weak on some" in card
    assert html.unescape(report.next_step("en")) in html.unescape(card)
    assert "1 thread<" in card
    assert "help/troubleshooting" in card
    good = golden.verdict_card(golden_service.GoldenReport("ok", pictures[:1], "m", "CPU"), "en")
    assert "help/troubleshooting" not in good
    assert 'class="ocrweb-good"' in good
    assert "ocrweb-problem" in golden.verdict_card(golden_service.GoldenReport("environment", (), "m", "CPU"), "en")


def test_a_batch_that_is_gone_leaves_nothing_behind(desk: Desk, jobs: dict[str, JobSnapshot]) -> None:
    jobs["a"] = snapshot("a", "running", 2)
    desk.enter("batch-job", "a")
    assert desk.look("batch-table")
    del jobs["a"]
    tick(desk)
    assert "ocrweb-note" in desk["batch-status"]
    for name in ("batch-resume", "batch-pack", "batch-gallery", "batch-table"):
        assert not desk.look(name), name
    assert not desk.look("batch-download", "interactive")
    assert not desk.look("batch-stop", "interactive")
    assert not desk.look(desk.timer_of("batch-job"), "active")
    assert (desk["batch-picture"], desk["batch-whose"], desk["batch-word"]) == ("", "", "")
