"""What a file or another process kept of a problem is told in the reader's language."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocrweb.data.checks.finding import DatasetError, finding
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.services.files.retelling import retold, retold_entry, revived
from ocrweb.services.training.checklist import CheckItem

LOST = OcrwebError("run.busy", name="a")
STORED = {
    "plain": LOST,
    "with its place": OcrwebError("config.no-mapping", where="a.yml"),
    "an error inside": OcrwebError("train.rank-lost", count=2, rank=1, reason=OcrwebError("train.killed", signal="X")),
    "a sentence inside": OcrwebError(
        "engine.gpu-full", reason=Sentence("engine.because-gpu-full", {"detail": "1 < 2"})
    ),
    "of a dataset": DatasetError(finding("image.unreadable", reason=LOST).at("train_gts/1.txt", 4)),
}


@pytest.mark.parametrize("written", ["en", "zh"])
@pytest.mark.parametrize("read", ["en", "zh"])
@pytest.mark.parametrize("error", STORED.values(), ids=STORED)
def test_a_stored_problem_is_told_in_the_readers_language(error: OcrwebError, written: str, read: str) -> None:
    entry = json.loads(json.dumps(error.to_record(written)))
    assert retold(entry, read) == (error.message(read), error.hint(read))
    assert retold_entry(entry, read)["message"] == error.message(read)
    assert revived(entry).code == error.code


def test_a_line_of_the_checklist_inside_an_error_is_told_with_it() -> None:
    error = OcrwebError("jobs.not-ready", reason=CheckItem("dataset", "error", "dataset-none"))
    assert "Choose a dataset" in error.message("en")
    assert "Choose" not in error.message("zh")


@pytest.mark.parametrize(
    "entry",
    [
        {"code": "train.killed"},
        {"code": "train.from-a-later-version", "params": {}},
        {"code": "train.killed", "params": {"other": 1}},
        {"code": "train.killed", "params": {"code": 1}},
        {"code": "train.killed", "params": {"signal": {"code": "train.of-tomorrow", "params": {}}}},
        {"code": ["train"], "params": {}},
        {"code": "train.killed", "params": ["signal"]},
    ],
    ids=["no values", "unknown code", "other values", "a value named code", "unknown inside", "no code", "a list"],
)
def test_what_this_version_does_not_know_stays_as_written(entry: dict[str, Any]) -> None:
    assert retold({**entry, "message": "as written", "hint": "then"}, "zh") == ("as written", "then")
