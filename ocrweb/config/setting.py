"""Declare a setting once: default, bounds, label and help in both languages."""

from __future__ import annotations

from typing import Any

from pydantic import Field


def setting(
    default: Any,
    *,
    en: str,
    zh: str,
    help_en: str = "",
    help_zh: str = "",
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    step: float | None = None,
    advanced: bool = False,
) -> Any:
    """A pydantic field that also carries what a form, a flag and a README table need.

    en, zh: short labels. help_en, help_zh: one sentence. step: granularity of a slider. advanced: hidden until asked for.
    """
    extra: dict[str, Any] = {
        "label": {"en": en, "zh": zh},
        "help": {"en": help_en, "zh": help_zh},
        "step": step,
        "advanced": advanced,
    }
    return Field(default, ge=ge, le=le, gt=gt, description=help_en or en, json_schema_extra=extra)
