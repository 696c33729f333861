"""What a program asks for is taken as it is meant, or refused by the name of what is wrong."""

from __future__ import annotations

import pytest

from ocrweb.config.model_names import IN_USE
from ocrweb.errors import OcrwebError
from ocrweb.ui.programs.routes import LAST_PAGE, PARAMETERS, wanted_of


def test_nothing_asked_for_and_empty_values_are_the_defaults() -> None:
    wanted, page = wanted_of({})
    assert (wanted.model, wanted.resize, page) == (IN_USE, None, 1)
    assert wanted_of({name: " " for name in PARAMETERS if name != "page"}) == (wanted, 1)
    assert wanted_of({"page": "  "})[1] == 1


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("1", 1), ("007", 7), (str(LAST_PAGE), LAST_PAGE), (str(LAST_PAGE + 1), None), ("0", None), ("-1", None), ("1.0", None),
        ("２", None), ("²", None), ("1 ", None), ("x", None), ("0" * 7 + "1", 1), ("0" * 8 + "1", None), ("1" * 5000, None),
    ],
)  # fmt: skip
def test_a_page_is_a_plain_number_that_a_document_may_have(text: str, page: int | None) -> None:
    if page is not None:
        assert wanted_of({"page": text})[1] == page
        return
    with pytest.raises(OcrwebError) as refused:
        wanted_of({"page": text})
    assert (refused.value.code, refused.value.params["name"]) == ("usage.bad-value", "page")
    assert len(refused.value.params["value"]) <= 80


def test_settings_are_those_of_the_detection_and_an_unknown_one_is_told_its_neighbour() -> None:
    wanted, page = wanted_of({"threshold": "0.4", "limit_side": "640", "page": "3"})
    assert wanted.decode is not None
    assert wanted.resize is not None
    assert (wanted.decode.threshold, wanted.resize.limit_side, page) == (0.4, 640, 3)
    with pytest.raises(OcrwebError) as refused:
        wanted_of({"thresold": "", "page": "0"})
    assert refused.value.code == "usage.unknown-name"
    assert (refused.value.params["name"], refused.value.params["nearest"]) == ("thresold", "threshold")
    with pytest.raises(OcrwebError) as long:
        wanted_of({"x" * 500: "1"})
    assert long.value.params["name"] == "x" * 80
