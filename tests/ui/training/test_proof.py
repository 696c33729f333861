"""A picture of a proof is looked at with labels, misses and false alarms over it, and leads to its labels."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.services.training.looks import JudgedBox, Look
from ocrweb.services.training.proof import FOLDER, Proof
from ocrweb.ui.training.proof import open_picture
from tests.data.corpus import make_good
from tests.services.training.made_runs import make_run

VISITOR: Any = SimpleNamespace(headers={"accept-language": "en"})
BOX = JudgedBox("missed", ((1.0, 2.0), (30.0, 2.0), (30.0, 12.0), (1.0, 12.0)))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    make_good(tmp_path / "datasets" / "shop")
    run = make_run()
    names = {"train_1.jpg": "train_images/1.jpg", "train_2.jpg": "train_images/gone.jpg"}
    looks = {file: Look(name, run.name, (BOX,), ("base", ())).to_dict() for file, name in names.items()}
    shown = tuple((f"train_{number}.jpg", "1 / 2") for number in (1, 2, 3))
    (run / FOLDER).mkdir()
    proof = Proof(run.name, back_test=shown, dataset="shop", looks=looks)
    (run / FOLDER / "proof.json").write_text(json.dumps(asdict(proof)), encoding="utf-8")
    return run.name


def opened(run: str, index: int) -> str:
    event: Any = SimpleNamespace(index=index)
    return open_picture("back_test", run, event, VISITOR)


def test_a_picture_of_the_back_test_shows_what_was_missed_and_leads_to_its_labels(run: str) -> None:
    (attribute,) = re.findall(r'data-document="([^"]*)"', opened(run, 0))
    document = json.loads(html.unescape(attribute))
    assert [box["kind"] for box in document["boxes"]] == ["missed"]
    assert (document["name"], document["other"]["name"]) == (run, "base")
    assert document["edit"] == "labels/edit?dataset=shop&picture=train_images%2F1.jpg"


def test_a_picture_that_is_gone_and_a_proof_of_before_are_told(run: str) -> None:
    assert "image.missing" in opened(run, 1)
    assert "judge the run again" in opened(run, 2)
    assert opened(run, 3) == opened("none", 0) == ""
