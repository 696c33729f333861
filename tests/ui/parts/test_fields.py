"""Number fields let the schema answer, in place of Gradio's own bounds."""

from __future__ import annotations

from typing import Any, Literal

import gradio as gr
import pytest
from pydantic import BaseModel, Field

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.dotted import bounds
from ocrweb.config.training import TrainingConfig
from ocrweb.ui.parts import fields
from ocrweb.ui.parts.fields import WIDEST
from ocrweb.ui.parts.training_fields import FIELDS


@pytest.mark.parametrize(
    ("name", "kind", "block"), [("epochs", gr.Number, "number"), ("crop_size", gr.Slider, "slider")]
)
def test_an_emptied_number_is_the_default_and_no_number_is_refused(name: str, kind: type, block: str) -> None:
    widget = fields.field(TrainingConfig, name, render=False)
    assert isinstance(widget, kind)
    assert widget.get_block_name() == block
    assert widget.preprocess(None) == TrainingConfig.model_fields[name].default
    assert type(widget)(value=3).preprocess(None) == TrainingConfig.model_fields[name].default  # as an update makes it


def test_a_number_arrives_as_it_was_typed_and_beyond_the_end_of_a_slider_as_that_end() -> None:
    number, slider = (fields.field(TrainingConfig, name, render=False) for name in ("epochs", "crop_size"))
    assert [number.preprocess(value) for value in (-3, 99999)] == [-3, 99999]
    low, high = slider.minimum, slider.maximum
    assert [slider.preprocess(value) for value in (low - 1, low, high, high + 7)] == [low, low, high, high]


def test_each_slider_of_the_page_takes_what_is_typed_beside_it(built_page: gr.Blocks) -> None:
    """Who types 320 has typed 3 for a moment."""
    sliders = [block for block in built_page.blocks.values() if isinstance(block, gr.Slider)]
    assert {"export-height", "dataset-max-side", "training-crop_size"} <= {slider.elem_id for slider in sliders}
    for slider in sliders:
        assert slider.preprocess(slider.minimum - 1) == slider.minimum
        assert slider.preprocess(slider.maximum + 1) == slider.maximum


def test_a_setting_that_may_be_empty_stays_empty() -> None:
    assert fields.field(DecodeOptions, "box_threshold", render=False).preprocess(None) is None


def test_no_training_setting_is_empty_at_first() -> None:
    """Gradio shows an empty number as 0 once its accordion is opened, which would change the run."""
    assert [entry.key for entry in FIELDS if entry.schema.model_fields[entry.name].default is None] == []


def test_all_that_the_schema_allows_can_be_typed() -> None:
    for entry in FIELDS:
        widget = fields.field(entry.schema, entry.name, render=False)
        if isinstance(widget, gr.Slider):
            assert widget.maximum == bounds(entry).high


class Made(BaseModel):
    slider: int = Field(
        0, ge=0, le=WIDEST, json_schema_extra={"label": {"en": "A", "zh": "甲"}, "help": {"en": "a", "zh": "子"}}
    )
    typed: int = Field(0, ge=0, le=WIDEST + 1)
    share: float = Field(0.5, ge=-1, le=1)
    fine: float = Field(0.5, ge=1, le=2, json_schema_extra={"step": 0.001})
    free: int = 4
    switch: bool = True
    word: str = "a"
    choice: Literal["x", "y"] = "y"


@pytest.mark.parametrize(
    ("name", "kind", "seen"),
    [
        ("slider", gr.Slider, {"minimum": 0, "maximum": WIDEST, "step": 1, "value": 0}),
        ("typed", gr.Number, {"minimum": 0, "maximum": WIDEST + 1}),
        ("share", gr.Slider, {"minimum": -1, "maximum": 1, "step": 0.01}),
        ("fine", gr.Number, {"step": 0.001}),
        ("free", gr.Number, {"minimum": None, "value": 4}),
        ("switch", gr.Checkbox, {"value": True}),
        ("word", gr.Textbox, {"value": "a"}),
        ("choice", gr.Dropdown, {"value": "y", "choices": [("x", "x"), ("y", "y")]}),
    ],
)
def test_a_setting_is_a_widget_of_its_kind_with_its_bounds(name: str, kind: type, seen: dict[str, Any]) -> None:
    widget = fields.field(Made, name, render=False)
    assert isinstance(widget, kind)
    assert {key: getattr(widget, key) for key in seen} == seen
    assert widget.elem_id == f"Made-{name}"
    assert fields.field(Made, name, render=False, elem_id="other").elem_id == "other"


def test_the_words_of_a_setting_are_there_in_both_languages_where_it_has_any() -> None:
    for lang, told in (("en", ("A", "a")), ("zh", ("甲", "子"))):
        keys = [f"ocrweb_field_Made_slider_{part}" for part in ("label", "help")]
        assert fields.field_texts(lang, [Made]) == dict(zip(keys, told, strict=True))
