"""Pages of PDFs are drawn by a process of their own, and what is wrong with one is a code."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents import pdf as module
from ocrweb.imaging.documents.opened import KEPT, Documents
from ocrweb.imaging.documents.pdf import Pdf
from tests.imaging.documents.made import pdf


def ink(pixels: np.ndarray) -> np.ndarray:
    """Left, top, right, bottom of what is dark."""
    rows, columns = np.nonzero(pixels[:, :, 0] < 128)
    return np.array([columns.min(), rows.min(), columns.max(), rows.max()])


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_as_long_as_wanted_and_its_pixels_lead_to_its_points(turned: int, tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["HHHH", "HHHHHHHH"], turned=turned))
    document = Pdf(file, "scan.pdf")
    try:
        first, second = document.page(1, 1188), document.page(2, 1188)
    finally:
        document.close()
    assert max(first.pixels.shape) == 1188
    assert (first.number, second.number) == (1, 2)
    assert first.pixels.shape[:2] == ((1188, 840) if turned % 180 == 0 else (840, 1188))
    assert first.to_points is not None
    a, b, c, d, e, f = first.to_points
    left, top, right, bottom = ink(first.pixels)
    xs, ys = zip(*((a * x + c * y + e, b * x + d * y + f) for x, y in ((left, top), (right, bottom))), strict=True)
    assert min(xs) == pytest.approx(60, abs=4)
    assert min(ys) == pytest.approx(500, abs=2)
    assert np.ptp(ink(second.pixels)[[0, 2]]) + np.ptp(ink(second.pixels)[[1, 3]]) > right - left + bottom - top


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf(["a"], locked=True), "document.encrypted"),
        (b"%PDF-1.4\nnothing else", "document.damaged"),
        (pdf(["a"])[:120], "document.damaged"),
        (pdf([]), "document.damaged"),
    ],
    ids=["locked", "no objects", "cut", "no pages"],
)
def test_a_pdf_that_cannot_be_opened_is_a_code(data: bytes, code: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.pdf"
    file.write_bytes(data)
    with pytest.raises(OcrwebError) as caught:
        Pdf(file, "bad.pdf")
    assert (caught.value.code, caught.value.where) == (code, "bad.pdf")


def test_a_page_that_ends_its_process_is_a_code_and_the_next_page_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["a", "b"]))
    document = Pdf(file, "scan.pdf")
    try:
        assert document._child is not None
        document._child.kill()
        document._child.wait()
        with pytest.raises(OcrwebError) as caught:
            document.page(1, 800)
        assert (caught.value.code, caught.value.where) == ("document.page-damaged", "scan.pdf#1")
        assert document.page(2, 800).pixels.size > 0
    finally:
        document.close()


def test_a_process_that_answers_nonsense_is_ended_and_the_next_page_is_asked_of_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No size, too large a one, fewer bytes than it said, no document, no line."""
    said = [
        b'{"height": 0, "width": 5}',
        b'{"height": -5, "width": 5}',
        b'{"height": 30, "width": 40}\n123',
        b"[1]",
        b"",
        b"{",
    ]
    odd = tmp_path / "odd.py"
    odd.write_text(
        "import sys, os\nprint('{\"pages\": 1}', flush=True)\nsys.stdin.readline()\n"
        "os.write(1, open(sys.argv[1], 'rb').read())\nos.close(1)\nsys.stdin.read()\n"
    )
    monkeypatch.setattr(module, "MOST_BYTES", 3 * 30 * 40)
    answer = tmp_path / "answer"
    start = lambda *_, **streams: subprocess.Popen([sys.executable, "-SE", odd, answer], **streams)  # noqa: E731
    monkeypatch.setattr(module, "start_module", start)
    document = Pdf(tmp_path / "a.pdf", "a.pdf")
    before = threading.enumerate()
    try:
        for answered in (*said, b'{"height": 30, "width": 41}\n' + bytes(3 * 30 * 41)):
            answer.write_bytes(answered + b"\n" * (b"}" in answered[-1:]))
            if document._child is None:
                document._start()
            child = document._child
            with pytest.raises(OcrwebError) as caught:
                document.page(1, 900)
            assert (caught.value.code, caught.value.where) == ("document.page-damaged", "a.pdf#1"), answered
            assert document._child is None, answered
            assert child is not None
            assert child.returncode is not None, answered
        answer.write_bytes(b'{"height": 30, "width": 40, "to_points": [1, 0, 0, 1, 0, 0]}\n' + bytes(range(225)) * 16)
        page = document.page(1, 900)
        assert (page.pixels.shape, page.pixels.ravel()[:3].tolist(), page.to_points) == (
            (30, 40, 3),
            [0, 1, 2],
            (1, 0, 0, 1, 0, 0),
        )
        waiting = [one for one in threading.enumerate() if isinstance(one, threading.Timer) and one not in before]
        assert all(one.finished.is_set() for one in waiting), "nobody waits any longer for what has come"
    finally:
        document.close()


def test_its_process_writes_no_file_has_little_room_and_is_the_first_to_go(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["a"]))
    document = Pdf(file, "scan.pdf")
    try:
        assert document._child is not None
        process = Path(f"/proc/{document._child.pid}")
        limits = (process / "limits").read_text()
        first_to_go = (process / "oom_score_adj").read_text().strip()
    finally:
        document.close()
    bounds = dict(re.findall(r"^Max (file size|core file size|address space|cpu time) +(\d+)", limits, re.MULTILINE))
    assert (bounds["file size"], bounds["core file size"], first_to_go) == ("0", "0", "1000")
    assert 0 < int(bounds["address space"]) < 6 * 2**30
    assert int(bounds["cpu time"]) > 0


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["a"]))
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    with pytest.raises(OcrwebError) as caught:
        Pdf(file, "scan.pdf")
    assert caught.value.code == "document.too-slow"


def test_few_pdfs_have_a_process_at_a_time(tmp_path: Path) -> None:
    documents = Documents()
    try:
        for number in range(KEPT + 2):
            file = tmp_path / f"{number}.pdf"
            file.write_bytes(pdf(["a"]))
            assert documents.pages(file, file.name) == 1
        assert len(documents._pdfs) == KEPT
        assert documents.read(tmp_path / "0.pdf", 1, "0.pdf", 900).pixels.size > 0
    finally:
        documents.close()
