"""What was deleted is offered again, by name, size and days left, as long as it lies in the bin and no longer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.bin import BinnedDataset, list_bin
from ocrweb.services.datasets.store import add_folder, delete_dataset, list_datasets, make_dataset
from ocrweb.ui.datasets import bin as shown_bin
from tests.data.corpus import make_good
from tests.ui.datasets.datasets_on_desk import rows, said
from tests.ui.desk import Desk

pytestmark = pytest.mark.usefixtures("datasets_home")


def opened(desk: Desk) -> None:
    desk.event(desk.page, "load")


def offered(desk: Desk) -> list[str]:
    return [name for name, _ in desk.look("dataset-bin-chosen", "choices")]


def asking(desk: Desk) -> bool:
    group = desk.widget("dataset-bin-empty-now").parent.parent
    return bool(desk.look(group))


def test_without_anything_deleted_there_is_neither_bin_nor_undo(desk: Desk) -> None:
    make_dataset("one", make_good)
    opened(desk)
    assert not desk.look("dataset-bin")
    assert not desk.look("dataset-undelete")
    desk.click("dataset-bin-restore")
    assert "ocrweb-problem" in said(desk)
    assert [one.name for one in list_datasets()] == ["one"]


def test_one_deleted_here_is_undone_beside_the_list_and_looked_at(desk: Desk) -> None:
    make_dataset("one", make_good)
    make_dataset("two", make_good)
    opened(desk)
    desk.enter("dataset-chosen", "one")
    desk.click("dataset-delete")
    desk.click("dataset-delete-now")
    assert desk.look("dataset-bin")
    assert desk.look("dataset-undelete")
    assert offered(desk)[0].startswith("one · ")
    assert offered(desk)[0].endswith(" · days left: 7")
    assert "1" in desk.look("dataset-bin", "label")
    assert rows(desk) == ["two"]
    desk.click("dataset-undelete")
    assert "ocrweb-good" in said(desk)
    assert "one" in said(desk)
    assert (desk["dataset-chosen"], sorted(rows(desk))) == ("one", ["one", "two"])
    assert not desk.look("dataset-bin")
    assert not desk.look("dataset-undelete")
    desk.click("dataset-undelete")
    assert "ocrweb-problem" in said(desk)
    assert sorted(one.name for one in list_datasets()) == ["one", "two"]


def test_of_several_the_chosen_one_comes_back_and_the_rest_goes_only_after_a_question(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        make_dataset(name, make_good)
        delete_dataset(name)
    opened(desk)
    assert not desk.look("dataset-undelete")  # this visitor has deleted nothing
    assert desk["dataset-bin-chosen"] == desk.look("dataset-bin-chosen", "choices")[0][1]
    assert sorted(one.split(" · ")[0] for one in offered(desk)) == ["one", "three", "two"]
    wanted = next(each.id for each in list_bin() if each.name == "two")
    desk.put("dataset-bin-chosen", wanted)
    desk.click("dataset-bin-restore")
    assert (desk["dataset-chosen"], len(offered(desk))) == ("two", 2)
    desk.put("dataset-bin-chosen", wanted)
    desk.click("dataset-bin-restore")
    assert "ocrweb-problem" in said(desk)
    assert (desk["dataset-chosen"], len(offered(desk))) == ("two", 2)

    desk.click("dataset-bin-empty")
    assert asking(desk)
    desk.event(
        next(one for one in desk.widget("dataset-bin-empty-now").parent.children if one.elem_id is None), "click"
    )
    assert not asking(desk)
    assert len(list_bin()) == 2
    desk.click("dataset-bin-empty")
    desk.click("dataset-bin-empty-now")
    assert not asking(desk)
    assert "ocrweb-good" in said(desk)
    assert "2" in said(desk)
    assert list_bin() == []
    assert not desk.look("dataset-bin")
    assert desk["dataset-bin-chosen"] is None
    assert [one.name for one in list_datasets()] == ["two"]


def test_a_bin_that_cannot_be_emptied_says_why_and_still_shows_what_lies_in_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dataset("one", make_good)
    delete_dataset("one")
    opened(desk)

    def refused() -> int:
        raise OcrwebError("usage.disk-full", path="/data")

    monkeypatch.setattr(shown_bin, "empty_bin", refused)
    desk.click("dataset-bin-empty-now")
    assert "No space is left" in said(desk)
    assert len(offered(desk)) == 1
    monkeypatch.setattr(shown_bin, "list_bin", refused)
    opened(desk)
    assert not desk.look("dataset-bin")


def test_a_linked_folder_has_no_size_of_its_own_and_adds_none(desk: Desk, tmp_path: Path) -> None:
    make_dataset("here", make_good, source="upload.zip")
    add_folder(make_good(tmp_path / "there"))
    for name in ("here", "there"):
        delete_dataset(name)
    opened(desk)
    own = next(each.bytes for each in list_bin() if not each.linked)
    sizes = {one.split(" · ")[0]: one.split(" · ")[1] for one in offered(desk)}
    assert sizes == {"here": shown_bin.readable_bytes(own), "there": "–"}
    assert shown_bin.readable_bytes(own) in desk.look("dataset-bin", "label")
    assert "2" in desk.look("dataset-bin", "label").replace(shown_bin.readable_bytes(own), "")


def test_what_has_a_size_of_its_own_is_told_with_it() -> None:
    binned = BinnedDataset("x", "one", 0.0, 0, linked=False)
    told = [
        shown_bin._words(one) for one in (binned, replace(binned, bytes=2048), replace(binned, bytes=2048, linked=True))
    ]
    assert told == [("one", "–"), ("one", "2.0 KB"), ("one", "–")]
