"""What a handler gets of a picture field: the upload's own path, the text of an address, or nothing; never a foreign file."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from gradio import processing_utils
from gradio.data_classes import FileData, ImageData

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts.picture_input import (
    UploadOrUrl,
    UploadsOrUrls,
    endpoint_picture,
    fetched,
    picture_input,
    pictures_input,
)

PNG = "data:image/png;base64," + base64.b64encode(b"pixels").decode()
WEB = ("http://example.org/a.png", "https://example.org/a.png")


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(b"as it came")
    (tmp_path / "foreign.jpg").write_bytes(b"of the machine")
    return folder


def never(*_: Any) -> str:
    raise AssertionError("it was downloaded")


def test_the_page_hands_over_an_upload_as_it_came_and_a_shot_of_the_camera_as_a_file(uploads: Path) -> None:
    field = picture_input(label="p")
    assert field.preprocess(None) is None
    assert field.preprocess(ImageData()) is None
    assert field.preprocess(ImageData(path=str(uploads / "a.jpg"))) == str(uploads / "a.jpg")
    shot = field.preprocess(ImageData(url=PNG))
    assert Path(shot).read_bytes() == b"pixels"
    assert Path(shot).name == "picture.png"


def test_a_program_may_send_one_picture_as_a_file_or_as_a_text(uploads: Path) -> None:
    field = endpoint_picture("p")
    assert field.preprocess(None) is None
    assert field.preprocess(UploadOrUrl(root=None)) is None
    for text in (*WEB, PNG, "", "/etc/passwd"):
        assert field.preprocess(UploadOrUrl(root=text)) == text
    assert field.preprocess(UploadOrUrl(root=ImageData(path=str(uploads / "b.jpg")))) == uploads / "b.jpg"
    assert field.preprocess(UploadOrUrl(root=ImageData(path=WEB[1]))) == WEB[1]
    assert field.preprocess(UploadOrUrl(root=ImageData(url=WEB[0]))) == WEB[0]


def test_a_program_may_send_many_mixed_or_one_alone_or_none(uploads: Path) -> None:
    field = pictures_input("p")
    assert field.preprocess(None) == []
    assert field.preprocess(UploadsOrUrls(root=[])) == []
    a, b = (FileData(path=str(uploads / name)) for name in ("a.jpg", "b.jpg"))
    assert field.preprocess(UploadsOrUrls(root=a)) == [uploads / "a.jpg"]
    mixed = field.preprocess(UploadsOrUrls(root=[a, WEB[0], FileData(path=""), b]))
    assert mixed == [uploads / "a.jpg", WEB[0], uploads / "b.jpg"]


@pytest.mark.parametrize("name", ["foreign.jpg", "uploads/gone.jpg", "uploads"])
def test_a_path_that_is_no_upload_is_refused_by_every_field(name: str, tmp_path: Path) -> None:
    path = str(tmp_path / name)
    for field, payload in (
        (picture_input(), ImageData(path=path)),
        (endpoint_picture("p"), UploadOrUrl(root=ImageData(path=path))),
        (pictures_input("p"), UploadsOrUrls(root=[FileData(path=path)])),
    ):
        with pytest.raises(OcrwebError, match=r"access\.foreign-file"):
            field.preprocess(payload)


def test_only_an_address_is_fetched(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def download(url: str, cache: str) -> str:
        asked.append((url, cache))
        return f"{cache}/fetched.png"

    monkeypatch.setattr(processing_utils, "ssrf_protected_download", download)
    for url in WEB:
        assert fetched(url, "x") == uploads / "fetched.png"
    assert asked == [(url, str(uploads)) for url in WEB]
    monkeypatch.setattr(processing_utils, "ssrf_protected_download", never)
    assert fetched(uploads / "a.jpg", "x") == uploads / "a.jpg"
    data = fetched(PNG, "shot")
    assert (data.name, data.read_bytes(), data.is_relative_to(uploads)) == ("shot.png", b"pixels", True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("/etc/passwd", "/etc/passwd"), ("", ""), ("ftp://example.org/a", "ftp://example.org/a"), ("data:image/png;base64,ä", "data:image/png;base64,ä"),
     ("x" * 81, "x" * 80)],
    ids=["path", "empty", "ftp", "no base64", "long"],
)  # fmt: skip
def test_any_other_text_is_refused_and_told_shortened(text: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing_utils, "ssrf_protected_download", never)
    with pytest.raises(OcrwebError) as refused:
        fetched(text, "x")
    assert (refused.value.code, refused.value.params["url"]) == ("access.bad-url", shown)


def test_a_download_that_fails_has_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> str:
        raise ConnectionError("nobody")

    monkeypatch.setattr(processing_utils, "ssrf_protected_download", fails)
    with pytest.raises(OcrwebError) as refused:
        fetched(WEB[0], "x")
    assert (refused.value.code, refused.value.params["url"]) == ("access.bad-url", WEB[0])
