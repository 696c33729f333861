"""What a run's card says of the text that its model fails on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.rundir import names
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.services.training.by_group import card_groups, groups_document, groups_told

ROW = {"group": "12-24", "labels": 10, "matched": 4, "detections": 6, "hmean": 0.5, "recall": 0.4, "worst": ["a.jpg"]}


def run_with(folder: Path, groups: Any) -> Path:
    write_card(ModelCard(name="run", metrics={"groups": groups}), folder / names.CARD)
    return folder


@pytest.mark.parametrize(("lang", "said"), [("en", "height"), ("zh", "高度")])
def test_each_group_is_a_line_with_its_score_and_its_pictures(tmp_path: Path, lang: str, said: str) -> None:
    run = run_with(tmp_path, {"pictures": 5, "by": {"height": [ROW, {**ROW, "group": "48-", "hmean": None}]}})
    found = card_groups(run)
    assert found is not None
    ((heading, lines),) = groups_told(found, lang)
    assert said in heading
    assert "12-24" in lines[0]
    assert "0.500" in lines[0]
    assert lines[0].endswith("a.jpg")
    assert "–" in lines[1]
    document = groups_document(run)
    assert document is not None
    assert document["by"]["height"][0]["worst"] == ["a.jpg"]


def test_a_look_of_another_version_is_passed_over(tmp_path: Path) -> None:
    found = card_groups(run_with(tmp_path, {"pictures": 5, "by": {"taste": [ROW], "angle": [ROW]}}))
    assert found is not None
    assert len(groups_told(found, "en")) == 1


@pytest.mark.parametrize("groups", [None, "much", {"pictures": 1}, {"pictures": 1, "by": {"height": [{}]}}])
def test_a_card_that_does_not_say_or_is_damaged_tells_nothing(tmp_path: Path, groups: Any) -> None:
    assert card_groups(run_with(tmp_path, groups)) is None
    assert card_groups(tmp_path / "nowhere") is None
