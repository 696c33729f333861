"""The end of a run: whether it helped, by one rule, and what that proves."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import Architecture
from ocrweb.rundir import names
from ocrweb.runtime.card import ModelCard
from ocrweb.training.learn.base import Base
from ocrweb.training.run import finish
from tests.training.loops import events
from tests.training.run.ended import Brightness, Ended, draw


def test_whether_training_helped_is_said_by_one_rule_for_both(ended: Ended) -> None:
    ended.end()
    (outcome,) = events(ended.run, "outcome")
    assert (outcome["outcome"], outcome["hmean"], outcome["base_hmean"]) == ("improved", 1.0, 0.0)
    assert outcome["pictures"] == 3
    assert set(outcome["base_thresholds"]) == {"threshold", "box_threshold", "unclip_ratio"}


def doubts(ended: Ended) -> tuple[list[str], str, str]:
    """Codes of the warnings, the outcome and what its last line says."""
    (outcome,) = events(ended.run, "outcome")
    told = next(line for line in (ended.run / names.LOG).read_text().splitlines() if line.startswith("outcome: "))
    return [event["code"] for event in events(ended.run, "warning")], outcome["outcome"], told.rpartition(", ")[2]


def test_a_run_judged_on_what_it_learnt_from_is_judged_by_the_test_list_instead(ended: Ended) -> None:
    ended.end(held_out=False)
    (outcome,) = events(ended.run, "outcome")
    assert (outcome["outcome"], outcome["hmean"], outcome["pictures"]) == ("improved", pytest.approx(0.8), 3)


def test_and_proves_nothing_without_one_or_with_copies_in_it(ended: Ended) -> None:
    shutil.rmtree(ended.dataset / "test_images")
    shutil.copytree(ended.dataset / "train_images", ended.dataset / "test_images")
    ended.end(held_out=False)
    assert doubts(ended) == (["train.doubt-learnt-from"], "nothing", "doubt: learnt-from")


def test_a_test_list_of_the_validation_pictures_is_no_test_either(ended: Ended) -> None:
    shutil.rmtree(ended.dataset / "test_images")
    shutil.copytree(ended.dataset / "train_images", ended.dataset / "test_images")
    ended.end(held_out=False, trained=False)
    assert doubts(ended) == (["train.doubt-learnt-from"], "nothing", "doubt: learnt-from")


def test_a_training_that_collapsed_after_its_best_weights_has_them_judged(ended: Ended) -> None:
    ended.end(collapsed=2)
    assert doubts(ended)[:2] == ([], "improved")


def test_one_that_collapsed_and_never_surpassed_its_base_has_made_it_worse(ended: Ended) -> None:
    ended.best["step"] = 0
    ended.end(collapsed=2)
    assert doubts(ended)[1] == "worse"


def test_a_result_that_the_test_list_contradicts_is_worse(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    """The base finds all of the test list at its own thresholds; the result has learnt to find nothing there."""
    bright = Base(Brightness(gain=0.95), Architecture("onnx"), ModelCard(name="base"), pretrained=True)
    monkeypatch.setattr(finish, "load_base", lambda model: bright)
    shutil.rmtree(ended.dataset / "test_images")
    shutil.rmtree(ended.dataset / "test_gts")
    draw(ended.dataset, "test", text=0.56, other=0.3)
    ended.weights["shift"] = np.full(1, -0.2, np.float32)
    ended.weights["gain"] = np.full(1, 1.4, np.float32)
    ended.end()
    assert doubts(ended)[1] in {"worse", "nothing"}


def test_the_bases_own_weights_are_compared_with_themselves(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(finish, "load_base")  # they are in the run already
    ended.best["step"] = 0
    ended.end()
    (outcome,) = events(ended.run, "outcome")
    assert outcome["outcome"] in {"thresholds", "nothing"}
    assert outcome["hmean"] == outcome["base_hmean"] == 1.0


def test_a_base_that_is_gone_is_a_warning(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(model: str) -> Base:
        raise OcrwebError("model.unknown", name=model, nearest="latest")

    monkeypatch.setattr(finish, "load_base", gone)
    ended.end()
    assert [event["code"] for event in events(ended.run, "warning")] == ["model.unknown"]
    assert events(ended.run, "outcome") == []
    assert 0.42 < (ended.card.box_threshold or 0) < 0.55
