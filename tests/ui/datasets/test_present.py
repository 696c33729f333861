"""Cards and downloads of datasets."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.data.formats.report import Problem
from ocrweb.data.validate import validate_dataset
from ocrweb.services.datasets.jobs import DatasetJob, Outcome
from ocrweb.services.datasets.record import DatasetRecord
from ocrweb.services.datasets.store import StoredDataset
from ocrweb.services.datasets.validation import SEVERITIES
from ocrweb.ui.datasets.present import dataset_rows, job_card, readable_bytes, saved_findings, verdict_card
from ocrweb.ui.datasets.statistics import bars, statistics_words
from tests.data.corpus import label, make_good

REPAIRED = Outcome("mine", (("repaired", {"changes": 3}),))


@pytest.mark.parametrize(
    ("lang", "kept", "stopped", "nothing"),
    [
        ("en", "Mended: 3 changes", "was stopped", "Nothing was changed"),
        ("zh", "修复完成：共 3", "校验已停止", "未作任何"),
    ],
)
def test_a_check_that_was_stopped_does_not_deny_the_change_before_it(
    lang: str, kept: str, stopped: str, nothing: str
) -> None:
    card = job_card(DatasetJob("1", "cancelled", kind="repair", outcome=REPAIRED), lang)
    assert kept in card
    assert stopped in card
    assert nothing not in card
    assert nothing in job_card(DatasetJob("1", "cancelled", kind="import"), lang)


def test_downloads_of_findings_do_not_mix_languages(tmp_path: Path) -> None:
    english = saved_findings(tmp_path, "mine", "en", {"csv": "rule"})
    chinese = saved_findings(tmp_path, "mine", "zh", {"csv": "规则"})
    assert "rule" in Path(english["csv"]).read_text(encoding="utf-8")
    assert "规则" in Path(chinese["csv"]).read_text(encoding="utf-8")


def test_a_good_dataset_is_ready(tmp_path: Path) -> None:
    card = verdict_card(validate_dataset(make_good(tmp_path / "good")), "en")
    assert 'data-ok="true"' in card
    assert "Ready to train" in card


def test_each_finding_is_counted_once_on_the_card(tmp_path: Path) -> None:
    root = make_good(tmp_path / "mixed")
    label("1，2，30，2，30，20，1，20，a", "x,2,30,2,30,20,1,20,b", "")(root)
    report = validate_dataset(root)
    assert (report.counts["error"], report.counts["fixable"]) == (2, 2)
    card = verdict_card(report, "en")
    assert "Errors: 2 (1 mended with one click, 1 left for a person)." in card
    assert "Warnings: 1 (1 mended with one click, 0 for a person to judge)." in card
    assert "错误 2 处（可一键修复 1 处，需人工处理 1 处）。" in verdict_card(report, "zh")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1536, "1.5 KB"),
        (200 << 20, "200 MB"),
        (3 << 40, "3072 GB"),
        (1024, "1.0 KB"),
        (99 << 10, "99.0 KB"),
        (100 << 10, "100 KB"),
        (1023 << 10, "1023 KB"),
        (1 << 20, "1.0 MB"),
        (1 << 30, "1.0 GB"),
    ],
)
def test_sizes_are_readable(count: int, said: str) -> None:
    assert readable_bytes(count) == said


def stored(**known: Any) -> StoredDataset:
    validation = known.pop("validation", None)
    record = DatasetRecord(bytes=known.pop("bytes", 0), formats=known.pop("formats", ()), validation=validation)
    return StoredDataset("mine", Path("/data/mine"), record, **{"train": 3, "test": 1, **known})


def checked(errors: int, boxes: int = 7) -> dict[str, Any]:
    return {"ok": errors == 0, "counts": {"boxes": boxes, "error": errors}}


@pytest.mark.parametrize(
    ("dataset", "cells"),
    [
        (stored(), ("mine", "3 + 1", "–", "? not checked", "after a check")),
        (stored(validation=checked(0), bytes=2048), ("mine", "3 + 1", "7", "✓ ready to train", "2.0 KB")),
        (stored(validation=checked(2, 0)), ("mine", "3 + 1", "0", "✗ errors: 2", "after a check")),
        (stored(formats=("coco", "voc")), ("mine", "3 + 1", "–", "⇄ coco, voc", "after a check")),
        (stored(formats=("coco",), validation=checked(0)), ("mine", "3 + 1", "7", "⇄ coco", "after a check")),
    ],
)
def test_a_row_tells_what_the_latest_check_said(dataset: StoredDataset, cells: tuple[str, ...]) -> None:
    table = dataset_rows([dataset, dataset], "en")
    assert list(table.columns) == ["Name", "Pictures", "Boxes", "Last check", "Size"]
    assert list(table.itertuples(index=False, name=None)) == [cells, cells]
    assert dataset_rows([], "en").empty


@pytest.mark.parametrize(
    ("job", "amount", "share"),
    [
        ({"stage": "check", "done": 1, "total": 4}, "… 1 / 4", "25.0"),
        ({"stage": "unpack", "done": 1024, "total": 4096}, "… 1.0 KB / 4.0 KB", "25.0"),
        ({"stage": "check"}, "… ", "0.0"),
        ({"stage": ""}, "… ", "0.0"),
        ({"stage": "import", "done": 3, "total": 3}, "… 3 / 3", "100.0"),
    ],
)
def test_work_that_goes_on_tells_its_stage_and_how_far_it_is(job: dict[str, Any], amount: str, share: str) -> None:
    card = job_card(DatasetJob("1", "running", kind="import", **job), "en")
    words = {"check": "Checking", "unpack": "Unpacking", "import": "Importing", "": "Waiting"}[job["stage"]]
    assert words in card
    assert f"{amount}<div" in card
    assert f'style="width:{share}%"' in card
    assert 'data-state="running"' in card


@pytest.mark.parametrize(
    ("notes", "kinds"),
    [
        ((("repaired", {"changes": 3}),), ["good"]),
        ((("resized", {"name": "a", "resized": 1, "pictures": 2}), ("resized-tiny", {"count": 1, "boxes": 2})), ["good", "warning"]),
        ((("import-guessed", {}),), ["warning"]),
        ((), []),
    ],
)  # fmt: skip
def test_what_came_of_it_is_good_or_to_be_noted_line_by_line(notes: Any, kinds: list[str]) -> None:
    card = job_card(DatasetJob("1", "done", kind="import", outcome=Outcome("mine", notes)), "en")
    assert re.findall(r'class="ocrweb-(good|warning)"', card) == kinds
    assert 'data-kind="import"' in card
    stopped = job_card(DatasetJob("1", "cancelled", kind="import", outcome=Outcome("mine", notes)), "en")
    assert re.findall(r'class="ocrweb-(good|warning)"', stopped) == [*kinds, "warning"]


def test_what_an_import_left_out_is_said_in_its_own_words() -> None:
    notes = (
        ("import-left-out", {"count": 2, "first": Problem("missing", "<a>.json:1", "x.png")}),
        ("import-look", {"count": 3, "first": Problem("columns", "b.txt", "1,2,3,4")}),
    )
    job = DatasetJob("1", "done", kind="import", outcome=Outcome("mine", notes))
    assert (
        "Problem (2 in all): &lt;a&gt;.json:1: the picture x.png was not found; its labels are left out."
        in job_card(job, "en")
    )
    assert "To be looked at: 3. b.txt: " in job_card(job, "en")
    assert "请核对 3 处。b.txt" in job_card(job, "zh")


def told(counts: dict[str, int]) -> str:
    """The verdict of so many findings. counts: ``error``, ``fixable_error`` …"""
    whole = dict.fromkeys((*SEVERITIES, *(f"fixable_{name}" for name in SEVERITIES)), 0) | counts
    numbers = {"train_pictures": 3, "test_pictures": 1, "boxes": 7, "ignored": 2, "rules": {"a": 1}}
    report: Any = SimpleNamespace(ok=not whole["error"], counts={**whole, **numbers})
    return verdict_card(report, "en")


@pytest.mark.parametrize(
    ("counts", "lines", "by_hand"),
    [
        ({}, [], False),
        ({"error": 2, "fixable_error": 2}, ["Errors: 2 (2 mended with one click, 0 left"], False),
        ({"error": 2, "fixable_error": 1}, ["Errors: 2 (1 mended with one click, 1 left"], True),
        ({"error": 1, "fixable_error": 1, "warning": 3}, ["Errors: 1 (1", "Warnings: 3 (0 mended with one click, 3 for"], True),
        ({"info": 1, "fixable_info": 1}, ["Notes: 1 (1 mended with one click, 0 for"], False),
    ],
)  # fmt: skip
def test_a_verdict_counts_each_kind_and_points_to_what_no_click_mends(
    counts: dict[str, int], lines: list[str], by_hand: bool
) -> None:
    card = told(counts)
    body = card.split("</strong><br>")[1].split("<br>")
    assert body[0].startswith("Pictures: 3 for training, 1 for testing · boxes: 7 (2 ignored).")
    shown = [line for line in body[1:] if "(" in line]
    assert len(shown) == len(lines)
    assert all(line.startswith(begin) for line, begin in zip(shown, lines, strict=True))
    assert ("what no click mends" in card) is by_hand
    good = not counts.get("error")
    assert (f'data-ok="{str(good).lower()}"' in card, "✓" in card, "ocrweb-good" in card) == (True, good, good)
    assert ("ocrweb-manual" in card) is not good
    assert good or f"Errors that stop training: {counts['error']}" in card


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((0, 0, 0, 0), ["a", "b"]), ((5, 0, 0, 0), ["a", "b"]), ((0, 5, 0, 0), ["a", "b", "c"]), ((0, 0, 0, 5), ["c", "d"]),
        ((1, 0, 0, 5), ["a", "b", "c", "d"]),
    ],
)  # fmt: skip
def test_of_empty_bars_one_stays_at_either_end(counts: tuple[int, ...], shown: list[str]) -> None:
    histogram = SimpleNamespace(labels=("a", "b", "c", "d"), counts=counts, median=12.4)
    numbers: Any = SimpleNamespace(
        sides=histogram, text_heights=histogram, pictures={"train": 3, "test": 1}, boxes={"train": 9, "test": 2},
        ignored={"train": 1, "test": 0}, unreadable=0, train_side=640,
    )  # fmt: skip
    assert bars(numbers, "sides", "en")["value"].tolist() == shown
    assert bars(numbers, "sides", "en")["count"].sum() == sum(counts)
    assert bars(numbers, "split", "en")["count"].tolist() == [3, 1]
    words = statistics_words(numbers, "en")
    assert "Training: pictures 3, boxes 9 (1 ignored)." in words
    assert "Test: pictures 1, boxes 2 (0 ignored)." in words
    assert words.count("<br>") == 2
    histogram.median, numbers.unreadable = None, 4
    assert statistics_words(numbers, "en").count("<br>") == 2
    assert "4" in statistics_words(numbers, "en")
