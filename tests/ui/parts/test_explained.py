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


Rect = tuple[float, float, float, float]


def rects(term: str) -> tuple[list[Rect], list[tuple[str, Rect]], list[tuple[str, Rect]]]:
    """Left, top, right, bottom of what is grey in a picture, of its outlines and of its areas, these with their colours."""
    grey, outlines, areas = list[Rect](), list[tuple[str, Rect]](), list[tuple[str, Rect]]()
    for each in ET.fromstring(explained((term,), "en")).iter("rect"):
        x, y, width, height = (float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        place = (x, y, x + width, y + height)
        if each.get("fill") == "none":
            outlines.append((each.attrib["stroke"], place))
        elif each.get("fill") == "currentColor":
            grey.append(place)
        else:
            areas.append((each.attrib["fill"], place))
    return grey, outlines, areas


@pytest.mark.parametrize(("term", "lines"), [("recall", 5), ("precision", 4)])
def test_a_box_lies_around_a_line_of_text_with_the_same_margin_on_every_side(term: str, lines: int) -> None:
    texts, boxes, _ = rects(term)
    assert len(texts) == lines
    around = {
        text: colour
        for text in texts
        for colour, box in boxes
        if len(margins := {text[0] - box[0], text[1] - box[1], box[2] - text[2], box[3] - text[3]}) == 1
        and min(margins) > 0
    }
    assert list(around) == texts
    assert list(around.values()) == [FOUND] * 4 + [MISSED] * (lines - 4)
    alone = [
        colour
        for colour, box in boxes
        if not any(box[0] < text[0] < box[2] and box[1] < text[1] < box[3] for text in texts)
    ]
    assert alone == [FALSE] * (term == "precision")
    assert PICTURES[term].count("stroke-dasharray") == (term == "recall"), "what was missed is dashed"


def test_the_bars_of_hmean_stand_on_one_line_and_are_as_high_as_they_say() -> None:
    whole, _, bars = rects("hmean")
    heights = [(bar[3] - bar[1]) / (full[3] - full[1]) for full, (_, bar) in zip(whole, bars, strict=True)]
    assert heights == pytest.approx([0.9, 0.4, 0.55], abs=0.01)
    assert len({place[3] for place in (*whole, *(bar for _, bar in bars))}) == 1
    assert [(full[0], full[2]) for full in whole] == [(bar[0], bar[2]) for _, bar in bars]
    assert [colour for colour, _ in bars][:2] == [FOUND, MISSED]


@pytest.mark.parametrize("term", PICTURES)
def test_nothing_of_a_picture_is_cut_off(term: str) -> None:
    grey, outlines, areas = rects(term)
    places = [*grey, *(place for _, place in (*outlines, *areas))]
    assert all(0 <= left < right <= 240 and 0 <= top < bottom <= 122 for left, top, right, bottom in places)
    assert all(
        lower[1] >= upper[3] or lower[0] >= upper[2] or upper[0] >= lower[2]
        for upper in grey
        for lower in grey
        if upper < lower
    )
