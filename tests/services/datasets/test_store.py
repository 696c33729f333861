"""The console's datasets: added whole, recognised, renamed, deleted, never while a run reads them."""

from __future__ import annotations

import os
import socket
import zipfile
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.data.icdar import dataset_hash
from ocrweb.disk.process import process_start
from ocrweb.errors import OcrwebError
from ocrweb.rundir.names import create_run
from ocrweb.rundir.status import FINISHED, RUNNING, RunStatus, write_status
from ocrweb.services.datasets import folder as dataset_folder
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.datasets.store import (
    add_folder,
    add_zip,
    dataset_name,
    delete_dataset,
    get_dataset,
    keep_validation,
    list_datasets,
    make_dataset,
    rename_dataset,
    resolve_dataset,
)
from ocrweb.services.datasets.use import changing
from ocrweb.services.datasets.validation import validate
from ocrweb.services.datasets.zip import zip_again
from tests.data.corpus import make_good
from tests.data.formats.sources import entry, label_txt, put


def zipped(folder: Path, target: Path, wrap: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{wrap}{path.relative_to(folder).as_posix()}")
    return target


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return zipped(make_good(tmp_path / "made"), tmp_path / "发票 数据.zip", wrap="custom_data/")


def active_run(dataset: str, state: str = RUNNING) -> Path:
    run = create_run(paths.workdirs_dir(), "demo")
    (run / "config.yml").write_text(f"dataset: {dataset}\n")
    mine = {"pid": os.getpid(), "pid_start": process_start(os.getpid()), "host": socket.gethostname()}
    write_status(run, RunStatus(state=state, **mine))
    return run


def names_on_disk() -> list[str]:
    return sorted(path.name for path in paths.datasets_dir().iterdir())


def test_an_upload_becomes_a_dataset_named_after_its_file(archive: Path) -> None:
    stored = add_zip(archive)
    assert stored.name == "发票_数据"
    assert (stored.train, stored.test, stored.duplicate) == (10, 2, False)
    assert stored.record.source == "发票 数据.zip"
    assert stored.record.files == 26
    assert stored.record.formats == ()
    assert [known.name for known in list_datasets()] == ["发票_数据"]
    assert names_on_disk() == ["发票_数据"]


def test_the_same_zip_again_is_recognised_by_its_content(archive: Path, tmp_path: Path) -> None:
    first = add_zip(archive)
    copy = tmp_path / "other name.zip"
    copy.write_bytes(archive.read_bytes())
    again = add_zip(copy)
    assert again.duplicate
    assert again.name == first.name
    assert len(list_datasets()) == 1


def test_another_zip_of_the_same_name_gets_a_number(archive: Path, tmp_path: Path) -> None:
    add_zip(archive, "data")
    (tmp_path / "made" / "train_gts" / "1.txt").write_text("5,5,40,5,40,20,5,20,changed\n")
    assert add_zip(zipped(tmp_path / "made", tmp_path / "b.zip"), "data").name == "data_2"


@pytest.mark.parametrize("damage", ["cut", "traversal", "text"])
def test_a_broken_upload_leaves_nothing(archive: Path, tmp_path: Path, damage: str) -> None:
    bad = tmp_path / "bad.zip"
    if damage == "cut":
        bad.write_bytes(archive.read_bytes()[:-200])
    elif damage == "text":
        bad.write_text("no zip")
    else:
        with zipfile.ZipFile(bad, "w") as made:
            made.writestr("../outside.txt", "x")
    with pytest.raises(OcrwebError, match=r"archive\."):
        add_zip(bad)
    assert not paths.datasets_dir().exists() or names_on_disk() == []
    assert list_datasets() == []


def test_the_limit_of_an_upload_is_a_setting(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_MAX_UPLOAD_GB", "0.000001")
    with pytest.raises(OcrwebError, match=r"archive\.file-too-large"):
        add_zip(archive)
    monkeypatch.setenv("OCRWEB_MAX_UPLOAD_GB", "much")
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        add_zip(archive)


def test_other_tools_labels_in_an_upload_are_named(tmp_path: Path) -> None:
    source = put(tmp_path / "pics", "1.jpg")
    label_txt(source, {"1.jpg": [entry()]})
    assert add_zip(zipped(source, tmp_path / "pics.zip")).record.formats == ("ppocrlabel",)


def test_a_server_folder_is_known_without_a_copy_and_deleting_it_keeps_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_good(tmp_path / "server" / "mine")
    with pytest.raises(OcrwebError, match=r"batch\.outside-root"):
        add_folder(folder)
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path / "server"))
    stored = add_folder(folder)
    assert stored.linked
    assert (stored.name, stored.train) == ("mine", 10)
    assert add_folder(folder).duplicate
    delete_dataset("mine")
    assert list_datasets() == []
    assert (folder / "train_list.txt").is_file()


def test_renaming_keeps_data_and_record(archive: Path) -> None:
    first = add_zip(archive, "a")
    before = dataset_hash(first.path)
    renamed = rename_dataset("a", "新名字")
    assert (renamed.name, renamed.record) == ("新名字", first.record)
    assert dataset_hash(renamed.path) == before
    with pytest.raises(OcrwebError, match=r"store\.unknown"):
        get_dataset("a")


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("b", "store.name-taken"),
        ("B", "store.name-taken"),
        ("x y", "store.bad-name"),
        ("../x", "store.bad-name"),
        ("", "store.bad-name"),
    ],
)
def test_names_that_cannot_be_are_refused(archive: Path, new: str, code: str) -> None:
    add_zip(archive, "a")
    make_dataset("b", make_good)
    with pytest.raises(OcrwebError) as refused:
        rename_dataset("a", new)
    assert refused.value.code == code
    assert [known.name for known in list_datasets()] == ["b", "a"]


def test_a_deleted_dataset_is_in_no_list_and_its_name_is_free(archive: Path) -> None:
    add_zip(archive, "a")
    delete_dataset("a")
    assert names_on_disk() == [".bin"]
    assert not list((paths.private_dir() / "datasets").iterdir())
    with pytest.raises(OcrwebError, match=r"store\.none"):
        delete_dataset("a")


@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "by folder"])
def test_a_dataset_in_use_is_neither_deleted_nor_renamed(archive: Path, by_name: bool) -> None:
    stored = add_zip(archive, "a")
    run = active_run("a" if by_name else str(stored.path.resolve()))
    for change in (lambda: delete_dataset("a"), lambda: rename_dataset("a", "b")):
        with pytest.raises(OcrwebError) as refused:
            change()
        assert refused.value.code == "store.in-use"
        assert run.name in refused.value.message()
    write_status(run, RunStatus(state=FINISHED))
    delete_dataset("a")


def test_a_dataset_that_is_being_changed_is_neither_deleted_nor_renamed(archive: Path) -> None:
    stored = add_zip(archive, "a")
    with changing("a", stored.path):
        for change in (lambda: delete_dataset("a"), lambda: rename_dataset("a", "b")):
            with pytest.raises(OcrwebError, match=r"store\.busy"):
                change()
    assert rename_dataset("a", "b").name == "b"


def test_a_run_on_another_dataset_does_not_matter(archive: Path) -> None:
    add_zip(archive, "a")
    active_run("b")
    delete_dataset("a")


def test_what_is_downloaded_can_be_uploaded_again(archive: Path, tmp_path: Path) -> None:
    stored = add_zip(archive, "a")
    (stored.path / ".ocrweb_repair").mkdir()
    (stored.path / ".ocrweb_repair" / "secret.txt").write_text("old")
    target = zip_again("a")
    assert target.name == "a.zip"
    with zipfile.ZipFile(target) as packed:
        assert not any("repair" in name for name in packed.namelist())
    again = add_zip(target, "b")
    assert dataset_hash(again.path) == dataset_hash(stored.path)


def test_a_dataset_is_found_by_name_or_path(archive: Path, tmp_path: Path) -> None:
    stored = add_zip(archive, "a")
    assert resolve_dataset("a") == stored.path
    assert resolve_dataset(tmp_path / "made") == tmp_path / "made"
    for name, code in (("aa", "store.unknown"), ("no/where", "usage.missing-path"), (archive, "dataset.not-a-folder")):
        with pytest.raises(OcrwebError) as refused:
            resolve_dataset(name)
        assert refused.value.code == code


def test_the_summary_of_a_check_is_remembered(archive: Path) -> None:
    add_zip(archive, "a")
    kept = keep_validation("a", validate("a"))
    assert kept.record.validation is not None
    assert kept.record.validation["ok"] is True
    assert kept.to_dict()["validation"]["counts"]["train_pictures"] == 10


def test_a_check_measures_a_dataset_that_others_put_there() -> None:
    root = make_good(paths.datasets_dir() / "put")
    assert get_dataset("put").record.bytes == 0
    kept = keep_validation("put", validate("put")).record
    files = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
    assert (kept.bytes, kept.files) == (sum(files), len(files))


def test_a_damaged_record_does_not_hide_the_dataset(archive: Path) -> None:
    add_zip(archive, "a")
    (paths.private_dir() / "datasets" / "a.json").write_text("{half")
    assert get_dataset("a").train == 10


def test_leftovers_of_a_killed_process_are_swept_and_never_listed(archive: Path) -> None:
    root = paths.datasets_dir()
    dead = root / ".incoming-999999999-abcd0123"
    dead.mkdir(parents=True)
    alive = root / f".incoming-{os.getpid()}-abcd0123"
    alive.mkdir()
    assert list_datasets() == []
    add_zip(archive, "a")
    assert not dead.exists()
    assert alive.exists()


def test_what_an_older_version_left_half_done_goes_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    root = paths.datasets_dir()
    left = [root / f".data.{mark}.{ending}" for mark, ending in (("0123abcd", "partial"), ("0123456789ab", "resized"))]
    other = [root / name for name in (".data.0123abcd.bak", ".data.xyz.partial", "data.0123abcd.partial")]
    for folder in (*left, *other):
        folder.mkdir(parents=True)
        os.utime(folder, (1000, 1000))
    for later, there in ((86_400, True), (86_401, False)):
        monkeypatch.setattr(dataset_folder.time, "time", lambda later=later: 1000.0 + later)
        dataset_folder.sweep_datasets()
        assert [folder.exists() for folder in (*left, *other)] == [there, there, True, True, True]


def test_a_failing_builder_leaves_nothing(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        make_good(folder)
        raise OcrwebError("store.none", name="x")

    with pytest.raises(OcrwebError):
        make_dataset("half", fill)
    assert names_on_disk() == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a b", "a_b"),
        ("..", "dataset"),
        ("发票", "发票"),
        ("x/../y", "x_.._y"),
        ("", "dataset"),
        ("-rf", "rf"),
        ("é" * 200, "é" * 60),
    ],
)
def test_safe_names(given: str, expected: str) -> None:
    assert dataset_name(given) == expected
    assert dataset_store.dataset_name(expected) == expected


def test_a_zip_without_pictures_lists_or_labels_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "made" / "docs").mkdir(parents=True)
    (tmp_path / "made" / "docs" / "README.md").write_text("# Ours\n")
    with pytest.raises(OcrwebError) as caught:
        add_zip(zipped(tmp_path / "made", tmp_path / "read me.zip"))
    assert caught.value.code == "store.no-pictures"
    assert "read me.zip" in caught.value.message("en")
    assert list_datasets() == []


@pytest.mark.parametrize("inner", ["all.zip", "train_images.zip"])
def test_a_zip_with_nothing_but_a_zip_and_a_note_says_that_it_is_packed_twice(tmp_path: Path, inner: str) -> None:
    (tmp_path / "made").mkdir()
    zipped(make_good(tmp_path / "good"), tmp_path / "made" / inner)
    (tmp_path / "made" / "readme.txt").write_text("ours\n")
    with pytest.raises(OcrwebError) as caught:
        add_zip(zipped(tmp_path / "made", tmp_path / "a.zip"))
    assert caught.value.code == "archive.nested"
    assert list_datasets() == []


def test_lists_without_their_pictures_are_taken_for_the_check_to_judge(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "train_list.txt").write_text("train_images/1.jpg train_gts/1.txt\n")
    assert add_zip(zipped(tmp_path / "made", tmp_path / "a.zip")).train == 1


@pytest.mark.parametrize("name", ["n" * 300, "数" * 50], ids=["letters", "characters"])
def test_a_name_that_is_too_long_is_called_that_and_not_repeated_in_full(name: str, archive: Path) -> None:
    add_zip(archive, "a")
    with pytest.raises(OcrwebError) as caught:
        rename_dataset("a", name)
    assert caught.value.code == "store.long-name"
    assert len(caught.value.message("en")) < 100


@pytest.mark.parametrize(
    "place", ["", "..", "workdirs", "workdirs/20260101_000000_a", "exports", "outputs/x", "models"]
)
def test_a_folder_with_files_of_our_own_is_no_dataset(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "root" / "home"
    monkeypatch.setenv("OCRWEB_HOME", str(home))
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    folder = home / place
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.raises(OcrwebError) as caught:
        add_folder(folder)
    assert caught.value.code == "store.own-folder"
    assert not (home / "datasets").exists() or not list((home / "datasets").iterdir())


def test_a_folder_that_is_not_there_or_a_file_is_no_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    (tmp_path / "file").touch()
    for name in ("gone", "file"):
        with pytest.raises(OcrwebError, match=r"usage\.missing-path"):
            add_folder(tmp_path / name)
    with pytest.raises(OcrwebError, match=r"usage\.missing-path"):
        add_zip(tmp_path / "gone.zip")
    assert list_datasets() == []


def test_a_folder_that_is_known_already_is_the_same_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    folder, other = make_good(tmp_path / "a" / "mine"), make_good(tmp_path / "b" / "mine")
    first = add_folder(folder)
    again = add_folder(folder, "another name")
    assert (again.name, again.duplicate, first.duplicate) == ("mine", True, False)
    assert (add_folder(other).name, add_folder(make_good(tmp_path / "c"), "mine").name) == ("mine_2", "mine_3")
    assert (first.record.source, first.record.sha256, first.train, first.test) == (str(folder), "", 10, 2)
    assert first.to_dict() == {
        "name": "mine", "path": str(first.path), "source": str(folder), "added": first.record.added, "bytes": first.record.bytes,
        "files": first.record.files, "formats": [], "train": 10, "test": 2, "linked": True, "duplicate": False, "validation": None,
    }  # fmt: skip
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert (first.record.files, first.record.bytes) == (len(files), sum(path.stat().st_size for path in files))


def test_a_name_that_somebody_takes_in_that_very_moment_gets_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    real, told = dataset_store.free_dataset_name, []

    def late(wanted: str) -> str:
        free = real(wanted)
        if len(told) % 2 == 0:  # somebody was faster
            (paths.datasets_dir() / free).mkdir(parents=True)
            (paths.datasets_dir() / free / "theirs").touch()
        told.append(free)
        return free

    monkeypatch.setattr(dataset_store, "free_dataset_name", late)
    assert add_folder(make_good(tmp_path / "mine")).name == "mine_2"
    assert make_dataset("made", make_good)[0].name == "made_2"
    assert told == ["mine", "mine_2", "made", "made_2"]
    assert get_dataset("made_2").train == 10


def test_the_newest_comes_first_and_those_of_unknown_age_last_in_the_order_of_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("p10", "p9", ".hidden"):
        (paths.datasets_dir() / name).mkdir(parents=True)
    (paths.datasets_dir() / "file").touch()
    for when, name in ((100.0, "old"), (200.0, "new")):
        monkeypatch.setattr(dataset_store.time, "time", lambda when=when: when)
        make_dataset(name, make_good)
    assert [dataset.name for dataset in list_datasets()] == ["new", "old", "p9", "p10"]


def test_the_nearest_name_is_offered_for_one_that_there_is_not(archive: Path) -> None:
    with pytest.raises(OcrwebError, match=r"store\.none"):
        get_dataset("demo")
    for name in ("alpha", "omega"):
        make_dataset(name, make_good)
    for given, nearest in (("omga", "omega"), ("alfa", "alpha")):
        with pytest.raises(OcrwebError) as unknown:
            get_dataset(given)
        assert (unknown.value.code, unknown.value.params["nearest"]) == ("store.unknown", nearest)


def test_a_check_does_not_measure_again_what_was_measured(tmp_path: Path) -> None:
    stored = make_dataset("demo", make_good)[0]
    (stored.path / "more.txt").write_text("more")
    (stored.path / "train_list.txt").write_text("\n \n" + (stored.path / "train_list.txt").read_text())
    checked = keep_validation("demo", validate("demo"))
    assert (checked.record.files, checked.record.bytes) == (stored.record.files, stored.record.bytes)
    assert checked.train == 10  # lines that name a picture


@pytest.mark.parametrize("count", [120, 121])
def test_a_name_may_have_so_many_bytes(count: int) -> None:
    make_dataset("demo", make_good)
    if count == 120:
        assert rename_dataset("demo", "x" * count).name == "x" * count
        return
    with pytest.raises(OcrwebError) as refused:
        rename_dataset("demo", f" {'x' * count} ")
    assert refused.value.code == "store.long-name"
    assert (refused.value.params["name"], refused.value.params["count"], refused.value.params["thirds"]) == ("x" * 30 + "…", 120, 40)  # fmt: skip


def test_a_name_may_change_in_the_case_of_its_letters_but_not_to_that_of_another() -> None:
    for name in ("demo", "other"):
        make_dataset(name, make_good)
    assert rename_dataset("demo", "Demo").name == "Demo"
    with pytest.raises(OcrwebError, match=r"store\.name-taken"):
        rename_dataset("Demo", "OTHER")
    assert rename_dataset("Demo", "Demo").name == "Demo"


def test_what_a_killed_resizing_left_is_finished_before_anything_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(dataset_store, "finish_interrupted", asked.append)
    assert list_datasets() == []
    assert asked == []
    paths.datasets_dir().mkdir(parents=True)
    assert list_datasets() == []
    assert asked == [paths.datasets_dir()]
