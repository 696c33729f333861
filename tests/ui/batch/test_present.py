"""What a batch looks like."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.batch.past import JobSnapshot, PastBatch
from ocrweb.services.batch.progress import BatchProgress
from ocrweb.services.batch.rows import Row
from ocrweb.ui.batch.present import batch_choices, gallery_items, progress_card, rows_table, shown_rows

FOLDER = Path("/data/outputs/outputs_20260102030405")


def job(state: str = "done", done: int = 300, *, resumable: bool = False, seconds: float = 2.0) -> JobSnapshot:
    good = tuple(
        Row(number, f"receipts.zip/train/{number}.png", 3, 0.2, None, Path(f"{number}.png")) for number in (299, 300)
    )
    bad = (Row(7, "receipts.zip/7.png", 0, 0.0, OcrwebError("image.empty", where="receipts.zip/7.png"), None),)
    progress = BatchProgress(done, 300, 1, seconds, 2.0, None)
    return JobSnapshot("id", state, progress, good, bad, 40, FOLDER, resumable=resumable)


@pytest.mark.parametrize(
    ("done", "order"), [(3, [2, 3, 7]), (300, [7, 2, 3])], ids=["all listed", "failed first of too many"]
)
def test_the_table_keeps_the_order_of_the_pictures_whichever_was_done_first(done: int, order: list[int]) -> None:
    late = tuple(Row(number, f"{number}.png", 3, 0.2, None, Path(f"{number}.png")) for number in (3, 2))
    snapshot = dataclasses.replace(job(done=done), rows=late)
    assert list(rows_table(snapshot, "en")["No."]) == order
    assert [caption.split()[0] for _, caption in gallery_items(snapshot)] == ["2.png", "3.png"]


def test_a_failed_picture_says_in_the_table_what_is_wrong_without_its_name_again() -> None:
    note = rows_table(job(), "en")["Note"][0]
    assert note.startswith("The file is empty")
    assert "7.png" not in note


def test_a_picture_that_was_shrunk_too_far_or_seen_in_tiles_says_so_in_the_table() -> None:
    rows = (Row(1, "a.png", 0, 0.2, None, None, 1, ("picture-shrunk",)), Row(2, "b.png", 9, 0.2, None, None, 4))
    snapshot = JobSnapshot("id", "done", BatchProgress(2, 2, 0, 1.0, 2.0, None), rows, (), 9, FOLDER)
    shrunk, tiled = rows_table(snapshot, "en")["Note"]
    assert tiled.startswith("Seen in 4 tiles")
    assert "text of ordinary size vanishes" in shrunk
    assert "tile" not in shrunk
    assert "分为 4 块" in rows_table(snapshot, "zh")["说明"][1]


def test_the_page_says_how_many_rows_are_shown_and_where_all_are() -> None:
    words = shown_rows(job(), "en")
    assert "3 of 300" in words
    assert "summary.csv" in words
    assert "300 张中的 3 张" in shown_rows(job(), "zh")
    assert shown_rows(job(done=3), "en") == ""


def test_a_caption_begins_with_the_files_name() -> None:
    assert gallery_items(job())[-1] == ("300.png", "300.png · 3 · receipts.zip/train")


@pytest.mark.parametrize(
    ("state", "resumable", "words"),
    [
        ("interrupted", True, ("after 120 of 300", "Go on", str(FOLDER))),
        ("interrupted", False, ("after 120 of 300", "upload them again", str(FOLDER))),
        ("cancelled", True, ("120 of 300", "Go on", str(FOLDER))),
        ("failed", False, ("120 of 300 pictures were done", str(FOLDER))),
        ("running", False, ("120 of 300", "2.0 a second", str(FOLDER))),
    ],
)
def test_a_batch_says_how_far_it_came_where_that_lies_and_how_to_go_on(
    state: str, resumable: bool, words: tuple[str, ...]
) -> None:
    card = progress_card(job(state, 120, resumable=resumable), "en")
    assert all(word in card for word in words)
    assert f'data-state="{state}"' in card


def test_a_batch_that_was_interrupted_before_its_first_picture_says_so() -> None:
    card = progress_card(JobSnapshot("id", "interrupted", None, resumable=True), "en")
    assert "before the first picture" in card
    assert "Go on" in card


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (JobSnapshot("id"), "Waiting for its turn"),
        (JobSnapshot("id", "running"), "Looking for the pictures"),
        (JobSnapshot("id", "running", BatchProgress(0, 40, 0, 1.0, 0.0, None)), "40 pictures are found"),
        (
            JobSnapshot("id", "running", BatchProgress(7, 40, 0, 1.0, 0.0, None)),
            "7 of 40 pictures are done from before",
        ),
        (JobSnapshot("id", "running", BatchProgress(40, 40, 0, 1.0, 2.0, 0.0)), "the zip is being packed"),
    ],
    ids=["waiting", "looking", "first", "resumed", "packing"],
)
def test_a_batch_at_work_says_what_happens_and_never_nothing(snapshot: JobSnapshot, said: str) -> None:
    card = progress_card(snapshot, "en")
    assert said in card
    assert "0.0 a second" not in card
    assert progress_card(snapshot, "zh") != card


def test_a_batch_in_work_is_not_listed_as_one_of_no_pictures() -> None:
    batch = PastBatch("id", "scans.zip", "", 0.0, 0, False, active=True)
    assert batch_choices([batch], "en")[0][0].endswith("scans.zip · in work")


def test_a_batch_that_only_its_folder_tells_of_claims_no_time() -> None:
    assert "0.0 s" not in progress_card(job(seconds=0.0), "en")


def test_the_list_tells_when_of_what_and_how_many() -> None:
    named = PastBatch("1", "receipts.zip", "outputs_1", 0.0, 174, True)
    unnamed = PastBatch("2", "", "outputs_2", 0.0, 3, False)
    (first, identifier), (second, _) = batch_choices([named, unnamed], "en")
    assert identifier == "1"
    assert first.endswith("receipts.zip · pictures: 174, interrupted")
    assert "outputs_2" in second
