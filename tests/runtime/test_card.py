"""A model's card: its defaults, what is wrong with one in a line, and what stays in the house."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import CARD_KEY, ModelCard, embed_card, read_card, write_card
from tests.runtime.networks import save_brightness


def test_a_card_says_only_its_name_and_means_these() -> None:
    assert ModelCard(name="m").model_dump() == {
        "name": "m", "architecture": "", "description": {}, "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225),
        "limit_side": 1280, "limit_type": "max", "threshold": None, "box_threshold": None, "unclip_ratio": None, "bf16": True,
        "licence": "Apache-2.0", "source": "", "metrics": {},
    }  # fmt: skip
    with pytest.raises(ValueError, match="frozen"):
        ModelCard(name="m").name = "n"  # type: ignore[misc]


def test_a_card_comes_back_and_leaves_out_what_is_not_recommended(tmp_path: Path) -> None:
    card = ModelCard(name="票据", threshold=0.25, metrics={"hmean": 0.9, "groups": {"low": 1}}, bf16=False)
    write_card(card, tmp_path / "model.yml")
    text = (tmp_path / "model.yml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "name: 票据"
    assert "box_threshold" not in text
    assert read_card(tmp_path / "model.yml") == card


def test_on_which_pictures_it_fails_stays_here() -> None:
    card = ModelCard(name="m", metrics={"hmean": 0.9, "groups": {"low": 1}})
    assert card.handed_on().metrics == {"hmean": 0.9}
    assert json.loads(card.embedded())["metrics"] == {"hmean": 0.9}
    assert "threshold" not in json.loads(card.embedded())
    assert card.metrics.keys() == {"hmean", "groups"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [("name: [", ""), ("limit_side: x\nname: m", "limit_side: "), ("mean: [1, 2]\nname: m", "mean.2: "), ("[]", ""), ("", ""),
     ("name: m\nlimit_type: other", "limit_type: ")],
)  # fmt: skip
def test_a_card_that_is_none_says_what_is_wrong_in_it_first(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "model.yml"
    path.write_text(content)
    with pytest.raises(OcrwebError, match=r"model\.bad-card") as caught:
        read_card(path)
    assert caught.value.where == str(path)
    assert caught.value.params["reason"].startswith(reason)
    assert len(caught.value.params["reason"]) <= 200
    with pytest.raises(OcrwebError, match=r"model\.bad-card"):
        read_card(tmp_path / "absent.yml")


def test_what_a_newer_version_wrote_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "model.yml").write_text(yaml.safe_dump({"name": "m", "later": 1}))
    assert read_card(tmp_path / "model.yml") == ModelCard(name="m")


def test_a_card_in_a_network_takes_the_place_of_the_one_there_and_leaves_the_rest(tmp_path: Path) -> None:
    import onnx

    path = save_brightness(tmp_path / "m.onnx", card=ModelCard(name="old"))
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {"made by": "us", CARD_KEY: "{}"})
    onnx.save(model, str(path))
    embed_card(ModelCard(name="new"), path)
    known = {item.key: item.value for item in onnx.load(str(path)).metadata_props}
    assert known.keys() == {"made by", CARD_KEY}
    assert json.loads(known[CARD_KEY])["name"] == "new"


def test_a_setting_that_stands_there_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    path = tmp_path / "model.yml"
    path.write_text("name: m\nthreshold: 0.2\nbf16: true\nthreshold: 0.3\n")
    with pytest.raises(OcrwebError) as caught:
        read_card(path)
    assert (caught.value.code, caught.value.where) == ("model.bad-card", f"{path}:4")
    for lang in ("en", "zh"):
        assert "threshold" in caught.value.message(lang)
        assert "2" in caught.value.message(lang)
