"""The pictures of a part, from every kind of input."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.picture import read_picture
from ocrweb.services.cluster.inputs import plan
from ocrweb.services.cluster.pieces import Piece, pieces
from ocrweb.services.cluster.store import opened
from tests.services.cluster.conftest import bright


def looked(piece: Piece) -> str:
    """The size of the picture, or the code of its error."""
    try:
        data = piece.load()
        pixels = data.pixels if isinstance(data, DocumentPage) else read_picture(data).pixels
    except OcrwebError as error:
        return error.code
    return f"{pixels.shape[1]}x{pixels.shape[0]}"


def of(*inputs: Path | str) -> list[tuple[str, str]]:
    """Name, from the first input on, and `looked` of every picture."""
    found = []
    for shard in plan([str(one) for one in inputs], 10):
        with pieces(shard, 200) as coming:
            found += [(piece.name.rpartition("in/")[2], looked(piece)) for piece in coming]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def document(path: Path, kind: str) -> Path:
    first, second = Image.new("L", (60, 40), 255), Image.new("L", (30, 40), 255)
    first.save(path, kind, save_all=True, append_images=[second])
    return path


def test_files_and_pages_of_documents(folder: Path) -> None:
    (folder / "1.png").write_bytes(bright(1))
    (folder / "2.jpg").write_bytes(b"no picture")
    document(folder / "3.tif", "TIFF")
    document(folder / "4.pdf", "PDF")
    (folder / "5.pdf").write_bytes(b"%PDF-1.4 damaged")
    (folder / "these.lst").write_text("1.png\n6.png\n")
    names = [("1.png", "320x96"), ("2.jpg", "image.not-an-image"), ("3.tif#1", "60x40"), ("3.tif#2", "30x40")]
    found = of(folder, folder / "these.lst")
    assert [(name, said) for name, said in found if name.startswith(("1", "3"))] == [names[0], *names[2:]]
    assert dict(found)["2.jpg"].startswith("image.")
    assert dict(found)["4.pdf#1"] == "200x134"
    assert dict(found)["5.pdf"] == "document.damaged"
    assert found[-1] == ("6.png", "image.missing")


def test_pictures_and_documents_of_an_object_store(folder: Path) -> None:
    bucket = f"memory://{folder.parent.name}/in"
    opened(f"{bucket}/a.png").write(bright(2))
    opened(f"{bucket}/b.pdf").write(document(folder / "b.pdf", "PDF").read_bytes())
    assert of(bucket) == [("a.png", "320x96"), ("b.pdf#1", "200x134"), ("b.pdf#2", "120x160")]


@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a.tar.gz"])
def test_archives_are_read_in_order_without_being_unpacked(kind: str, folder: Path) -> None:
    members = {
        "x/2.png": bright(1),
        "x/1.pdf": document(folder.parent / "b.pdf", "PDF").read_bytes(),
        "label.json": b"{}",
    }
    members |= {"../../out.png": bright(1), "__MACOSX/x.png": b"", "empty.png": b""}
    if kind.endswith(".zip"):
        with zipfile.ZipFile(folder / kind, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(folder / kind, f"w:{'gz' if kind.endswith('gz') else ''}") as packed:
            for name, data in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                packed.addfile(member, io.BytesIO(data))
    assert of(folder) == [
        (f"{kind}/x/2.png", "320x96"),
        (f"{kind}/x/1.pdf#1", "200x134"),
        (f"{kind}/x/1.pdf#2", "120x160"),
        (f"{kind}/../../out.png", "320x96"),
        (f"{kind}/empty.png", "image.empty"),
    ]


@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a.tar.gz"])
def test_an_archive_that_is_none_or_gone_is_one_picture_that_cannot_be_used(kind: str, folder: Path) -> None:
    (folder / kind).write_bytes(b"no archive at all, but long enough to be looked at" * 40)
    assert of(folder) == [(kind, "archive.damaged")]
    (shard,) = plan([str(folder)], 10)
    (folder / kind).unlink()
    with pieces(shard, 200) as coming:
        assert [looked(piece) for piece in coming] == ["image.missing"]


def test_a_damaged_member_takes_no_other_with_it(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("1.png", bright(1))
        archive.writestr("2.png", bright(2))
    content = bytearray((folder / "a.zip").read_bytes())
    content[content.index(b"1.png") + 30] ^= 255
    (folder / "a.zip").write_bytes(content)
    assert [said for _, said in of(folder)] == ["archive.damaged", "320x96"]


def test_tables_hold_bytes_or_addresses(folder: Path) -> None:
    (folder / "1.png").write_bytes(bright(1))
    wide = cv2.imencode(".png", np.zeros((10, 500, 3), np.uint8))[1].tobytes()
    parquet.write_table(pyarrow.table({"bytes": [bright(1), wide, None]}), folder / "a.parquet", row_group_size=2)
    images = [{"bytes": wide, "path": None}, {"bytes": None, "path": None}]
    parquet.write_table(pyarrow.table({"image": images, "path": ["one", "1.png"]}), folder / "b.parquet")
    parquet.write_table(pyarrow.table({"url": [f"file://{folder}/1.png", "gone.png"]}), folder / "c.parquet")
    inputs = [folder / f"{name}.parquet" for name in "abc"]
    assert of(*inputs) == [
        ("a.parquet/0", "320x96"),
        ("a.parquet/1", "500x10"),
        ("a.parquet/2", "image.empty"),
        ("one", "500x10"),
        ("1.png", "320x96"),
        ("1.png", "320x96"),
        ("gone.png", "image.missing"),
    ]


def test_a_table_that_was_damaged_since_is_told(folder: Path) -> None:
    parquet.write_table(pyarrow.table({"bytes": [bright(1)]}), folder / "a.parquet")
    (shard,) = plan([str(folder)], 10)
    (folder / "a.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pieces(shard, 200) as coming:
        assert [looked(piece) for piece in coming] == ["cluster.damaged-table"]
