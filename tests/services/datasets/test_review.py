"""The list of a model's boxes: the least sure first, and other boxes for some pictures leave those of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrweb.data.export import Proposal
from ocrweb.data.labelling.review import REVIEW, auto_labelled, review_rows
from ocrweb.data.sample import LabelledBox
from ocrweb.services.datasets.review import renew_review, write_review


def proposal(score: float, *, unsure: bool = False) -> Proposal:
    points = np.array([[1, 2], [9, 2], [9, 6], [1, 6]], np.float32)
    return Proposal(LabelledBox(points, "text", False), score, unsure)


def test_some_pictures_get_other_rows_and_the_least_sure_stays_first(tmp_path: Path) -> None:
    (tmp_path / "train_images").mkdir()
    given = [("=1.png", [proposal(0.9)]), ("2.png", [proposal(0.5, unsure=True), proposal(0.8)]), ("3.png", [])]
    write_review(tmp_path, given)
    assert [row["score"] for row in review_rows(tmp_path)] == ["0.5000", "0.8000", "0.9000"]
    assert auto_labelled(tmp_path) == {"train_images/=1.png": False, "train_images/2.png": True}
    renew_review(tmp_path, {"train_images/2.png": [proposal(0.7)], "train_images/3.png": [proposal(0.6, unsure=True)]})
    assert [(row["picture"], row["score"], row["x2"]) for row in review_rows(tmp_path)] == [
        ("3.png", "0.6000", "9"), ("2.png", "0.7000", "9"), ("'=1.png", "0.9000", "9")
    ]  # fmt: skip
    assert auto_labelled(tmp_path) == {
        "train_images/=1.png": False, "train_images/2.png": False, "train_images/3.png": True
    }  # fmt: skip


def test_what_a_spreadsheet_made_of_a_score_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / REVIEW).write_text('picture,score,unsure\n1.png,"0,85",yes\n2.png,,\n')
    renew_review(tmp_path, {"train_images/3.png": [proposal(0.4)]})
    assert [row["picture"] for row in review_rows(tmp_path)] == ["1.png", "2.png", "3.png"]
    assert auto_labelled(tmp_path)["train_images/1.png"]
