"""Names of a zip: decoded as they were meant, and none leads out of the folder."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrweb.data.archive_names import member_name, safe_parts
from ocrweb.errors import OcrwebError
from tests.data.zips import extract, raw_named


@pytest.mark.parametrize(
    ("raw", "flag", "name"),
    [
        ("发票/图片1.jpg".encode("gbk"), 0, "发票/图片1.jpg"),
        ("发票/图片1.jpg".encode(), 0, "发票/图片1.jpg"),
        ("发票/图片1.jpg".encode(), 0x800, "发票/图片1.jpg"),
        ("乗/誠.jpg".encode("gb18030"), 0, "乗/誠.jpg"),
        ("café.jpg".encode("cp437"), 0, "café.jpg"),
        ("誠\\乗.jpg".encode("gbk"), 0, "誠/乗.jpg"),
    ],
    ids=["gbk", "utf8-unflagged", "utf8-flagged", "gb18030", "dos", "double-byte-with-backslash"],
)
def test_names_are_decoded_as_they_were_meant(raw: bytes, flag: int, name: str, tmp_path: Path) -> None:
    assert set(extract(raw_named(raw, flag=flag), tmp_path)) == {name.rpartition("/")[2]}


@given(st.text(max_size=40))
def test_safe_names_stay_inside(name: str) -> None:
    try:
        parts = safe_parts(name)
    except OcrwebError:
        return  # coded, as promised
    inside = os.path.normpath(os.path.join("/root/folder", *parts))
    assert inside == "/root/folder" or inside.startswith("/root/folder/")


@pytest.mark.parametrize(("system", "name"), [(0, "图片"), (3, "ͼƬ")], ids=["made on Windows", "made on Linux"])
def test_a_name_that_is_both_chinese_and_utf8_follows_the_system_that_made_it(system: int, name: str) -> None:
    info = zipfile.ZipInfo("图片".encode("gb18030").decode("cp437"))
    info.create_system = system
    assert member_name(info) == name
