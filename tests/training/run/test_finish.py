"""The end of a run: no weights that do not work, thresholds from the validation pictures, a card that says all of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import paddle
import pytest
from paddle import nn

from ocrweb.config.detection import ResizeOptions
from ocrweb.data.icdar import read_split
from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import Architecture
from ocrweb.model.output import DBOutput
from ocrweb.model.pdparams import write_pdparams
from ocrweb.rundir import names
from ocrweb.runtime.card import CARD_KEY, ModelCard, read_card
from ocrweb.runtime.seeing import InputRule
from ocrweb.training.feed.holdout import Parts
from ocrweb.training.learn.base import Base
from ocrweb.training.run import finish
from ocrweb.training.run.checkpoint import RunProgress
from ocrweb.training.run.session import Opened
from tests.training.loops import events, opened

WIDTH, HEIGHT = 320, 256
LATER = {"hmean": 0.5, "precision": 0.6, "recall": 0.4, "threshold": 0.31, "box_threshold": 0.62, "unclip_ratio": 1.53}


class Brightness(nn.Layer):
    """A detector that says how bright a picture is, so that a drawing decides what it finds."""

    def __init__(self, gain: float = 1.0, learnt: float = 1.0) -> None:
        super().__init__()
        self.gain = self._constant(gain)
        self.shift = self._constant(0.0)
        self.learnt = self._constant(learnt)

    def _constant(self, value: float) -> paddle.Tensor:
        return self.create_parameter([1], default_initializer=nn.initializer.Constant(value))

    def forward(self, x: paddle.Tensor) -> paddle.Tensor | DBOutput:
        probability = x.mean(axis=1, keepdim=True) * self.gain + self.shift
        if not self.training:
            return probability
        maps = nn.functional.sigmoid(probability) * self.learnt.log().exp()  # no number below zero
        return DBOutput(maps, maps, maps)


def draw(root: Path, split: str, text: float, other: float) -> None:
    """A split of three pictures: kernels of two labelled texts and of one thing that is none, at these probabilities."""
    lines = []
    for folder in ("images", "gts"):
        (root / f"{split}_{folder}").mkdir(parents=True)
    for number in range(3):
        canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        boxes = [(20, 20 + 4 * number, text), (20, 120, text), (180, 200, other)]
        for x, y, probability in boxes:
            cv2.rectangle(canvas, (x + 8, y + 8), (x + 92, y + 16), (round(255 * probability),) * 3, cv2.FILLED)
        cv2.imwrite(str(root / f"{split}_images/{number}.png"), canvas)
        labels = [f"{x},{y},{x + 100},{y},{x + 100},{y + 24},{x},{y + 24},text\n" for x, y, _ in boxes[:2]]
        (root / f"{split}_gts/{number}.txt").write_text("".join(labels))
        lines.append(f"{split}_images/{number}.png {split}_gts/{number}.txt\n")
    (root / f"{split}_list.txt").write_text("".join(lines))


class Ended:
    """A run that has done its steps: made of ``changes`` on working weights, finished by `end`."""

    def __init__(self, folder: Path) -> None:
        self.run = folder / "run"
        self.dataset = folder / "data"
        draw(self.dataset, "train", text=0.55, other=0.42)
        draw(self.dataset, "test", text=0.95, other=0.8)  # where the best box threshold is another one
        self.session = opened(self.run)._s
        self.weights = {name: np.ones(1, np.float32) for name in ("gain", "learnt")} | {
            "shift": np.zeros(1, np.float32)
        }
        self.best: dict[str, Any] = {**LATER, "step": 10, "epoch": 2}

    def end(self, *, complete: bool = True, held_out: bool = True, trained: bool = True, collapsed: int = 0) -> None:
        write_pdparams(self.weights, self.run / names.BEST)
        validation = tuple(read_split(self.dataset, "train"))
        rule = InputRule(ResizeOptions(limit_side=320), (0.0,) * 3, (1.0,) * 3)
        base = Base(Brightness(), Architecture("onnx"), ModelCard(name="base"), pretrained=True)
        progress = RunProgress(best=self.best, base_hmean=0.25, collapsed=collapsed)
        parts = Parts(validation if trained else (), validation, held_out)
        made = Opened(self.session, progress, base, parts, rule, self.dataset)
        finish.finish_run(made, progress, complete=complete)

    @property
    def card(self) -> ModelCard:
        return read_card(self.run / names.CARD)


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The metadata of each ONNX file that was asked for."""
    asked: list[dict[str, str]] = []

    def export(network: nn.Layer, path: Path, *, metadata: dict[str, str]) -> None:
        assert not network.training
        path.write_bytes(b"onnx")
        asked.append(metadata)

    monkeypatch.setattr(finish, "export_onnx", export)
    return asked


@pytest.fixture
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exported: list[dict[str, str]]) -> Ended:
    monkeypatch.setattr(finish, "new_layer", lambda architecture: Brightness(gain=0.0))
    dim = Base(Brightness(gain=0.1), Architecture("onnx"), ModelCard(name="base"), pretrained=True)
    monkeypatch.setattr(finish, "load_base", lambda model: dim)
    return Ended(tmp_path)


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
