"""The list of models says of each what it can do, and of a missing one why and what to do."""

from __future__ import annotations

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.models import check_model, models, models_document, usable_models


def test_the_document_has_the_agreed_keys_and_starts_with_the_default() -> None:
    listed = models_document()["models"]
    assert listed[0]["name"] == "ppocrv6-small"
    assert (listed[0]["detects"], listed[0]["trains"], listed[0]["available"]) == (True, True, True)
    for entry in listed:
        assert {"name", "detects", "trains", "source", "available"} <= set(entry)
    assert len({entry["name"] for entry in listed}) == len(listed)


def test_official_models_detect_but_do_not_train() -> None:
    official = [row for row in models() if row.kind == "official"]
    assert len(official) >= 9
    assert all(row.detects and not row.trains for row in official)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_model_that_is_not_available_says_why_and_what_to_do(lang: str) -> None:
    for row in models(lang):
        assert row.available or len(row.note) > 20


@pytest.mark.parametrize("name", ["20250101_000000_gone", "gone.onnx", "", None], ids=str)
def test_a_chosen_model_that_is_gone_is_said_to_be(name: str | None) -> None:
    with pytest.raises(OcrwebError) as caught:
        check_model(name)
    assert caught.value.code == "model.unknown"
    assert "ppocrv6-small" in caught.value.hint("zh")


def test_a_model_that_is_there_is_its_name() -> None:
    assert check_model(usable_models()[0]) == "ppocrv6-small"
