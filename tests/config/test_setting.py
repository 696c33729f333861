"""A setting carries what a form, a flag and a table need of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ocrweb.config.setting import setting


class Bare(BaseModel):
    model_config = ConfigDict(frozen=True)
    bare: int = setting(3, en="Size", zh="大小")
    whole: float = setting(
        0.5, en="Share", zh="比例", help_en="Of all.", help_zh="占比。", ge=0, le=1, gt=-1, step=0.25, advanced=True
    )


def test_what_is_not_said_is_empty_and_shown_at_once() -> None:
    field = Bare.model_fields["bare"]
    assert field.json_schema_extra == {
        "label": {"en": "Size", "zh": "大小"}, "help": {"en": "", "zh": ""}, "step": None, "advanced": False,
    }  # fmt: skip
    assert (field.default, field.description, field.metadata) == (3, "Size", [])


def test_what_is_said_comes_back() -> None:
    field = Bare.model_fields["whole"]
    assert field.json_schema_extra == {
        "label": {"en": "Share", "zh": "比例"}, "help": {"en": "Of all.", "zh": "占比。"}, "step": 0.25, "advanced": True,
    }  # fmt: skip
    assert (field.default, field.description) == (0.5, "Of all.")
    assert sorted(str(rule) for rule in field.metadata) == ["Ge(ge=0)", "Gt(gt=-1)", "Le(le=1)"]
