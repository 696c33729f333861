"""A deleted dataset comes back as it was, for a week."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.data.icdar import dataset_hash
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.bin import bin_dir, empty_bin, list_bin, restore_dataset
from ocrweb.services.datasets.store import add_folder, delete_dataset, get_dataset, list_datasets, make_dataset
from ocrweb.services.files import bin as files_bin
from ocrweb.services.root.leftovers import sweep_data_root
from tests.data.corpus import make_good

DAY = 86_400.0


def deleted(name: str = "发票") -> str:
    make_dataset(name, make_good, source="upload.zip")
    return delete_dataset(name)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = files_bin.time.time()
    monkeypatch.setattr(files_bin.time, "time", lambda: now + seconds)


def test_a_deleted_dataset_comes_back_with_all_its_files_and_what_was_known_of_it() -> None:
    stored = make_dataset("发票", make_good, source="upload.zip")[0]
    before = dataset_hash(stored.path)
    identifier = delete_dataset("发票")
    (binned,) = list_bin()
    assert (binned.id, binned.name, binned.bytes, binned.linked) == (identifier, "发票", stored.record.bytes, False)
    assert list_datasets() == []
    assert restore_dataset(identifier) == "发票"
    again = get_dataset("发票")
    assert (dataset_hash(again.path), again.record) == (before, stored.record)
    assert list_bin() == []
    assert list(bin_dir().iterdir()) == []


def test_one_whose_name_is_taken_by_now_comes_back_with_a_number() -> None:
    identifier = deleted()
    make_dataset("发票", make_good)
    assert restore_dataset(identifier) == "发票_2"


def test_the_link_to_a_folder_elsewhere_comes_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    folder = make_good(tmp_path / "server" / "mine")
    add_folder(folder)
    identifier = delete_dataset("mine")
    assert list_bin()[0].linked
    assert (folder / "train_list.txt").is_file()
    restore_dataset(identifier)
    assert get_dataset("mine").linked
    delete_dataset("mine")
    empty_bin()
    assert (folder / "train_list.txt").is_file()


@pytest.mark.parametrize("identifier", ["", "..", "1-00000000-x", "../发票"])
def test_what_is_not_in_the_bin_cannot_come_back(identifier: str) -> None:
    deleted()
    with pytest.raises(OcrwebError, match=r"store\.not-in-bin"):
        restore_dataset(identifier)
    assert len(list_bin()) == 1


def test_it_cannot_come_back_twice() -> None:
    identifier = deleted()
    restore_dataset(identifier)
    with pytest.raises(OcrwebError, match=r"store\.not-in-bin"):
        restore_dataset(identifier)


def test_after_a_week_it_is_gone_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    deleted()
    later(monkeypatch, 6.9 * DAY)
    sweep_data_root()
    assert len(list_bin()) == 1
    later(monkeypatch, 0.2 * DAY)
    sweep_data_root()
    assert list(bin_dir().iterdir()) == []


def test_an_empty_bin_holds_nothing_on_the_disk() -> None:
    deleted("a")
    deleted("b")
    assert empty_bin() == 2
    assert list(bin_dir().iterdir()) == []
    assert empty_bin() == 0


def test_what_a_kill_left_half_moved_is_no_dataset_and_goes_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = deleted()
    os.rename(bin_dir() / identifier / "dataset", paths.datasets_dir() / "发票")
    assert list_bin() == []
    assert (bin_dir() / identifier).is_dir()
    later(monkeypatch, 1.1 * DAY)
    assert list_bin() == []
    assert not (bin_dir() / identifier).exists()
