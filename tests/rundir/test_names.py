"""Names of runs: which folders are runs, which one is meant, and where ``latest`` leads."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir import names

OLD, NEW = "20260101_000000_receipts", "20260102_000000_menus"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in (OLD, NEW):
        (tmp_path / name).mkdir()
    return tmp_path


def test_only_folders_with_date_time_and_name_are_runs(runs: Path) -> None:
    (runs / "20260103_000000_").mkdir()
    (runs / "notes").mkdir()
    (runs / "x20260103_000000_a").mkdir()
    (runs / "20260103_000000_file").write_text("")
    (runs / "20260104_000000_link").symlink_to(OLD, target_is_directory=True)
    assert [run.name for run in names.list_runs(runs)] == [NEW, OLD]
    assert names.list_runs(runs / "absent") == []


def test_latest_is_where_it_leads_and_the_newest_where_it_leads_nowhere(runs: Path) -> None:
    names.point_latest(runs / OLD)
    assert names.find_run(runs, "latest").name == OLD
    (runs / "latest").unlink()
    assert names.find_run(runs, "latest").name == NEW
    (runs / "latest").symlink_to("gone")
    assert names.find_run(runs, "latest").name == NEW


def test_with_the_latest_run_its_link_goes_to_the_newest_left_and_last_of_all_away(runs: Path) -> None:
    names.point_latest(runs / NEW)
    names.remove_run(runs / NEW)
    assert os.readlink(runs / "latest") == OLD
    names.remove_run(runs / OLD)
    assert list(runs.iterdir()) == []


def test_another_run_leaves_the_link_alone_whether_a_newer_one_is_left_or_none(runs: Path) -> None:
    between = runs / "20260101_120000_between"
    between.mkdir()
    names.point_latest(runs / OLD)
    names.remove_run(between)
    assert os.readlink(runs / "latest") == OLD
    names.remove_run(runs / NEW)
    assert os.readlink(runs / "latest") == OLD
    (runs / "latest").unlink()
    names.remove_run(runs / OLD)
    assert list(runs.iterdir()) == [], "and where there is none, none is made"


def test_a_disk_without_links_has_none_and_nothing_is_left_of_the_attempt(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "replace", refuse)
    names.point_latest(runs / OLD)
    assert sorted(path.name for path in runs.iterdir()) == [OLD, NEW]


def test_the_name_that_was_given_is_what_follows_date_and_time() -> None:
    assert names.given_name(Path("20260101_000000_my_receipts_2")) == "my_receipts_2"
    assert names.given_name(Path("my_own_folder")) == "my_own_folder"


def test_a_name_has_sixty_characters_at_most() -> None:
    assert names.run_stem("a" * 61) == "a" * 60


def test_the_nearest_name_is_offered_in_the_form_that_was_typed(runs: Path) -> None:
    for typed, nearest in (("menu", "menus"), ("20260102_000000_menu", NEW), ("\U0001f600", "")):
        with pytest.raises(OcrwebError, match=r"run\.unknown") as caught:
            names.find_run(runs, typed)
        assert caught.value.params["name"] == typed
        assert nearest in caught.value.params["nearest"]
        assert caught.value.params["nearest"]


def test_a_folder_that_is_known_is_not_looked_for(tmp_path: Path) -> None:
    assert names.find_run(tmp_path / "absent", tmp_path) == tmp_path


def test_a_path_is_typed_only_where_settings_lie(runs: Path) -> None:
    assert names.typed_run(str(runs / OLD)) == str(runs / OLD)
    (runs / OLD / names.CONFIG).write_text("a: 1")
    assert names.typed_run(str(runs / OLD)) == (runs / OLD).resolve()


def test_the_folder_of_all_runs_is_made_with_the_first_one_and_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    run = names.create_run(tmp_path / "deep" / "workdirs", "receipts")
    assert run.parent == tmp_path / "deep" / "workdirs"
    assert (run / names.SAMPLES).is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(OcrwebError, match=r"run\.not-writable") as caught:
        names.create_run(tmp_path / "file", "receipts")
    assert caught.value.params["path"] == str(tmp_path / "file")
    assert caught.value.params["reason"]
