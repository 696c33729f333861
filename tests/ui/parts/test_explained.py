"""Each word has its picture, and the figures that its sentence tells are right."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from ocrweb.ui.parts.explained import FALSE, FOUND, MISSED, PICTURES, explained


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("term", PICTURES)
def test_a_word_opens_a_picture_with_its_sentence(term: str, lang: str) -> None:
    document = ET.fromstring(explained((term,), lang))
    (details,) = document.iter("details")
    assert details.get("open") is None
    (picture,), (sentence,) = list(document.iter("svg")), list(document.iter("figcaption"))
    assert len(picture)
    assert picture.get("aria-label") == "".join(next(document.iter("summary")).itertext())
    assert bool(re.search("[\u4e00-\u9fff]", sentence.text or "")) is (lang == "zh")


def test_the_boxes_of_the_pictures_are_as_many_as_the_sentences_say() -> None:
    assert (PICTURES["recall"].count(FOUND), PICTURES["recall"].count(MISSED)) == (4, 1)
    assert (PICTURES["precision"].count(FOUND), PICTURES["precision"].count(FALSE)) == (4, 1)
    assert round(2 * 0.9 * 0.4 / (0.9 + 0.4), 2) == 0.55
    assert "0.55" in explained(("hmean",), "en")
