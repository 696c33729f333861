"""docs/reference.md and its Chinese twin are what the code says today."""

from __future__ import annotations

import pytest

from tools import build_reference


@pytest.mark.parametrize("lang", build_reference.TARGETS)
def test_the_reference_is_made_from_the_code_of_today(lang: str) -> None:
    written = build_reference.TARGETS[lang].read_text(encoding="utf-8")
    assert written == build_reference.build(lang), "python -m tools.build_reference"


@pytest.mark.parametrize("lang", build_reference.TARGETS)
def test_it_holds_what_it_promises(lang: str) -> None:
    written = build_reference.build(lang)
    for word in (
        "ocrweb.Detector",
        "`optimizer.kind`",
        "`label.too-few`",
        "`memory.gpu`",
        "`image.empty`",
        "--threshold",
        "130",
    ):
        assert word in written
