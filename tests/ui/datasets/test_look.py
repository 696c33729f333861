"""The pictures of a dataset: what is looked at stays when the dataset is checked again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.validation import ValidationReport, validate
from ocrweb.ui.datasets import check, look, one_picture, plots
from ocrweb.ui.datasets.asked import Asked
from ocrweb.ui.datasets.check import View
from ocrweb.ui.datasets.look import Gallery, Looking, Wishes
from ocrweb.ui.datasets.one_picture import Opened
from ocrweb.ui.datasets.plots import Numbers
from ocrweb.ui.datasets.versions import Versions
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
    monkeypatch.setattr(one_picture, "report_of", found.get)
    for name in ("pages", "others"):
        sample_pages(tmp_path / "datasets" / name, train=3, test=1, seed=1)
    return found


def second_page() -> Looking:
    return VIEW.draw(CHECKED, None, 2, "en")[VIEW.state]  # type: ignore[no-any-return]


def changed(current: Current, looking: Looking | None, rule: str, wishes: Wishes) -> dict[Any, Any]:
    """What comes of another dataset, or of the same one changed, while this view is open."""
    given = {VIEW.current: current, VIEW.open_now: True, VIEW.state: looking, VIEW.rule: rule, VIEW.wishes: wishes}
    return VIEW.changed(given, VISITOR)  # type: ignore[arg-type]


def pressed(looking: Looking, wishes: Wishes) -> list[dict[Any, Any]]:
    """What comes of a click on the first small picture, one after the other."""
    return list(VIEW.open_picture(SimpleNamespace(index=0), looking, "boxes", wishes, VISITOR))  # type: ignore[arg-type]


def test_a_click_says_at_once_which_picture_comes_and_then_shows_it() -> None:
    first, then = pressed(second_page(), Wishes())
    name = first[VIEW.opened].item.image
    assert name in first[VIEW.caption]
    assert VIEW.picture not in first
    assert "<ocrweb-viewer" in then[VIEW.picture]
    assert f"{name} · " in then[VIEW.caption]


def test_the_end_of_a_check_closes_no_picture_and_turns_no_page_back() -> None:
    looking = second_page()
    drawn = changed(AGAIN, looking, "", Wishes())
    assert drawn[VIEW.state].current == AGAIN
    assert drawn[VIEW.state].page.page == 2
    assert not {VIEW.single, VIEW.opened, VIEW.picture} & set(drawn)


def test_the_findings_of_that_check_come_to_the_open_picture(
    tmp_path: Any, reports: dict[str, ValidationReport]
) -> None:
    looking = second_page()
    opened: Opened = pressed(looking, Wishes())[0][VIEW.opened]
    unchanged: Any = VIEW.marked(looking, opened, "boxes", Wishes(), VISITOR)
    assert VIEW.picture not in unchanged
    labels = tmp_path / "datasets" / "pages" / opened.item.label
    labels.write_text(labels.read_text(encoding="utf-8") + "1,2,3,4\n", encoding="utf-8")
    reports["pages"] = validate("pages")
    checked = changed(AGAIN, looking, "", Wishes())[VIEW.state]
    marked = VIEW.marked(checked, opened, "boxes", Wishes(), VISITOR)
    assert "Only 4 of 8 coordinates" in marked[VIEW.caption]


def test_another_dataset_puts_the_picture_away() -> None:
    looking, wishes = second_page(), Wishes()
    pressed(looking, wishes)
    drawn = changed(Current("others"), looking, "", wishes)
    assert drawn[VIEW.opened] is None
    assert drawn[VIEW.state].page.page == 1


def test_a_page_puts_nothing_away_where_nothing_is_open() -> None:
    """A picture that is opened while that answer is on its way stays."""
    drawn = VIEW.show(CHECKED, None, None, Wishes(), VISITOR)
    assert VIEW.state in drawn
    assert not {VIEW.single, VIEW.opened} & set(drawn)


def test_what_is_shown_already_is_not_drawn_again_under_a_click() -> None:
    looking = second_page()
    assert VIEW.state not in changed(CHECKED, looking, "", Wishes())
    assert set(VIEW.show(CHECKED, looking, "", Wishes(), VISITOR)) == {VIEW.open_now}


def test_pictures_with_a_finding_that_was_mended_are_all_pictures_again() -> None:
    drawn = changed(AGAIN, second_page(), "label.crlf", Wishes())
    assert drawn[VIEW.state].page.total == 4


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: str, deed: Callable[[], Any]) -> list[Any]:
    """Have `deed` begin and end while the next `step` of `dataset_view` is under way; what came of it."""
    real, came = getattr(look.dataset_view, step), []

    def slow(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(look.dataset_view, step, real)
        answer = real(*given, **named)
        came.append(deed())
        return answer

    monkeypatch.setattr(look.dataset_view, step, slow)
    return came


def test_a_picture_that_was_opened_while_a_page_was_drawn_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, wishes = second_page(), Wishes()
    meanwhile(monkeypatch, "page_of", lambda: pressed(looking, wishes))
    drawn = VIEW.show(AGAIN, None, None, wishes, VISITOR)  # as it is while the first drawing is under way
    assert drawn[VIEW.state].current == AGAIN
    assert not {VIEW.single, VIEW.opened} & set(drawn)
    later = VIEW.first_page(AGAIN, None, wishes, VISITOR)
    assert later[VIEW.opened] is None, "a page that is asked for afterwards puts it away"


def test_a_picture_of_the_dataset_before_is_put_away_although_it_was_opened_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking, wishes = second_page(), Wishes()
    meanwhile(monkeypatch, "page_of", lambda: pressed(looking, wishes))
    assert changed(Current("others"), looking, "", wishes)[VIEW.opened] is None


def test_a_page_that_was_asked_for_first_and_ends_last_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = Wishes()
    newer = meanwhile(monkeypatch, "page_of", lambda: changed(Current("others"), None, "", wishes))
    older = VIEW.show(CHECKED, None, None, wishes, VISITOR)
    assert newer[0][VIEW.state].current == Current("others")
    assert set(older) == {VIEW.open_now}


def test_a_picture_that_was_asked_for_first_and_ends_last_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, wishes = second_page(), Wishes()
    opened: Opened = pressed(looking, wishes)[0][VIEW.opened]
    newer = meanwhile(monkeypatch, "picture_view", lambda: pressed(looking, wishes))
    older: Any = VIEW.other_mode(opened, "shrink", wishes, VISITOR)
    assert VIEW.picture in newer[0][1]
    assert VIEW.picture not in older
    put_away = meanwhile(monkeypatch, "picture_view", lambda: changed(Current("others"), looking, "", wishes))
    *_, last = pressed(looking, wishes)
    assert put_away[0][VIEW.opened] is None
    assert VIEW.picture not in last


def test_numbers_that_were_asked_for_first_and_end_last_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: Any = Numbers("open_now", "words", {}, "state")  # type: ignore[arg-type]
    asked, real = Asked(), plots.statistics_of
    newer: list[Any] = []

    def slow(name: str) -> Any:
        monkeypatch.setattr(plots, "statistics_of", real)
        newer.append(numbers.changed(True, Current("others"), asked, VISITOR))
        return real(name)

    monkeypatch.setattr(plots, "statistics_of", slow)
    older = numbers.show(CHECKED, None, asked, VISITOR)
    assert newer[0]["state"] == Current("others")
    assert older == {"open_now": True}


def test_a_picture_that_was_put_away_before_it_is_drawn_is_not_drawn() -> None:
    looking, wishes = second_page(), Wishes()
    opening = VIEW.open_picture(SimpleNamespace(index=0), looking, "boxes", wishes, VISITOR)  # type: ignore[arg-type]
    assert VIEW.opened in next(opening)
    assert changed(Current("others"), looking, "", wishes)[VIEW.opened] is None
    assert VIEW.picture not in next(opening)


def test_a_preview_and_a_comparison_that_end_after_another_dataset_was_chosen_are_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view: Any = View(*[field.name for field in dataclasses.fields(View)])  # type: ignore[arg-type]
    kept: Any = Versions(*[field.name for field in dataclasses.fields(Versions)])  # type: ignore[arg-type]
    asked, real = Asked(), check.dataset_work.preview_repair
    view.show(CHECKED, asked, VISITOR)
    assert view.diff in view.show_preview(CHECKED, asked, VISITOR)

    def slow(name: str) -> Any:
        view.show(Current("others"), asked, VISITOR)
        return real(name)

    monkeypatch.setattr(check.dataset_work, "preview_repair", slow)
    assert view.diff not in view.show_preview(CHECKED, asked, VISITOR)
    compared = (Current("others"), "now", "now", asked, VISITOR)
    assert kept.said in kept.compare(*compared)
    kept.show(CHECKED, asked, VISITOR)
    assert kept.said not in kept.compare(*compared)


@pytest.mark.parametrize("what", ["no pictures", "unreadable", "no room"])
def test_where_nothing_can_be_shown_that_is_said_and_all_else_is_put_away(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OcrwebError("usage.disk-full", path="/data")

    if what == "no room":
        monkeypatch.setattr(one_picture.scratch, "show", broken)
    elif what == "unreadable":
        monkeypatch.setattr(look.dataset_view, "page_of", broken)
    else:
        none = dataclasses.replace(second_page().page, total=0, items=())
        monkeypatch.setattr(look.dataset_view, "page_of", lambda *given, **named: none)
    drawn = VIEW.draw(CHECKED, None, 1, "en")
    assert ("ocrweb-warning" if what == "no pictures" else "No space is left") in drawn[VIEW.words]
    assert [drawn[one].visible for one in (VIEW.bar, VIEW.gallery, VIEW.single)] == [False] * 3
    assert (drawn[VIEW.state], drawn[VIEW.opened]) == (None, None)


def test_a_click_past_the_last_small_picture_opens_none() -> None:
    looking = second_page()
    for index in (len(looking.page.items), 7):
        (only,) = VIEW.open_picture(SimpleNamespace(index=index), looking, "boxes", Wishes(), VISITOR)  # type: ignore[arg-type]
        assert VIEW.opened not in only
    *_, last = VIEW.open_picture(
        SimpleNamespace(index=len(looking.page.items) - 1), looking, "boxes", Wishes(), VISITOR
    )  # type: ignore[arg-type]
    assert VIEW.picture in last


def test_plots_that_cannot_be_drawn_are_put_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> Any:
        raise OcrwebError("usage.disk-full", path="/data")

    numbers: Any = Numbers("open_now", "words", {"split": "plot"}, "state")  # type: ignore[arg-type,dict-item]
    monkeypatch.setattr(plots, "statistics_of", broken)
    drawn = numbers.draw(CHECKED, "en")
    assert "No space is left" in drawn["words"]
    assert (drawn["plot"].visible, drawn["state"]) == (False, None)


def test_a_plot_of_nothing_has_a_height_of_its_own() -> None:
    for counts, high in (([0, 0], 1), ([10, 4], 11)):
        drawn = plots._plot(pd.DataFrame({"value": ["b", "a"], "count": counts}), "split", "en")
        assert drawn.y_lim == [0, pytest.approx(high)]
        assert drawn.sort == ["b", "a"]
