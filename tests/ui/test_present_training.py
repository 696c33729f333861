"""What the page says of a finished run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import RunStatus, write_status
from ocrweb.services.proof import Proof, keep_failure, read_proof
from ocrweb.services.training_view import run_view
from ocrweb.ui.present_training import proof_card, status_card
from tests.services.training_runs import make_run

THRESHOLDS = {"threshold": 0.3, "box_threshold": 0.6, "unclip_ratio": 1.5}


@pytest.mark.parametrize(("new", "base", "said"), [(0.6, 0.7, True), (0.7, 0.6, False), (0.6, None, False)])
def test_a_model_that_is_worse_than_its_base_is_called_so(new: float, base: float | None, said: bool) -> None:
    figures = {"labels": 10, "missed": 2, "new_hmean": new, "pictures": 3, "golden": "ok"}
    figures |= {} if base is None else {"base_hmean": base}
    proof = Proof("run", thresholds=THRESHOLDS, figures=figures, split="test")
    assert ("worse than the base model" in proof_card(proof, "en")) is said
    assert ("不如基础模型" in proof_card(proof, "zh")) is said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why_a_run_ended_or_has_no_proof_is_said_in_the_visitors_language(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worker and keeper spoke English when they wrote it down."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    error = OcrwebError("train.killed", signal="SIGKILL")
    run = make_run()
    write_status(run, RunStatus(state="failed", cause=error.to_record()))
    keep_failure(run, error)
    proof = read_proof(run.name)
    assert proof is not None
    for card in (status_card(run_view(run.name), lang), proof_card(proof, lang)):
        assert error.message(lang) in card
        assert error.hint(lang) in card
