"""What a proof does, without a browser: shown, used, exported, made again."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.proof import FOLDER, Proof
from tests.services.training.made_runs import make_run
from tests.ui.desk import Desk
from tests.ui.training.runs_on_desk import FIRST, SECOND, VERDICT, look, shown

pytestmark = pytest.mark.usefixtures("runs_home")


def test_a_proof_is_shown_used_and_taken_to_the_export(desk: Desk) -> None:
    run = make_run(FIRST)
    write_card(ModelCard(name="first", threshold=0.35), run / names.CARD)
    look(desk)
    assert desk.look("training-proof")
    assert "ocrweb-note" in desk["training-proof-card"]
    figures = {
        "labels": 10,
        "missed": 2,
        "new_hmean": 0.9,
        "pictures": 3,
        "golden": "ok",
        "outcome": "nothing",
        "verdict": VERDICT,
    }
    proof = Proof(
        FIRST, thresholds={"threshold": 0.35, "box_threshold": 0.6, "unclip_ratio": 1.5}, figures=figures, split="test"
    )
    (run / FOLDER).mkdir()
    (run / FOLDER / "proof.json").write_text(json.dumps(asdict(proof)), encoding="utf-8")
    look(desk)
    assert "0.9" in desk["training-proof-card"]
    assert desk.look("training-use", "variant") == "secondary"
    assert not desk.look("training-compared")
    better = replace(proof, figures=figures | {"outcome": "improved"}, compared=((str(run / names.CONFIG), "1 / 2"),))
    (run / FOLDER / "proof.json").write_text(json.dumps(asdict(better)) + " ", encoding="utf-8")
    os.utime(run / FOLDER / "proof.json", ns=(1, 1))
    look(desk)
    assert desk.look("training-use", "variant") == "primary"
    assert desk.look("training-compared")
    assert not desk.look("training-back")
    desk.click("training-use")
    assert desk["single-model"] == desk["batch-model"] == FIRST
    assert desk["single-threshold"] == desk["batch-threshold"] == 0.35
    assert desk.look("tabs", "selected") == "single"
    desk.click("training-export")
    assert (desk["export-model"], desk.look("tabs", "selected")) == (FIRST, "exporting")
    make_run(SECOND, "running")
    shown(desk, SECOND)
    assert not desk.look("training-proof")


def test_a_proof_is_made_again_or_what_hinders_it_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(FIRST)
    asked: list[str] = []

    def make(name: str) -> None:
        asked.append(name)
        raise OcrwebError("usage.disk-full", path="/data")

    monkeypatch.setattr("ocrweb.ui.training.proof.proof.make_proof", make)
    desk.click("training-prove")
    assert (asked, "No space is left" in desk["training-proof-card"]) == ([FIRST], True)
    monkeypatch.setattr("ocrweb.ui.training.proof.proof.make_proof", asked.append)
    desk.click("training-prove")
    assert "ocrweb-note" in desk["training-proof-card"]
    training_jobs.delete(FIRST)
    desk.click("training-prove")
    assert (desk["training-proof-card"], len(asked)) == ("", 2)
