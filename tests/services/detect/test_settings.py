from __future__ import annotations

from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.detect.settings import decode_options, resize_options


def test_what_is_not_given_keeps_its_default() -> None:
    assert decode_options(threshold=None, unclip_ratio=2.0) == decode_options(unclip_ratio=2.0)
    assert decode_options().threshold == 0.2


def test_no_resize_setting_leaves_the_rule_to_the_model() -> None:
    assert resize_options(limit_side=None, limit_type=None) is None
    chosen = resize_options(limit_side=960)
    assert chosen is not None
    assert (chosen.limit_side, chosen.limit_type) == (960, "max")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"threshold": 1.5}, ("threshold is 1.5", "from 0 to 1")),
        ({"threshold": "abc"}, ("threshold is abc", "from 0 to 1")),
        ({"threshold": float("nan")}, ("threshold is nan", "from 0 to 1")),
        ({"box_threshold": -1}, ("box_threshold is -1", "from 0 to 1")),
        ({"min_size": 0}, ("min_size is 0", "whole number from 1 to 100")),
        ({"shape": "round"}, ("shape is round", "quad, polygon")),
    ],
)
def test_a_bad_value_is_said_with_what_is_allowed(given: dict[str, Any], words: tuple[str, ...]) -> None:
    with pytest.raises(OcrwebError) as caught:
        decode_options(**given)
    assert caught.value.code == "usage.bad-value"
    assert all(word in caught.value.message("en") for word in words)


def test_what_is_allowed_is_said_in_the_readers_language_whatever_the_programs_is() -> None:
    with pytest.raises(OcrwebError) as caught:
        decode_options(threshold=2)
    assert caught.value.message("zh") == "threshold 的值为 2，应为 0 到 1 之间的数。"


def test_a_bad_limit_is_said() -> None:
    with pytest.raises(OcrwebError) as caught:
        resize_options(limit_side=10**6)
    assert "32 to 4096" in caught.value.message("en")
