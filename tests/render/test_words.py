"""Words come from the lists, in the language asked for."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ocrweb.render.words import Words, vocabulary

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("share", "expected"), [(0.0, False), (1.0, True)])
def test_the_share_of_chinese_decides_the_language(share: float, expected: bool) -> None:
    words = Words(np.random.default_rng(0), share)
    said = [words.goods() for _ in range(20)] + [words.of("signs") for _ in range(20)]
    assert all(
        bool(CHINESE.search(text)) == expected for text in said if text not in vocabulary()["zh_goods"] or expected
    )


def test_lists_are_clean() -> None:
    for name, items in vocabulary().items():
        assert len(items) >= 6, name
        assert all(item and item == item.strip() and "\n" not in item for item in items), name


def test_money_has_two_decimals_and_dates_have_a_day() -> None:
    words = Words(np.random.default_rng(1), 0.0)
    assert all(re.fullmatch(r"[\d,]+\.\d\d", words.money()) for _ in range(50))
    assert all(re.search(r"\d", words.date()) for _ in range(20))
    assert all(
        text.strip()
        for _ in range(50)
        for text in (words.word(), words.code(), words.phone(), *words.pair(), *words.company(), *words.address())
    )
