"""Zipped datasets as people make them: good ones pass, bad ones give a coded error or the findings of their content."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.validation import validate
from tests.data.corpus import label, make_good, rename

Pack = Callable[[Path], bytes]


def packed(root: Path, prefix: str = "", extra: dict[str, bytes] | None = None, **options: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:  # type: ignore[arg-type]
        for path in sorted(root.rglob("*")):
            archive.write(path, prefix + str(path.relative_to(root)))
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_link(root: Path) -> bytes:
    buffer = io.BytesIO(packed(root))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("train_images/link.jpg")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def encrypted(root: Path) -> bytes:
    data = bytearray(packed(root))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def chinese_names(root: Path) -> bytes:
    """As Windows packs them: GBK bytes, no UTF-8 flag."""
    name = "发票"
    rename("train_images/3.jpg", f"train_images/{name}.jpg")(root)
    rename("train_gts/3.txt", f"train_gts/{name}.txt")(root)
    path = root / "train_list.txt"
    path.write_text(path.read_text().replace("/3.", f"/{name}."), encoding="utf-8")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(path for path in root.rglob("*") if path.is_file()):
            plain = str(file.relative_to(root))
            archive.writestr(plain.replace(name, "@@@@"), file.read_bytes())
    return buffer.getvalue().replace(b"@@@@", name.encode("gbk"))


FINDINGS: list[tuple[str, Pack, dict[str, int]]] = [
    ("plain", packed, {}),
    ("deflated", lambda root: packed(root, compression=zipfile.ZIP_DEFLATED), {}),
    ("one wrapping folder", lambda root: packed(root, "custom_data/"), {}),
    ("macOS leftovers", lambda root: packed(root, "d/", {"__MACOSX/d/._1.jpg": b"x", "d/.DS_Store": b"x"}), {}),
    ("Windows leftovers", lambda root: packed(root, "", {"train_images/Thumbs.db": b"x"}), {}),
    ("GBK names", chinese_names, {}),
    ("two wrapping folders", lambda root: packed(root, "a/b/"), {}),
    ("something else", lambda root: packed(root / "train_gts"), {"layout.missing": 4, "list.missing": 2}),
]
ERRORS: list[tuple[str, Pack, str]] = [
    ("empty file", lambda root: b"", "archive.empty-file"),
    ("not a zip", lambda root: b"Rar!\x1a\x07\0" + b"x" * 99, "archive.not-a-zip"),
    ("text", lambda root: b"hello\n", "archive.is-text"),
    ("cut off", lambda root: packed(root)[:-300], "archive.damaged"),
    ("traversal", lambda root: packed(root, "", {"../../evil.txt": b"x"}), "archive.unsafe-name"),
    ("absolute name", lambda root: packed(root, "", {"/etc/evil": b"x"}), "archive.unsafe-name"),
    ("link", with_link, "archive.link"),
    ("encrypted", encrypted, "archive.encrypted"),
    ("collision of capitals", lambda root: packed(root, "", {"train_images/A.jpg": b"", "train_images/a.jpg": b""}), "archive.collision"),
    ("no files", lambda root: packed(root / "nothing"), "archive.empty"),
    ("bomb", lambda root: packed(root, "", {"b.bin": bytes(200 << 20)}, compression=zipfile.ZIP_DEFLATED), "archive.bomb"),
]  # fmt: skip


@pytest.mark.parametrize(("pack", "expected"), [row[1:] for row in FINDINGS], ids=[row[0] for row in FINDINGS])
def test_zip_gives_the_findings_of_its_content(pack: Pack, expected: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(pack(make_good(tmp_path / "data")))
    assert validate(path).rules == expected


@pytest.mark.parametrize(("pack", "code"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_unsafe_or_broken_zip_is_a_coded_error(pack: Pack, code: str, tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(pack(make_good(tmp_path / "data")))
    with pytest.raises(OcrwebError) as refusal:
        validate(path)
    assert refusal.value.code == code


def test_faults_inside_a_zip_are_found_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    root = make_good(tmp_path / "data")
    label("1,2,3")(root)
    (tmp_path / "set.zip").write_bytes(packed(root))
    report = validate(tmp_path / "set.zip")
    assert [(found.rule, found.where) for found in report.findings] == [("label.too-few", "train_gts/3.txt:2")]
    assert list((tmp_path / "temporary").iterdir()) == []
