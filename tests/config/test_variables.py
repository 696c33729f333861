"""A number that the owner sets is a number in its bounds, or a coded error that names the variable."""

from __future__ import annotations

import pytest

from ocrweb.config.variables import number
from ocrweb.errors import OcrwebError


@pytest.mark.parametrize(("given", "expected"), [(None, 7.5), ("", 7.5), ("3", 3.0), (" 0.5 ", 0.5), ("1e3", 1000.0)])
def test_what_is_set_counts_else_the_usual(monkeypatch: pytest.MonkeyPatch, given: str | None, expected: float) -> None:
    monkeypatch.delenv("OCRWEB_AMOUNT", raising=False)
    if given is not None:
        monkeypatch.setenv("OCRWEB_AMOUNT", given)
    assert number("OCRWEB_AMOUNT", 7.5) == expected


@pytest.mark.parametrize("given", ["much", "0", "-1", "nan", "inf", "1e6", "1,5"])
def test_what_is_no_such_number_is_refused_with_the_variables_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("OCRWEB_AMOUNT", given)
    with pytest.raises(OcrwebError) as refused:
        number("OCRWEB_AMOUNT", 7.5)
    assert refused.value.code == "usage.bad-value"
    assert refused.value.params == {"name": "OCRWEB_AMOUNT", "value": given, "expected": "> 0"}


def test_zero_is_a_number_where_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_AMOUNT", "0")
    assert number("OCRWEB_AMOUNT", 7.5, zero=True) == 0
    monkeypatch.setenv("OCRWEB_AMOUNT", "-1")
    with pytest.raises(OcrwebError, match=">= 0"):
        number("OCRWEB_AMOUNT", 7.5, zero=True)


@pytest.mark.parametrize(("given", "zero", "fits"), [("999999", False, True), ("1e6", True, False), ("0", False, False),
                                                     ("0", True, True), ("-0.1", True, False), ("0.001", False, True)])  # fmt: skip
def test_the_bounds_are_not_in_it_but_nought_where_it_may_be(
    monkeypatch: pytest.MonkeyPatch, given: str, zero: bool, fits: bool
) -> None:
    monkeypatch.setenv("OCRWEB_AMOUNT", given)
    if fits:
        assert number("OCRWEB_AMOUNT", 7.5, zero=zero) == float(given)
    else:
        with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
            number("OCRWEB_AMOUNT", 7.5, zero=zero)


def test_the_usual_one_is_in_the_bounds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCRWEB_AMOUNT", raising=False)
    assert number("OCRWEB_AMOUNT", 0, zero=True) == 0
