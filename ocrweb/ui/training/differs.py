"""In what the form's settings differ from the preset that they are nearest to."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocrweb.config.loader import merge
from ocrweb.config.presets import PRESETS, preset
from ocrweb.config.training import TrainingConfig
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.training_fields import field_label, values_of

KEPT = ("dataset", "model", "name", "unlabelled.folder")  # what a run is about: a preset leaves it alone


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting by its dotted key, its value and that of the preset."""

    key: str
    value: Any
    usual: Any


@functools.cache
def preset_values(name: str) -> dict[str, Any]:
    """The form's values of a preset, without those that it leaves alone."""
    laid = merge(TrainingConfig().model_dump(), preset(name))
    values = values_of(TrainingConfig.model_validate(laid))
    return {key: value for key, value in values.items() if key not in KEPT}


def nearest_preset(config: TrainingConfig) -> str:
    """The preset with the fewest differences; of several the first."""
    return min(PRESETS, key=lambda name: len(_between(config, name)))


def preset_of(config: TrainingConfig) -> str | None:
    """The preset that these settings are; None once one of them is another."""
    name = nearest_preset(config)
    return None if _between(config, name) else name


def differences(config: TrainingConfig) -> list[Difference]:
    """From the nearest preset, in the order of the form."""
    return _between(config, nearest_preset(config))


def differs_card(found: Sequence[Difference], name: str, lang: str) -> str:
    """HTML: each difference in the words of the form with a button that takes it back; nothing without one.

    name: of the preset. The button's other half is `page/settings.js`.
    """
    if not found:
        return ""
    heading = texts.say("training.differs", lang, preset=_short(texts.say(f"training.preset-{name}", lang)))
    rows = "".join(_row(each, lang) for each in found)
    return f'<div class="ocrweb-differs" role="status"><p>{escape(heading)}</p><ul>{rows}</ul></div>'


def compared_settings(one: TrainingConfig, other: TrainingConfig, lang: str, name: str) -> str:
    """HTML: in which settings two runs differ, apart from their names, in the words of the form."""
    mine, theirs = values_of(one), values_of(other)
    rows = "".join(
        f"<li><span><b>{escape(field_label(key, lang))}</b> "
        f"{escape(texts.say('training.compared-value', lang, value=_shown(mine[key]), usual=_shown(theirs[key])))}</span></li>"
        for key in mine
        if key != "name" and mine[key] != theirs[key]
    )
    heading = texts.say("training.compared-settings" if rows else "training.compared-same", lang, name=name)
    return f'<div class="ocrweb-differs" role="status"><p>{escape(heading)}</p><ul>{rows}</ul></div>'


def _row(found: Difference, lang: str) -> str:
    words, back = field_label(found.key, lang), texts.say("training.differs-reset", lang)
    value = texts.say("training.differs-value", lang, value=_shown(found.value), usual=_shown(found.usual))
    return (
        f'<li data-differs="{escape(found.key)}"><span><b>{escape(words)}</b> {escape(value)}</span>'
        f'<button type="button" data-setting="{escape(found.key)}" aria-label="{escape(f"{back}: {words}")}">'
        f"{escape(back)}</button></li>"
    )


def _between(config: TrainingConfig, name: str) -> list[Difference]:
    usual, values = preset_values(name), values_of(config)
    return [Difference(key, values[key], usual[key]) for key in usual if values[key] != usual[key]]


def _shown(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(preset: str) -> str:
    """The name of a preset without what it says about itself."""
    return re.split("[:：]", preset)[0]
