"""What a run starts from by the name of its model, and which tensors have learnt nothing yet."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config.groups.evaluation import EvaluationOptions
from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.training.learn import base
from ocrweb.training.learn.base import input_rule, load_base

GONE = OcrwebError("image.empty")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """entry: of the catalogue; report: of reading weights; source: what was built."""
    told: dict[str, Any] = {"entry": {}, "report": None}
    model = SimpleNamespace(state_dict=lambda: {"backbone.a": 1, "threshold.b": 2})

    def resolve(name: str) -> Any:
        plain = {"files": {}, "missing": None, "card": ModelCard(name=name, architecture="arch")}
        return SimpleNamespace(**{**plain, **told["entry"]})

    def build(source: str) -> Any:
        told["source"] = source
        return model, f"architecture of {source}", told["report"]

    monkeypatch.setattr(base, "resolve", resolve)
    monkeypatch.setattr(base, "build_model", build)
    return told


REPORT = SimpleNamespace(missing=["a"], reshaped=[SimpleNamespace(name="b")])


@pytest.mark.parametrize(
    ("name", "entry", "report", "source", "fresh"),
    [
        (DEFAULT, {}, None, DEFAULT, {"threshold.b"}),
        (DEFAULT, {"files": {"weights": Path("/w")}}, None, DEFAULT, {"threshold.b"}),
        ("run", {"files": {"weights": Path("/w"), "onnx": Path("/o")}}, REPORT, "/w", {"a", "b"}),
        (HOUSE, {"files": {"weights": Path("/w")}}, REPORT, "/w", {"a", "b"}),
        (HOUSE, {"files": {"onnx": Path("/o")}}, None, HOUSE, {"backbone.a", "threshold.b"}),
        ("theirs", {"files": {"onnx": Path("/o")}}, None, "/o", {"threshold.b"}),
        ("theirs", {"files": {"onnx": Path("/o")}, "missing": GONE}, None, "/o", {"threshold.b"}),
    ],
)
def test_a_base_is_built_of_the_best_that_there_is(
    name: str, entry: Any, report: Any, source: str, fresh: set[str], built: dict[str, Any]
) -> None:
    built |= {"entry": entry, "report": report}
    made = load_base(name)
    assert (built["source"], made.architecture, made.fresh, made.report) == (source, f"architecture of {source}", fresh, report)  # fmt: skip
    assert made.pretrained is (source != HOUSE)
    assert made.card.name == name


@pytest.mark.parametrize(
    ("name", "entry", "code"),
    [
        (DEFAULT, {"missing": GONE}, "image.empty"), ("theirs", {"missing": GONE}, "image.empty"), ("theirs", {}, "train.not-trainable"),
        ("theirs", {"files": {"paddle": Path("/p")}}, "train.not-trainable"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_from_is_said_to_be_so(name: str, entry: Any, code: str, built: dict[str, Any]) -> None:
    built["entry"] = entry
    with pytest.raises(OcrwebError) as refused:
        load_base(name)
    assert refused.value.code == code
    assert "source" not in built


def test_only_the_house_model_starts_from_nothing(built: dict[str, Any]) -> None:
    made = load_base(HOUSE, random_weights=True)
    assert (made.pretrained, made.fresh) == (False, {"backbone.a", "threshold.b"})
    assert (made.card.name, made.card.architecture) == (HOUSE, "arch")
    with pytest.raises(OcrwebError, match=r"pretrain\.no-random-start"):
        load_base("theirs", random_weights=True)


@pytest.mark.parametrize(
    ("given", "side", "limit_type"),
    [({}, 736, "min"), ({"limit_side": 640}, 640, "min"), ({"limit_type": "max"}, 736, "max"), ({"limit_side": 640, "limit_type": "max"}, 640, "max")],
)  # fmt: skip
def test_pictures_are_given_as_the_base_wants_them_unless_the_settings_say_otherwise(given: Any, side: int, limit_type: str) -> None:  # fmt: skip
    card = ModelCard(name="a", limit_side=736, limit_type="min", mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6))
    rule = input_rule(card, EvaluationOptions(**given))
    assert (rule.resize.limit_side, rule.resize.limit_type) == (side, limit_type)
    assert (rule.mean, rule.std) == (card.mean, card.std)
