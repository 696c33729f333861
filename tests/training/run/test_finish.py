"""The end of a run: no weights that do not work, thresholds from the validation pictures, a card that says all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.runtime.card import CARD_KEY, ModelCard
from ocrweb.training.run import finish
from ocrweb.training.run.checkpoint import RunProgress
from ocrweb.training.run.session import Opened
from tests.training.loops import events
from tests.training.run.ended import Ended


def constant(value: float, size: int = 1) -> np.ndarray:
    return np.full(size, value, np.float32)


BAD: dict[str, tuple[Callable[[dict[str, np.ndarray]], object], str]] = {
    "a tensor is missing": (lambda weights: weights.pop("shift"), "2 / 3"),
    "a tensor of another shape": (lambda weights: weights.update(shift=constant(0.0, 2)), "2 / 3"),
    "no number in a weight": (lambda weights: weights.update(learnt=constant(np.nan)), "NaN"),
    "no number in the map": (lambda weights: weights.update(gain=constant(3e38), shift=constant(3e38)), "NaN"),
    "no number in the loss": (lambda weights: weights.update(learnt=constant(-1.0)), "loss nan"),
}


@pytest.mark.parametrize("complete", [True, False], ids=["complete", "stopped"])
@pytest.mark.parametrize(("spoil", "reason"), BAD.values(), ids=BAD)
def test_weights_that_do_not_work_end_a_run_as_failed_and_leave_no_card(
    ended: Ended, exported: list[dict[str, str]], spoil: Callable[[Any], object], reason: str, complete: bool
) -> None:
    spoil(ended.weights)
    with pytest.raises(OcrwebError) as caught:
        ended.end(complete=complete)
    assert (caught.value.code, caught.value.params["reason"]) == ("train.unusable-weights", reason)
    assert not (ended.run / names.CARD).exists()
    assert exported == []
    assert events(ended.run, "outcome") == []


def test_the_card_says_the_thresholds_that_are_best_on_the_validation_pictures(ended: Ended) -> None:
    ended.end()
    assert ended.card.box_threshold is not None
    assert 0.42 < ended.card.box_threshold < 0.55
    validation = ended.card.metrics["validation"]
    assert (validation["pictures"], validation["held_out"], validation["hmean"]) == (3, True, 1.0)
    assert validation["usual_thresholds"]["hmean"] == 0.0  # at 0.6 nothing of 0.55 is found
    assert (ended.card.threshold, ended.card.unclip_ratio) == (0.3, 1.5)
    assert (ended.card.limit_side, ended.card.mean) == (320, (0.0, 0.0, 0.0))


def test_the_card_says_on_what_the_model_fails_with_the_pictures(ended: Ended) -> None:
    """One thing that is no text is found in each of the three test pictures."""
    ended.end()
    groups = ended.card.metrics["groups"]
    assert groups["pictures"] == 6
    assert set(groups["by"]) == {"height", "angle", "darkness", "crowding", "script"}
    (heights,) = (row for row in groups["by"]["height"] if row["labels"])
    assert (heights["group"], heights["labels"], heights["matched"], heights["recall"]) == ("24-48", 12, 12, 1.0)
    alarms = [row for row in groups["by"]["height"] if row["worst"]]
    assert alarms
    assert all(row["worst"] == ["0.png", "1.png", "2.png"] for row in alarms)
    assert [row["group"] for row in groups["by"]["script"]] == ["latin"]


def test_what_was_learnt_from_says_nothing_of_what_fails(ended: Ended) -> None:
    (ended.dataset / "test_list.txt").write_text("")
    ended.end(held_out=False)
    assert "groups" not in ended.card.metrics


def test_nothing_is_chosen_on_the_test_list(ended: Ended) -> None:
    """The best box threshold for its pictures would be over 0.8; at that of the validation pictures a third is wrong."""
    ended.end()
    test = ended.card.metrics["test"]
    assert test["pictures"] == 3
    assert (test["precision"], test["recall"]) == (pytest.approx(2 / 3, abs=1e-3), 1.0)
    assert test["usual_thresholds"]["precision"] == pytest.approx(2 / 3, abs=1e-3)


def test_a_stopped_run_keeps_what_its_last_evaluation_chose_and_is_not_judged(
    ended: Ended, exported: list[dict[str, str]]
) -> None:
    ended.end(complete=False)
    assert (ended.card.threshold, ended.card.box_threshold, ended.card.unclip_ratio) == (0.31, 0.62, 1.53)
    assert ended.card.metrics == {
        "validation": {"pictures": 3, "held_out": True, "hmean": 0.5, "precision": 0.6, "recall": 0.4},
        "step": 10,
        "epoch": 2,
        "base": {"model": ended.session.config.model, "hmean": 0.25},
    }
    assert events(ended.run, "outcome") == []
    assert len(exported) == 1


def test_the_exported_file_carries_the_same_card_without_names_of_pictures(
    ended: Ended, exported: list[dict[str, str]]
) -> None:
    ended.end()
    (metadata,) = exported
    inside = ModelCard.model_validate(json.loads(metadata[CARD_KEY]))
    assert inside == ended.card.handed_on()
    assert "test" in inside.metrics


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (OcrwebError("export.wrong-network", path="a", operators="LSTM"), "LSTM"),
        (OSError(28, "No space left on device"), "No space left"),
        (RuntimeError("no such operator"), "no such operator"),
    ],
    ids=["coded", "disk", "paddle"],
)
def test_a_failed_export_is_a_warning_for_the_weights_serve_too(
    ended: Ended, monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(finish, "export_onnx", fail)
    ended.end()
    (warning,) = events(ended.run, "warning")
    assert warning["code"] == "train.export-failed"
    assert reason in str(warning["params"]["reason"])
    assert ended.card.metrics["test"]["pictures"] == 3


@pytest.mark.parametrize("text", ["", "\n \n", None], ids=["empty", "blank", "none"])
def test_without_a_test_list_the_card_has_no_test_score(ended: Ended, text: str | None) -> None:
    path = ended.dataset / "test_list.txt"
    path.unlink() if text is None else path.write_text(text)
    ended.end()
    assert "test" not in ended.card.metrics
    assert events(ended.run, "warning") == []


def test_a_test_list_that_cannot_be_read_is_a_warning(ended: Ended) -> None:
    (ended.dataset / "test_list.txt").write_text("test_images/0.png test_gts/nowhere.txt\n")
    ended.end()
    assert len(events(ended.run, "warning")) == 1
    assert "test" not in ended.card.metrics
    assert ended.card.metrics["validation"]["hmean"] == 1.0


def test_a_run_without_any_best_weights_ends_without_a_card(ended: Ended, exported: list[dict[str, str]]) -> None:
    made = Opened(ended.session, RunProgress(), None, None, None, ended.dataset)  # type: ignore[arg-type]
    finish.finish_run(made, RunProgress(), complete=False)
    assert not (ended.run / names.CARD).exists()
    assert exported == []


def test_the_card_says_what_the_model_is_and_where_it_comes_from(ended: Ended) -> None:
    ended.end()
    card, model = ended.card, ended.session.config.model
    assert (card.name, card.architecture, card.limit_type) == ("run", ModelCard(name="base").architecture, "max")
    assert card.description == {"en": f"{model} trained on data", "zh": f"{model}，在 data 上训练"}
    assert card.source == f"{model} + data"
    assert (card.metrics["step"], card.metrics["epoch"]) == (10, 2)
    assert card.metrics["base"] == {"model": model, "hmean": 0.25}


def test_a_test_score_has_an_interval_with_what_chance_explains(ended: Ended) -> None:
    ended.end()
    test = ended.card.metrics["test"]
    low, high = test["interval"]
    assert low <= test["hmean"] <= high
    assert [round(low, 4), round(high, 4)] == [low, high]


@pytest.mark.parametrize(("most", "groups", "outcome"), [(1, 4, 1), (2, 5, 2), (60, 6, 3)])
def test_an_outcome_and_its_groups_look_at_so_many_test_pictures(
    ended: Ended, monkeypatch: pytest.MonkeyPatch, most: int, groups: int, outcome: int
) -> None:
    monkeypatch.setattr(finish, "TESTED", most)
    ended.end()
    assert ended.card.metrics["groups"]["pictures"] == groups
    assert ended.card.metrics["test"]["pictures"] == 3
    other = Ended(ended.run.parent / "other")
    other.end(held_out=False)
    (told,) = events(other.run, "outcome")
    assert told["pictures"] == outcome


@pytest.mark.parametrize("best", [True, False])
def test_a_run_from_nothing_has_no_base_to_be_compared_with(
    ended: Ended, monkeypatch: pytest.MonkeyPatch, best: bool
) -> None:
    monkeypatch.delattr(finish, "load_base")
    ended.best["step"] = 10 if best else 0
    ended.end(pretrained=False)
    (outcome,) = events(ended.run, "outcome")
    assert outcome["base_thresholds"] is None
    assert "base_hmean" not in outcome
    assert outcome["outcome"] == "improved"
    assert "base" not in ended.card.metrics
