"""Which page of a document is looked at, and what came as bytes without a name."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.detect import sent as sending
from ocrweb.services.detect import sheet
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.temporary import temporary_root


class FakeDocuments:
    """Documents of so many pages as their name says; 0 for a TIFF of one picture."""

    closed = 0

    def pages(self, path: Path, shown: str) -> int:
        assert shown == "my scan"
        return int(path.stem)

    def read(self, path: Path, number: int, shown: str, longest: int) -> Any:
        return SimpleNamespace(to_points=(1.0, 0.0), asked=(path.name, number, shown, longest))

    def close(self) -> None:
        FakeDocuments.closed += 1


@pytest.fixture(autouse=True)
def documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "Documents", FakeDocuments)
    FakeDocuments.closed = 0


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_page_of_a_document_is_named_by_its_number(number: int) -> None:
    place, page = sheet.read_sheet(Path("/x/3.PDF"), "my scan", number, 960)
    assert place == sheet.Place(f"my scan#{number}", 3, number, (1.0, 0.0))
    assert page is not None
    assert page.asked == ("3.PDF", number, "my scan", 960)  # type: ignore[attr-defined]
    assert FakeDocuments.closed == 1


@pytest.mark.parametrize(("name", "number", "pages"), [("3.pdf", 0, 3), ("3.pdf", 4, 3), ("0.tif", 2, 1), ("9.png", 2, 1), ("9.png", 0, 1)])  # fmt: skip
def test_a_page_that_is_not_there_is_refused_with_how_many_there_are(name: str, number: int, pages: int) -> None:
    with pytest.raises(OcrwebError) as refused:
        sheet.read_sheet(Path(f"/x/{name}"), "my scan", number, 960)
    assert (refused.value.code, refused.value.where) == ("document.no-such-page", "my scan")
    assert (refused.value.params["page"], refused.value.params["pages"]) == (number, pages)
    assert FakeDocuments.closed == 1


@pytest.mark.parametrize("name", ["0.tif", "9.png"])
def test_a_picture_has_one_page_and_its_own_name(name: str) -> None:
    assert sheet.read_sheet(Path(f"/x/{name}"), "my scan", 1, 960) == (sheet.Place("my scan"), None)


Asked = list[tuple[Any, ...]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    calls: Asked = []

    def once(picture: Any, request: Any, shown: str, number: int = 1, cancel: Any = None) -> Any:
        seen = (picture.name, picture.read_bytes()) if isinstance(picture, Path) else picture
        calls.append((seen, request.model, shown, number, cancel))
        return "result"

    monkeypatch.setattr(sending, "detect_once", once)
    return calls


REQUEST = DetectRequest(model="m")


@pytest.mark.parametrize(
    ("start", "name"), [(b"%PDF-1.7\n", "content.pdf"), (b"II*\0\x08\0\0\0", "content.tif")], ids=["PDF", "TIFF"]
)
def test_a_document_lies_in_a_file_as_long_as_it_is_looked_at(start: bytes, name: str, asked: Asked) -> None:
    sent, stop = start + b"x" * 2000, threading.Event()
    assert sending.detect_sent(sent, REQUEST, "my scan", 2, stop) == "result"  # type: ignore[comparison-overlap]
    assert asked == [((name, sent), "m", "my scan", 2, stop)]
    assert not any(temporary_root().iterdir())


def test_a_picture_is_never_written_and_has_no_second_page(asked: Asked) -> None:
    stop = threading.Event()
    sending.detect_sent(b"\x89PNG\r\n\x1a\n", REQUEST, "my scan", cancel=stop)
    assert asked == [(b"\x89PNG\r\n\x1a\n", "m", "my scan", 1, stop)]
    assert not temporary_root().exists()
    for number in (0, 2):
        with pytest.raises(OcrwebError) as refused:
            sending.detect_sent(b"\x89PNG\r\n\x1a\n", REQUEST, "my scan", number)
        assert refused.value.code == "document.no-such-page"
        assert (refused.value.where, refused.value.params) == ("my scan", {"page": number, "pages": 1})
