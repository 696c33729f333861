"""Uploaded zips are unpacked whole and safely, or refused with a code and nothing left behind."""

from __future__ import annotations

import errno
import shutil
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrweb.data.archive import extract_archive
from ocrweb.data.archive_plan import ArchiveLimits
from ocrweb.data.repair.apply import apply_repair
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from tests.data.corpus import make_good
from tests.data.zips import DATASET, Members, extract, packed, patched, refused


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_dataset_comes_out_as_it_went_in(method: int, tmp_path: Path) -> None:
    assert extract(packed(DATASET, method), tmp_path) == DATASET


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({f"my data/{name}": body for name, body in DATASET.items()}, DATASET),
        ({f"./{name}": body for name, body in DATASET.items()}, DATASET),
        ({"train_images/1.jpg": b"a"}, {"train_images/1.jpg": b"a"}),
        ({"a/b/c/1.jpg": b"a", "a/b/2.jpg": b"b"}, {"c/1.jpg": b"a", "2.jpg": b"b"}),
        ({"a/1.jpg": b"a", "readme.txt": b"b"}, {"a/1.jpg": b"a", "readme.txt": b"b"}),
        ({"photos\\1.jpg": b"a", "photos\\2.jpg": b"b"}, {"1.jpg": b"a", "2.jpg": b"b"}),
        (
            {"d/1.jpg": b"a", "__MACOSX/d/._1.jpg": b"m", "d/.DS_Store": b"s", "d/Thumbs.db": b"t", "d/._2": b"u"},
            {"1.jpg": b"a"},
        ),
    ],
    ids=["wrapped", "dots", "layout-folder", "two-wraps", "two-tops", "backslashes", "junk"],
)
def test_wrapping_folders_and_junk_are_taken_away(members: Members, expected: Members, tmp_path: Path) -> None:
    assert extract(packed(members), tmp_path) == expected


def test_folders_come_out_too_those_without_a_file_in_them_as_well(tmp_path: Path) -> None:
    (tmp_path / "upload.zip").write_bytes(packed({**DATASET, "test_images/": b"", "test_gts/deep/": b""}))
    made = extract_archive(tmp_path / "upload.zip", tmp_path / "out")
    folders = {path.relative_to(made.root).as_posix() for path in made.root.rglob("*") if path.is_dir()}
    assert folders == {"train_images", "train_gts", "test_images", "test_gts", "test_gts/deep"}
    assert set(made.files) == set(DATASET)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "upload.zip").write_bytes(packed({**DATASET, "Thumbs.db": b"t", "more/inner.ZIP": packed(DATASET)}))
    made = extract_archive(tmp_path / "upload.zip", tmp_path / "out")
    assert {(left.name, left.reason) for left in made.skipped} == {("Thumbs.db", "junk"), ("more/inner.ZIP", "archive")}
    assert set(made.files) == set(DATASET)


def test_a_zip_in_the_place_of_a_folder_comes_out_as_it_is_and_the_repair_unpacks_it(tmp_path: Path) -> None:
    whole = make_good(tmp_path / "good")
    pictures = {path.name: path.read_bytes() for path in (whole / "train_images").iterdir()}
    others = {
        path.relative_to(whole).as_posix(): path.read_bytes()
        for path in whole.rglob("*")
        if path.is_file() and path.parent.name != "train_images"
    }
    (tmp_path / "upload.zip").write_bytes(packed({**others, "Train_Images.zip": packed(pictures)}))
    assert extract_archive(tmp_path / "upload.zip", tmp_path / "pictures").skipped
    made = extract_archive(tmp_path / "upload.zip", tmp_path / "out", packed_folders=True)
    assert not made.skipped
    found = validate_dataset(made.root, ValidateOptions(workers=1)).findings
    assert [(one.rule, one.fixable) for one in found if one.severity == "error"] == [("layout.in-archive", True)]
    apply_repair(plan_repair(made.root), "in-place")
    assert validate_dataset(made.root, ValidateOptions(workers=1)).ok


def test_a_member_longer_than_it_claims_is_not_written_whole(tmp_path: Path) -> None:
    data = patched(packed({"zeros.jpg": bytes(3 << 20)}), {24: struct.pack("<I", 1000)})
    assert refused(data, tmp_path).code in {"archive.bomb", "archive.damaged"}


def test_a_name_that_is_damaged_before_its_member_alone_is_a_damaged_zip(tmp_path: Path) -> None:
    data = packed(DATASET | {"train_images/é.jpg": b"picture"})
    (tmp_path / "a.zip").write_bytes(data.replace("é.jpg".encode(), b"\xfe\xfe.jpg", 1))  # the directory's stays
    with pytest.raises(OcrwebError) as caught:
        extract_archive(tmp_path / "a.zip", tmp_path / "out", ArchiveLimits())
    assert caught.value.code == "archive.damaged"
    assert not (tmp_path / "out").exists()


def test_an_existing_dataset_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "upload.zip").write_bytes(packed(DATASET))
    (tmp_path / "out").mkdir()
    assert extract_archive(tmp_path / "upload.zip", tmp_path / "out").bytes > 0  # an empty folder may be filled
    with pytest.raises(OcrwebError) as caught:
        extract_archive(tmp_path / "upload.zip", tmp_path / "out")
    assert caught.value.code == "archive.target-exists"
    assert (tmp_path / "out" / "train_list.txt").exists()


def test_paths_that_are_no_zip_files_get_a_code(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.zip", "usage.missing-path"), (tmp_path, "archive.not-a-file")):
        with pytest.raises(OcrwebError) as caught:
            extract_archive(path, tmp_path / "out")
        assert caught.value.code == code


def test_a_full_disk_is_told_before_and_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3))
        assert refused(packed(DATASET), tmp_path).code == "usage.disk-full"

    def full(done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert refused(packed(DATASET), tmp_path, progress=full).code == "usage.disk-full"


def test_progress_reaches_the_total_and_can_stop(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    extract(packed(DATASET), tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == sum(map(len, DATASET.values()))
    shutil.rmtree(tmp_path / "out")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_archive(tmp_path / "upload.zip", tmp_path / "out", progress=stop)
    assert {path.name for path in tmp_path.iterdir()} == {"upload.zip"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 700), st.binary(min_size=1, max_size=6), st.integers(0, 900))
def test_damaged_zips_raise_nothing_else(at: int, junk: bytes, cut: int) -> None:
    data = packed(DATASET)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "upload.zip").write_bytes((data[:at] + junk + data[at + len(junk) :])[: max(cut, len(data) - cut)])
        try:
            extract_archive(folder / "upload.zip", folder / "out")
        except OcrwebError:
            assert not (folder / "out").exists()
        assert not list(folder.glob(".*.partial"))
