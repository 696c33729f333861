"""The versions of a dataset's labels in the page: kept, compared, brought back and that undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ocrweb.data.labelling.difference import Difference
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.versions import Compared
from ocrweb.ui.datasets import versions
from ocrweb.ui.datasets.asked import Asked
from ocrweb.ui.datasets.versions import difference_html, version_words
from ocrweb.ui.datasets.wires import Current
from tests.browser import Console, open_tab
from tests.ui.labels.conftest import line, put_dataset, quad

FIRST, SECOND = line(quad(20, 20, 120, 60), "one"), line(quad(200, 20, 300, 60), "two")


@pytest.mark.browser
def test_a_version_is_kept_compared_brought_back_and_that_is_undone(
    visit: Callable[..., Page], console: Console
) -> None:
    labels = put_dataset(console.home / "datasets" / "versioned", [[FIRST], [SECOND]]) / "train_gts"
    page = visit()
    open_tab(page, "Datasets")
    page.locator("#dataset-chosen input").click()
    page.get_by_role("option", name="versioned", exact=True).click()
    expect(page.locator("#dataset-verdict [data-ok]")).to_be_visible()
    page.get_by_role("tab", name="Versions").click()
    said = page.locator("#dataset-version-said")
    expect(said).to_contain_text("No version is kept yet")
    page.locator("#dataset-version-keep").click()
    expect(said).to_contain_text("kept as a version")

    (labels / "1.txt").write_text(f"{FIRST}\n{SECOND}\n", encoding="utf-8")
    page.locator("#dataset-version-compare").click()
    expect(said.locator("li")).to_have_text(
        "train_images/1.png boxes added: 1, removed: 0, moved: 0, with another text: 0"
    )
    page.locator("#dataset-version-restore").click()
    expect(said).to_contain_text("Pictures with other labels now: 1")
    assert (labels / "1.txt").read_text(encoding="utf-8") == f"{FIRST}\n"
    page.locator("#dataset-version-undo").click()
    expect(page.locator("#dataset-version-undo")).to_be_hidden()
    assert (labels / "1.txt").read_text(encoding="utf-8") == f"{FIRST}\n{SECOND}\n"


def test_a_difference_names_its_pictures_and_escapes_them() -> None:
    shown = difference_html(Compared({"<b>.png": Difference(1, 2, 3, 4)}, ("gone.png",), ("new.png",)), "en")
    assert "<b>.png" not in shown.replace("<li><b>", "")
    assert "boxes added: 1, removed: 2, moved: 3, with another text: 4" in shown
    assert shown.count("<li>") == 3
    assert "same" in difference_html(Compared({}, (), ()), "en")


def test_a_version_says_when_how_much_and_which_run_learnt_from_it() -> None:
    row = {"id": "a", "at": 0.0, "pictures": 3, "boxes": 12, "why": "20260101_night", "current": True}
    words = version_words(row, "en")
    assert "pictures: 3, boxes: 12" in words
    assert "20260101_night" in words
    assert words.endswith("as the labels are now")


def test_of_many_pictures_the_first_are_listed_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrweb.ui.datasets.versions.MOST_PICTURES", 2)
    names = ("a.png", "b.png", "c.png", "d.png", "e.png")
    shown = difference_html(Compared({}, names, ()), "en")
    assert (shown.count("<li><b>"), shown.count("<li")) == (2, 3)
    assert "3 " in shown.rpartition("<li")[2]
    assert difference_html(Compared({}, names[:2], ()), "en").count("<li") == 2


@pytest.mark.parametrize(
    ("rows", "chosen", "first"),
    [
        ([], None, None), ([("a", True)], None, "a"), ([("c", True), ("b", False), ("a", False)], None, "b"),
        ([("c", True), ("b", False), ("a", False)], "a", "a"), ([("c", False), ("b", True)], None, "c"),
    ],
    ids=["none", "the only one", "the one before", "chosen", "changed since"],
)  # fmt: skip
def test_what_is_compared_at_first_is_how_it_is_now_with_what_was_chosen_or_the_last_that_differs(
    rows: list[tuple[str, bool]], chosen: str | None, first: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [{"id": name, "current": current} for name, current in rows]
    monkeypatch.setattr(versions, "stored_set", lambda name: name)
    monkeypatch.setattr(versions, "versions_document", lambda labelled: {"versions": listed})
    monkeypatch.setattr(versions, "version_words", lambda row, lang: row["id"].upper())
    here: Any = SimpleNamespace(before="before", after="after", said="said")
    shown = versions.Versions._listed(here, "shop", "en", chosen)
    assert shown["before"].value == first
    assert shown["before"].choices == [(name.upper(), name) for name, _ in rows]
    assert shown["after"].value == versions.NOW
    assert [value for _, value in shown["after"].choices] == [versions.NOW, *(name for name, _ in rows)]
    assert ("said" in shown) is (rows == [])


WIDGETS: Any = [field.name for field in dataclasses.fields(versions.Versions)]
VISITOR: Any = SimpleNamespace(headers={"accept-language": "en"})
SHOP = Current("shop")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> versions.Versions:
    """The view over one version that is as the labels are now."""
    row = {"id": "v1", "at": 0.0, "pictures": 1, "boxes": 2, "why": "", "current": True}
    monkeypatch.setattr(versions, "stored_set", lambda name: name)
    monkeypatch.setattr(versions, "versions_document", lambda labelled: {"versions": [row]})
    monkeypatch.setattr(versions, "start_check", lambda name: f"check of {name}")
    started = SimpleNamespace(starting=lambda work, lang: {"job": work()})
    return versions.Versions(started, *WIDGETS[1:])  # type: ignore[arg-type]


@pytest.mark.parametrize(("restored", "undoable"), [(0, False), (1, True)])
def test_what_brought_nothing_back_is_nothing_to_undo(
    kept: versions.Versions, monkeypatch: pytest.MonkeyPatch, restored: int, undoable: bool
) -> None:
    monkeypatch.setattr(versions, "restore_version", lambda labelled, version: {"restored": restored, "before": "v0"})
    done: Any = kept.restore(SHOP, "v1", VISITOR)
    assert done["undo"].visible is undoable
    assert done["undoing"] == (versions.Undoing("shop", "v0") if undoable else None)
    assert f": {restored}" in done["said"]
    assert (done["job"], done["before"].value) == ("check of shop", "v1")
    back: Any = kept.take_back(SHOP, versions.Undoing("shop", "v0"), VISITOR)
    assert (back["undo"].visible, back["undoing"]) == (False, None)
    for current, undoing in ((None, versions.Undoing("shop", "v0")), (SHOP, None), (SHOP, versions.Undoing("x", "v0"))):
        away: Any = kept.take_back(current, undoing, VISITOR)
        assert (set(away), away["undo"].visible) == ({"undo", "undoing"}, False)


def test_a_deed_on_versions_that_fails_says_why(kept: versions.Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        raise OcrwebError("usage.disk-full", path="/data")

    for name in ("restore_version", "keep_version", "compare", "versions_document"):
        monkeypatch.setattr(versions, name, refused)
    asked = Asked()
    asked.ask("shop")
    for answer in (
        kept.restore(SHOP, "v1", VISITOR),
        kept.keep(SHOP, VISITOR),
        kept.compare(SHOP, "v1", None, asked, VISITOR),
        kept.changed(True, SHOP, None, asked, VISITOR),
    ):
        assert "No space is left" in answer["said"]  # type: ignore[index]
        assert "job" not in answer


def test_a_check_after_labels_were_brought_back_leaves_what_was_said_and_another_dataset_does_not(
    kept: versions.Versions,
) -> None:
    undoing = versions.Undoing("shop", "v0")
    again: Any = kept.changed(True, SHOP, undoing, Asked(), VISITOR)
    assert set(again) == {"before", "after"}
    other: Any = kept.changed(True, Current("other"), undoing, Asked(), VISITOR)
    assert (other["said"], other["undo"].visible, other["undoing"]) == ("", False, None)
    closed: Any = kept.changed(False, Current("other"), None, Asked(), VISITOR)
    assert closed["before"].choices == []


def test_what_is_compared_with_nothing_is_compared_with_how_it_is_now(
    kept: versions.Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, compared = Asked(), list[Any]()
    asked.ask("shop")
    monkeypatch.setattr(versions, "compare", lambda *given: compared.append(given) or Compared({}, (), ()))
    for after in (None, "v2"):
        kept.compare(SHOP, "v1", after, asked, VISITOR)
    assert compared == [("shop", "v1", versions.NOW), ("shop", "v1", "v2")]
