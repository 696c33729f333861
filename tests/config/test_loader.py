"""A setting of a wrong kind is answered in our words, whatever the kind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from ocrweb.config import loader
from ocrweb.config.detection import DecodeOptions
from ocrweb.config.dotted import group_of, nested, place_of, places
from ocrweb.config.loader import allowed, build, parse_overrides, read_yaml
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.errors import OcrwebError

KEYS = [place.key for place in places(TrainingConfig)]
GROUPS = [name for name in TrainingConfig.model_fields if group_of(TrainingConfig, name)]


@pytest.mark.parametrize("value", ["adam", [], {}, -1e9, None], ids=repr)
@pytest.mark.parametrize("key", [*KEYS, *GROUPS])
def test_no_words_of_the_library_reach_a_person(key: str, value: Any) -> None:
    try:
        build(TrainingConfig, nested([(key, value)]))
    except OcrwebError as error:
        for lang in ("en", "zh"):
            said = error.message(lang) + error.hint(lang)
            assert "Input should" not in said
            assert "Options" not in said


def test_a_group_is_answered_with_one_of_its_settings() -> None:
    with pytest.raises(OcrwebError) as caught:
        build(TrainingConfig, {"optimizer": "adam"})
    assert (
        caught.value.message("en") == "optimizer is adam, but allowed is: settings of its own, such as optimizer.kind."
    )


@pytest.mark.parametrize(
    ("settings", "name", "nearest"),
    [
        ({"epoch": 3}, "epoch", "epochs"), ({"ema": {"decya": 1}}, "ema.decya", "ema.decay"), ({"grid": 3}, "grid", "augmentation.tps.grid"),
        ({"augmentation": {"tps": {"gird": 3}}}, "augmentation.tps.gird", "augmentation.tps.grid"), ({"workers": 1}, "workers", "loader.workers"),
        ({"Global": {"epoch_num": 5}}, "Global.epoch_num", "epochs"), ({"Optimizer": {"lr": {"learning_rate": 1}}}, "Optimizer.lr.learning_rate", "learning_rate"),
        ({"lr": 1}, "lr", "learning_rate"), ({"use_gpu": True}, "use_gpu", "device"), ({"loader": {"num_workers": 0}}, "loader.num_workers", "loader.workers"), ({"fp16": True}, "fp16", "optimizer.amp"),
    ],
)  # fmt: skip
def test_an_unknown_setting_is_named_with_its_path_and_where_one_of_that_name_is(
    settings: dict[str, Any], name: str, nearest: str
) -> None:
    with pytest.raises(OcrwebError, match=r"config\.unknown-key") as caught:
        build(TrainingConfig, settings, where="f.yml")
    assert (caught.value.where, caught.value.params) == ("f.yml", {"name": name, "nearest": nearest})


def test_a_settings_file_of_paddleocr_is_told_as_one() -> None:
    whole = {"Global": {}, "Architecture": {}, "Loss": {}}
    with pytest.raises(OcrwebError, match=r"config\.paddleocr-file"):
        build(TrainingConfig, whole, where="det.yml")
    for half in ({"Global": {}}, {"ema": {"Global": {}, "Architecture": {}}}):
        with pytest.raises(OcrwebError, match=r"config\.unknown-key"):
            build(TrainingConfig, half)


@pytest.mark.parametrize(
    ("settings", "name", "expected"),
    [
        ({"epochs": 0}, "epochs", "1 … 10000"), ({"learning_rate": 0}, "learning_rate", "0 … 0.1"), ({"use_tps": "x"}, "use_tps", "true or false"),
        ({"schedule": {"kind": "x"}}, "schedule.kind", "cosine | poly | constant"), ({"schedule": 3}, "schedule", "settings of its own, such as schedule.kind"),
        ({"name": [1]}, "name", "text"), ({"device": "tpu"}, "device", "auto, cpu, gpu, gpu:0, gpu:1 …"),
        ({"augmentation": {"scale_min": 3, "scale_max": 1}}, "augmentation", "scale_min <= scale_max, text_height_min <= text_height_max"),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_with_its_path_and_what_may_stand_there(
    settings: dict[str, Any], name: str, expected: str
) -> None:
    with pytest.raises(OcrwebError, match=r"config\.bad-value") as caught:
        build(TrainingConfig, settings, where="f.yml")
    said = caught.value.params["expected"]
    assert caught.value.params["option"] == (expected.split()[-1] if "such as" in expected else name)
    assert (caught.value.where, caught.value.params["name"]) == ("f.yml", name)
    assert (said if isinstance(said, str) else said.message("en")) == expected


@pytest.mark.parametrize(
    ("schema", "name", "said"),
    [(TrainingConfig, "epochs", "1 … 10000"), (TrainingConfig, "name", ""), (DecodeOptions, "box_threshold", "0 … 1"),
     (DecodeOptions, "shape", "quad | polygon"), (TrainingConfig, "learning_rate", "0 … 0.1"), (TrainingConfig, "nothing", "")],
)  # fmt: skip
def test_what_a_setting_may_be_in_short(schema: Any, name: str, said: str) -> None:
    assert allowed(schema, name) == said


class Open(BaseModel):
    """Settings that may be left open."""

    shape: Literal["a", "b"] | None = None
    number: float | None = Field(default=None, ge=0, le=2)
    words: str | None = None


@pytest.mark.parametrize(("name", "said"), [("shape", "a | b"), ("number", "0 … 2"), ("words", "")])
def test_what_may_be_left_open_has_the_choices_and_the_range_of_what_it_is_else(name: str, said: str) -> None:
    assert allowed(Open, name) == said


def test_a_file_may_be_empty_begin_with_a_mark_and_be_called_by_another_name(tmp_path: Path) -> None:
    path = tmp_path / "s.yml"
    path.write_bytes(b"")
    assert read_yaml(path) == {}
    path.write_bytes(b"\xef\xbb\xbfepochs: 3\n")
    assert read_yaml(path) == {"epochs": 3}
    for content, where in ((b"a: 1\nb: [", "mine:3"), (b"a: \x81", "mine"), (b"- 1", "mine")):
        path.write_bytes(content)
        with pytest.raises(OcrwebError, match=r"config\.no-") as caught:
            read_yaml(path, "mine")
        assert str(caught.value.where).partition(":")[0] == where.partition(":")[0]
    path.write_bytes(b"a: 1\nb: [1\nc: ]")
    with pytest.raises(OcrwebError) as caught:
        read_yaml(path)
    assert caught.value.where == f"{path}:3"


def test_keys_are_trimmed_and_values_read_as_yaml() -> None:
    assert parse_overrides([" epochs = 5", "a.b=[1, x]", "name=a=b", "empty="]) == {
        "epochs": 5, "a": {"b": [1, "x"]}, "name": "a=b", "empty": None,
    }  # fmt: skip
    for word in ("a.=1", ".a=1", "=1", "a"):
        with pytest.raises(OcrwebError, match=r"config\.no-override"):
            parse_overrides([word])


def test_a_dataset_is_an_uploaded_one_by_its_name_or_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for folder in ("home/datasets/mine", "mine", "other"):
        (tmp_path / folder).mkdir(parents=True)
    assert dataset_folder("mine") == tmp_path / "home" / "datasets" / "mine"
    assert dataset_folder("other") == Path("other")
    assert dataset_folder(str(tmp_path / "mine")) == tmp_path / "mine"
    with pytest.raises(OcrwebError, match=r"config\.dataset-missing"):
        dataset_folder("")
    with pytest.raises(OcrwebError, match=r"usage\.missing-path") as caught:
        dataset_folder("absent")
    assert caught.value.params == {"path": "absent", "cwd": str(tmp_path)}


@pytest.mark.parametrize("what", ["folder", "long name", "no rights", "pipe"])
def test_what_is_no_file_that_one_may_read_is_not_blamed_on_its_yaml(tmp_path: Path, what: str) -> None:
    path = {
        "folder": tmp_path,
        "long name": tmp_path / ("n" * 300),
        "no rights": Path("/proc/1/mem"),
        "pipe": tmp_path / "p",
    }[what]
    if what == "pipe":
        os.mkfifo(path)
    with pytest.raises(OcrwebError, match=r"config\.unreadable") as caught:
        read_yaml(path)
    assert caught.value.where == str(path)
    assert "Errno" not in caught.value.params["reason"]


def test_every_other_name_leads_to_a_setting() -> None:
    for name, ours in loader.OTHER_NAMES.items():
        with pytest.raises(OcrwebError) as caught:
            build(TrainingConfig, {name: 1})
        nearest = str(caught.value.params["nearest"])
        assert nearest.rpartition(".")[2] == ours
        assert place_of(TrainingConfig, nearest) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_settings_file_may_be_in_the_encoding_of_any_editor(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.yml").write_bytes("epochs: 3  # 轮数\nname: 发票\n".encode(encoding))
    assert read_yaml(tmp_path / "a.yml") == {"epochs": 3, "name": "发票"}
