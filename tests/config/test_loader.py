"""A setting of a wrong kind is answered in our words, whatever the kind."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.config.dotted import group_of, nested, places
from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
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
