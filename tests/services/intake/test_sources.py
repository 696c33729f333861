from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ocrweb.disk.names import natural_key
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.importing import opened_source
from ocrweb.services.datasets.validation import opened
from ocrweb.services.intake.allowed import allowed_roots, check_allowed
from ocrweb.services.intake.sources import open_sources


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OCRWEB_ALLOWED_ROOTS", raising=False)
    return tmp_path / "home"


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def shown(*paths: Path, **options: bool) -> list[str]:
    with open_sources(paths, **options) as sources:
        return [source.shown for source in sources]


def test_a_folder_is_searched_in_natural_order_without_hidden_files(tmp_path: Path) -> None:
    folder = touch(
        tmp_path / "p", "10.jpg", "2.JPG", "sub/1.png", ".hidden.jpg", ".git/x.jpg", "__MACOSX/y.jpg", "note.txt"
    )
    assert shown(folder) == [str(folder / name) for name in ("2.JPG", "10.jpg", "sub/1.png")]


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["p10", "p9", "p1"], ["p1", "p9", "p10"]),
        (["b", "A", "c"], ["A", "b", "c"]),
        (["x", "1", "01"], ["1", "01", "x"]),
        (["²", "2"], ["2", "²"]),
    ],
)
def test_numbers_in_names_count_as_numbers(names: list[str], ordered: list[str]) -> None:
    assert sorted(names, key=natural_key) == ordered


def test_output_folders_of_earlier_batches_are_not_read_again(tmp_path: Path) -> None:
    folder = touch(tmp_path / "p", "a.jpg", "out/.ocrweb-run.json", "out/visualization/a_result.png")
    assert shown(folder) == [str(folder / "a.jpg")]


def test_pictures_that_cannot_be_read_are_not_passed_over(tmp_path: Path) -> None:
    folder = touch(tmp_path / "p", "a.jpg", "b.AVIF", "c.heic", "notes.txt")
    assert shown(folder) == [str(folder / name) for name in ("a.jpg", "b.AVIF", "c.heic")]


def test_the_only_path_must_exist(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught, open_sources([tmp_path / "none.jpg"]):
        pass
    assert caught.value.code == "usage.missing-path"


def test_a_missing_path_among_others_is_a_failed_picture(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    with open_sources([tmp_path / "a.jpg", tmp_path / "none.jpg"]) as sources:
        assert [source.error and source.error.code for source in sources] == [None, "usage.missing-path"]


def test_a_folder_without_pictures_is_said(tmp_path: Path) -> None:
    touch(tmp_path / "p", "note.txt")
    with pytest.raises(OcrwebError) as caught, open_sources([tmp_path / "p"]):
        pass
    assert caught.value.code == "batch.no-pictures"


def test_a_zip_is_read_from_a_private_folder_that_is_gone_afterwards(tmp_path: Path, home: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("in/2.png", b"x")
        archive.writestr("in/10.png", b"x")
        archive.writestr("readme.txt", b"x")
    with open_sources([tmp_path / "p.zip"]) as sources:
        assert [source.shown for source in sources] == [
            str(tmp_path / "p.zip" / "in" / name) for name in ("2.png", "10.png")
        ]
        assert all(source.path.read_bytes() == b"x" for source in sources)
        assert all(source.path.is_relative_to(home / ".ocrweb" / "tmp") for source in sources)
    assert not any((home / ".ocrweb" / "tmp").iterdir())


def test_a_zip_that_climbs_out_is_refused_and_leaves_nothing(tmp_path: Path, home: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("../evil.png", b"x")
    with pytest.raises(OcrwebError), open_sources([tmp_path / "p.zip"]):
        pass
    assert not any((home / ".ocrweb" / "tmp").iterdir())


@pytest.mark.parametrize(
    "opening", [lambda path: open_sources([path]), opened, opened_source], ids=["detect", "validate", "import"]
)
def test_the_operator_says_how_large_a_zip_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: Callable[[Path], AbstractContextManager[object]]
) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("1.png", os.urandom(4096))
    with opening(tmp_path / "p.zip"):
        pass
    monkeypatch.setenv("OCRWEB_MAX_UPLOAD_GB", "0.000001")
    with pytest.raises(OcrwebError) as caught, opening(tmp_path / "p.zip"):
        pass
    assert caught.value.code == "archive.file-too-large"


def test_a_refused_zip_among_others_is_a_failed_picture(tmp_path: Path) -> None:
    (touch(tmp_path, "a.jpg") / "p.zip").write_bytes(b"no zip")
    with open_sources([tmp_path / "a.jpg", tmp_path / "p.zip"]) as sources:
        codes = [source.error.code if source.error else "" for source in sources]
    assert codes[0] == ""
    assert codes[1].startswith("archive.")


def test_what_a_killed_process_left_is_removed_by_the_next_one(tmp_path: Path, home: Path) -> None:
    stale = touch(home / ".ocrweb" / "tmp" / "batch_999999999_x", "a.jpg")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("a.png", b"x")
    with open_sources([tmp_path / "p.zip"]):
        assert not stale.exists()


def test_uploads_show_their_names_only(tmp_path: Path) -> None:
    touch(tmp_path / "cache", "a.jpg")
    assert shown(tmp_path / "cache" / "a.jpg", names_only=True) == ["a.jpg"]


def test_the_page_reads_folders_under_the_data_root_only(tmp_path: Path, home: Path) -> None:
    inside, outside = touch(home / "pictures", "a.jpg"), touch(tmp_path / "elsewhere", "a.jpg")
    assert len(shown(inside, confined=True)) == 1
    with pytest.raises(OcrwebError) as caught, open_sources([outside], confined=True):
        pass
    assert caught.value.code == "batch.outside-root"


@pytest.mark.parametrize("name", ["a.jpg", "a.zip", "none.jpg"])
def test_the_page_reads_no_single_file_outside_either(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "elsewhere", "a.jpg", "a.zip")
    with pytest.raises(OcrwebError) as caught, open_sources([tmp_path / "elsewhere" / name], confined=True):
        pass
    assert caught.value.code == "batch.outside-root"


def test_uploaded_files_are_read_but_not_the_folder_of_all_uploads(home: Path) -> None:
    inbox = touch(home / ".ocrweb" / "inbox" / "1", "a.jpg")
    assert shown(inbox / "a.jpg", confined=True, names_only=True) == ["a.jpg"]
    with pytest.raises(OcrwebError) as caught, open_sources([inbox], confined=True):
        pass
    assert caught.value.code == "batch.outside-root"


def test_a_link_in_an_allowed_folder_is_not_followed_out(tmp_path: Path, home: Path) -> None:
    outside, inside = touch(tmp_path / "elsewhere", "secret.jpg"), touch(home / "pictures", "a.jpg")
    os.symlink(outside / "secret.jpg", inside / "link.jpg")
    assert shown(inside, confined=True) == [str(inside / "a.jpg")]
    assert len(shown(inside)) == 2


@pytest.mark.parametrize("trick", ["link", "dots", "private"])
def test_no_trick_leads_out_of_the_allowed_roots(tmp_path: Path, home: Path, trick: str) -> None:
    touch(tmp_path / "elsewhere", "a.jpg")
    touch(home / ".ocrweb", "login.json")
    os.symlink(tmp_path / "elsewhere", home / "link")
    path = {"link": home / "link", "dots": home / "x" / ".." / ".." / "elsewhere", "private": home / ".ocrweb"}[trick]
    with pytest.raises(OcrwebError) as caught:
        check_allowed(path)
    assert caught.value.code == "batch.outside-root"


def test_the_operator_adds_to_the_allowed_roots(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")
    assert allowed_roots() == (home, tmp_path / "a", tmp_path / "b")


def test_files_of_one_name_from_several_folders_are_numbered(tmp_path: Path) -> None:
    names = ["a/1.jpg", "b/1.jpg", "c/1 (2).jpg", "d/1.jpg", "e/2.jpg"]
    folder = touch(tmp_path, *names)
    given = [folder / name for name in names]
    assert shown(*given, names_only=True) == ["1.jpg", "1 (3).jpg", "1 (2).jpg", "1 (4).jpg", "2.jpg"]
    assert shown(*given) == [str(path) for path in given]
