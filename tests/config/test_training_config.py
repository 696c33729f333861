from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocrweb import messages
from ocrweb.config.documented import documented_yaml
from ocrweb.config.loader import build, dump_yaml, merge, parse_overrides, read_yaml
from ocrweb.config.presets import PRESETS, preset
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError

SHIPPED = Path(__file__).parent.parent.parent / "configs" / "det_db.yml"


def built(*words: str) -> TrainingConfig:
    return build(TrainingConfig, parse_overrides(words))


def test_a_new_user_gets_the_safe_start() -> None:
    config = TrainingConfig()
    assert (config.batch_size, config.epochs, config.learning_rate) == (2, 20, 0.001)
    assert build(TrainingConfig, preset("safe")) == config


def test_the_reference_settings_can_be_chosen() -> None:
    config = build(TrainingConfig, preset("reference"))
    assert (config.batch_size, config.epochs, config.learning_rate) == (8, 5, 0.007)


def test_presets_take_as_long_as_their_names_in_the_form_say() -> None:
    limits = {name: build(TrainingConfig, preset(name)).max_minutes for name in ("documents", "street", "safe")}
    assert limits == {"documents": 40, "street": 60, "safe": 0}
    assert "40 minutes" in messages.text("ui_training.preset-documents", "en")
    assert "hour" in messages.text("ui_training.preset-street", "en")


@pytest.mark.parametrize(("lang", "time"), [("en", "minute|hour"), ("zh", "分钟|小时")])
def test_every_preset_says_how_long_it_takes(lang: str, time: str) -> None:
    silent = [name for name in PRESETS if not re.search(time, messages.text(f"ui_training.preset-{name}", lang))]
    assert not silent


def test_real_pictures_are_learnt_with_the_loss_that_parts_neighbours() -> None:
    assert {name: build(TrainingConfig, preset(name)).loss.main for name in ("safe", "documents", "street")} == {
        "safe": "dice",
        "documents": "bce",
        "street": "bce",
    }


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_valid(name: str) -> None:
    build(TrainingConfig, preset(name))


def test_the_file_for_a_gpu_is_the_published_schedule_that_the_manual_counts_with() -> None:
    config = build(TrainingConfig, read_yaml(SHIPPED.with_name("icdar2015_gpu.yml")))
    assert (config.batch_size, config.crop_size, config.epochs, config.learning_rate) == (16, 640, 1200, 0.007)
    assert (config.optimizer.kind, config.schedule.kind, config.schedule.power) == ("sgd", "poly", 0.9)
    assert (config.model, config.device, config.evaluation.validation_ratio) == ("db-resnet18", "gpu", 0.05)
    steps = 950 // config.batch_size * config.epochs
    for page in ("training.md", "training_zh.md"):
        assert f"{round(steps, -3):,}" in (SHIPPED.parents[1] / "docs" / page).read_text(encoding="utf-8")


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(OcrwebError) as caught:
        preset("smallgpu")
    assert "small-gpu" in caught.value.hint("en")


def test_the_shipped_file_is_the_defaults_with_every_setting_explained() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == documented_yaml(TrainingConfig())
    assert build(TrainingConfig, read_yaml(SHIPPED)) == TrainingConfig()


def test_words_of_the_command_line_reach_every_depth() -> None:
    config = built(
        "epochs=3", "epochs=5", "ema.decay=0.9", "augmentation.tps.strength=0.05", "use_tps=True", "name=2024"
    )
    assert (config.epochs, config.ema.decay, config.augmentation.tps.strength) == (5, 0.9, 0.05)
    assert (config.use_tps, config.name) == (True, "2024")


def test_a_config_comes_back_from_its_yaml() -> None:
    config = built("dataset=票据", "learning_rate=1e-4", "optimizer.kind=sgd")
    assert config.learning_rate == 1e-4
    assert build(TrainingConfig, yaml.safe_load(dump_yaml(config))) == config
    assert build(TrainingConfig, yaml.safe_load(documented_yaml(config))) == config


@pytest.mark.parametrize(("written", "kept"), [("on", "on"), ("off", "off"), ("auto", "auto")])
def test_on_and_off_may_be_written_plainly(written: str, kept: str) -> None:
    assert built(f"optimizer.freeze_bn={written}").optimizer.freeze_bn == kept


def test_changes_are_laid_over_group_by_group_and_leave_the_base_alone() -> None:
    base = {"ema": {"decay": 0.9}, "loss": {"alpha": 1.0}}
    assert merge(base, {"ema": {"decay": 0.5}, "epochs": 2}) == {
        "ema": {"decay": 0.5},
        "loss": {"alpha": 1.0},
        "epochs": 2,
    }
    assert base == {"ema": {"decay": 0.9}, "loss": {"alpha": 1.0}}


@pytest.mark.parametrize(
    ("word", "path", "nearest"),
    [
        ("batchsize=2", "batchsize", "batch_size"),
        ("pretrain_weights=x", "pretrain_weights", "targets"),
        ("optimizer.clip=1", "optimizer.clip", "optimizer.clip_norm"),
        ("augmentation.tps.strenght=1", "augmentation.tps.strenght", "augmentation.tps.strength"),
        ("tps.strength=1", "tps", "augmentation.tps"),
        ("workers=0", "workers", "loader.workers"),
    ],
)
def test_an_unknown_key_is_named_with_its_path_and_the_nearest_one(word: str, path: str, nearest: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        built(word)
    assert caught.value.code == "config.unknown-key"
    assert path in caught.value.message("en")
    assert nearest in caught.value.hint("en") or path == "pretrain_weights"


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("batch_size=0", "1 … 256"),
        ("epochs=many", "1 … 10000"),
        ("learning_rate=1", "0 … 0.1"),
        ("seed=2147483648", "0 … 2147483647"),
        ("seed=-1", "0 … 2147483647"),
        ("crop_size=2080", "64 … 2048"),
        ("max_minutes=100001", "0 … 100000"),
        ("schedule.kind=exponential", "cosine | poly | constant"),
        ("device=tpu", "auto, cpu, gpu"),
        ("use_tps=perhaps", "true or false"),
        ("optimizer=adam", "settings of its own, such as optimizer.kind"),
    ],
)
def test_a_bad_value_says_what_is_allowed(word: str, allowed: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        built(word)
    assert caught.value.code == "config.bad-value"
    assert allowed in caught.value.message("en")


@pytest.mark.parametrize("words", [("scale_min=1.5", "scale_max=1.2"), ("text_height_min=40", "text_height_max=20")])
def test_a_range_that_ends_before_it_begins_is_refused_by_its_rule(words: tuple[str, str]) -> None:
    with pytest.raises(OcrwebError) as caught:
        built(*(f"augmentation.{word}" for word in words))
    assert caught.value.code == "config.bad-value"
    assert "scale_min <= scale_max, text_height_min <= text_height_max" in caught.value.message("en")
    low, high = (word.split("=") for word in words)
    assert built(f"augmentation.{low[0]}={high[1]}", f"augmentation.{high[0]}={high[1]}")  # a range of one value is one


def test_a_crop_that_is_no_multiple_of_32_names_the_nearest() -> None:
    with pytest.raises(OcrwebError) as caught:
        built("crop_size=600")
    assert "608" in caught.value.hint("en")


@pytest.mark.parametrize("word", ["epochs", "=3", "a..b=1", "epochs=[1", "name=2024-99-99"])
def test_words_of_another_form_are_refused(word: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        parse_overrides([word])
    assert caught.value.code == "config.no-override"


@pytest.mark.parametrize(
    ("content", "code"), [("a: [1", "config.no-yaml"), ("- 1", "config.no-mapping"), ("\t: 1", "config.no-yaml")]
)
def test_a_file_that_is_no_settings_file_is_refused_with_its_place(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "settings.yml"
    path.write_text(content)
    with pytest.raises(OcrwebError) as caught:
        read_yaml(path)
    assert caught.value.code == code
    assert str(path) in str(caught.value.where)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        read_yaml(tmp_path / "absent.yml")
    assert caught.value.code == "usage.missing-path"


def test_every_setting_has_label_and_help_in_both_languages() -> None:
    def check(schema: Any) -> None:
        for name, field in schema.model_fields.items():
            if hasattr(field.annotation, "model_fields"):
                check(field.annotation)
                continue
            extra = field.json_schema_extra
            assert field.description == (extra["help"]["en"] or extra["label"]["en"]), "programs are told it too"
            for lang in ("en", "zh"):
                assert extra["label"][lang], f"{schema.__name__}.{name}"
                assert extra["help"][lang], f"{schema.__name__}.{name}"

    check(TrainingConfig)
