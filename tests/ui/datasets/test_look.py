"""The pictures of a dataset: what is looked at stays when the dataset is checked again."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.services.datasets.validation import ValidationReport, validate
from ocrweb.ui.datasets import look
from ocrweb.ui.datasets.look import Gallery, Looking, Opened
from ocrweb.ui.datasets.wires import Current
from tests.sample_pages import sample_pages

VISITOR: Any = SimpleNamespace(headers={"accept-language": "en"})
NAMES: Any = [field.name for field in dataclasses.fields(Gallery)]
VIEW = Gallery(*NAMES)
CHECKED, AGAIN = Current("pages", "first"), Current("pages", "again")


@pytest.fixture(autouse=True)
def reports(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, ValidationReport]:
    """What each dataset's latest check said, empty at first; two datasets are there."""
    found: dict[str, ValidationReport] = {}
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr(look, "PER_PAGE", 2)
    monkeypatch.setattr(look, "report_of", found.get)
    for name in ("pages", "others"):
        sample_pages(tmp_path / "datasets" / name, train=3, test=1, seed=1)
    return found


def second_page() -> Looking:
    return VIEW.draw(CHECKED, None, 2, "en")[VIEW.state]  # type: ignore[no-any-return]


def pressed(looking: Looking) -> list[dict[Any, Any]]:
    """What comes of a click on the first small picture, one after the other."""
    return list(VIEW.open_picture(SimpleNamespace(index=0), looking, "boxes", VISITOR))  # type: ignore[arg-type]


def test_a_click_says_at_once_which_picture_comes_and_then_shows_it() -> None:
    first, then = pressed(second_page())
    name = first[VIEW.opened].item.image
    assert name in first[VIEW.caption]
    assert VIEW.picture not in first
    assert "<ocrweb-viewer" in then[VIEW.picture]
    assert f"{name} · " in then[VIEW.caption]


def test_the_end_of_a_check_closes_no_picture_and_turns_no_page_back() -> None:
    looking = second_page()
    drawn = VIEW.changed(True, AGAIN, looking, "", VISITOR)
    assert drawn[VIEW.state].current == AGAIN
    assert drawn[VIEW.state].page.page == 2
    assert not {VIEW.single, VIEW.opened, VIEW.picture} & set(drawn)


def test_the_findings_of_that_check_come_to_the_open_picture(
    tmp_path: Any, reports: dict[str, ValidationReport]
) -> None:
    looking = second_page()
    opened: Opened = pressed(looking)[0][VIEW.opened]
    unchanged: Any = VIEW.marked(looking, opened, "boxes", VISITOR)
    assert VIEW.picture not in unchanged
    labels = tmp_path / "datasets" / "pages" / opened.item.label
    labels.write_text(labels.read_text(encoding="utf-8") + "1,2,3,4\n", encoding="utf-8")
    reports["pages"] = validate("pages")
    checked = VIEW.changed(True, AGAIN, looking, "", VISITOR)[VIEW.state]
    marked = VIEW.marked(checked, opened, "boxes", VISITOR)
    assert "Only 4 of 8 coordinates" in marked[VIEW.caption]


def test_another_dataset_puts_the_picture_away() -> None:
    drawn = VIEW.changed(True, Current("others"), second_page(), "", VISITOR)
    assert drawn[VIEW.opened] is None
    assert drawn[VIEW.state].page.page == 1


def test_pictures_with_a_finding_that_was_mended_are_all_pictures_again() -> None:
    drawn = VIEW.changed(True, AGAIN, second_page(), "label.crlf", VISITOR)
    assert drawn[VIEW.state].page.total == 4
