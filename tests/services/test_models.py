"""The list of models says of each what it can do, and of a missing one why and what to do."""

from __future__ import annotations

import pytest

from ocrweb.services.models import models, models_document


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
