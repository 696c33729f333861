"""What most lines of a file have between their points and their text."""

from __future__ import annotations

import pytest

from ocrweb.data.checks.dialect import dialect_of


@pytest.mark.parametrize(
    ("texts", "dialect"),
    [
        ([], "plain"),
        (["a"], "plain"),
        (["a,b"], "plain"),
        (["Latin,a"], "scripts"),
        (["latin,a,b", "中文,"], "scripts"),
        (['0,"a"', '1,"b,c"'], "difficulty"),
        (["Latin,a", "Latin,b", "c"], "scripts"),
        (["Latin,a", "b"], "plain"),
        (["Latin,a", '0,"b"', "c,d"], "plain"),
        (["Latin,a", "Latin,b", '0,"c"'], "scripts"),
        (["Latin,a", "b,c", "d,e"], "plain"),
    ],
)
def test_more_than_half_of_the_lines_decide(texts: list[str], dialect: str) -> None:
    assert dialect_of(texts) == dialect
