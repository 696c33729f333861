"""PDFs, read in a process of their own, so that a hostile one takes neither the console nor its memory."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.disk.child import end_group, start_module
from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents.letters import Printed, boxes_of, letters_of
from ocrweb.imaging.documents.page import DocumentPage

PATIENCE = 60.0  # seconds for one page
MOST_PAGES = 10_000
MOST_BYTES = 400_000_000  # of one page's pixels


class Pdf:
    """One PDF and its process, which is started when it is needed and again when a page ended it. Safe for threads.

    Opening raises `document.encrypted`, `document.damaged`, `document.too-many-pages`.
    """

    def __init__(self, path: Path, shown: str) -> None:
        self._path, self._shown = path, shown
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        with self._lock:
            self.pages = self._start()

    def page(self, number: int, longest: int) -> DocumentPage:
        """Draw a page, from 1, so that its longest side is about ``longest`` pixels, within what is readable.

        Raises `document.page-damaged`, `document.too-slow`.
        """
        where = f"{self._shown}#{number}"
        with self._lock:
            if self._child is None:
                self._start()
            head, data = self._ask({"page": number, "longest": longest}, where)
        return DocumentPage(_picture(data, head), number, tuple(head["to_points"]))

    def printed(self, number: int, longest: int) -> Printed:
        """`page` with the text that the PDF itself holds. Raises as `page`."""
        where = f"{self._shown}#{number}"
        with self._lock:
            if self._child is None:
                self._start()
            head, data = self._ask({"page": number, "longest": longest, "letters": True}, where)
        to_points = tuple(head["to_points"])
        area = int(head["height"]) * int(head["width"])
        drawn, ink, letters, pictures = _cut(data, 3 * area, area, head["letters"], head["pictures"])
        try:
            found = letters_of(letters, to_points)
            boxes = boxes_of(pictures, to_points)
        except (ValueError, np.linalg.LinAlgError):
            raise OcrwebError("document.page-damaged", where=where) from None
        page = DocumentPage(_picture(drawn, head), number, to_points)
        return Printed(page, np.frombuffer(ink, np.uint8).reshape(page.pixels.shape[:2]), found, boxes)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _start(self) -> int:
        self._child = start_module(
            "ocrweb.imaging.documents.child", self._path.resolve(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        with self._in_time(self._shown):
            said = self._line()
            if "error" in said or not isinstance(said.get("pages"), int):
                self._end()
                raise OcrwebError(said.get("error", "document.damaged"), where=self._shown)
        if not 0 < said["pages"] <= MOST_PAGES:
            self._end()
            if said["pages"] > MOST_PAGES:
                raise OcrwebError("document.too-many-pages", where=self._shown, pages=said["pages"], limit=MOST_PAGES)
            raise OcrwebError("document.damaged", where=self._shown)
        return int(said["pages"])

    def _ask(self, request: dict[str, Any], where: str) -> tuple[dict[str, Any], bytearray]:
        """The line that the process answers, and the bytes that belong to it."""
        child = self._child
        assert child is not None
        assert child.stdin is not None
        assert child.stdout is not None
        with self._in_time(where):
            try:
                child.stdin.write(json.dumps(request).encode() + b"\n")
                child.stdin.flush()
            except OSError:
                self._end()
                raise OcrwebError("document.page-damaged", where=where) from None
            head = self._line()
            if "error" in head:
                if child.poll() is not None:
                    self._end()
                raise OcrwebError("document.page-damaged", where=where)
            area = int(head["height"]) * int(head["width"])
            size = area * 3 if "letters" not in head else area * 4 + int(head["letters"]) + int(head["pictures"])
            if not (area > 0 and size <= MOST_BYTES):
                self._end()
                raise OcrwebError("document.page-damaged", where=where)
            data = child.stdout.read(size)
            if len(data) < size:
                self._end()
                raise OcrwebError("document.page-damaged", where=where)
        return head, bytearray(data)

    def _line(self) -> dict[str, Any]:
        assert self._child is not None
        assert self._child.stdout is not None
        line = self._child.stdout.readline(4096)
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):  # it was ended, or ended itself
            self._end()
            return {"error": "document.damaged"}
        return said

    @contextlib.contextmanager
    def _in_time(self, where: str) -> Iterator[None]:
        """What the process does inside takes `PATIENCE` at most; then it is ended."""
        child, late = self._child, threading.Event()
        assert child is not None

        def give_up() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(PATIENCE, give_up)
        timer.start()
        try:
            yield
        except OcrwebError:
            if late.is_set():
                raise OcrwebError("document.too-slow", where=where, seconds=round(PATIENCE)) from None
            raise
        finally:
            timer.cancel()

    def _end(self) -> None:
        if self._child is not None:
            end_group(self._child)
            if self._child.stdout is not None:
                self._child.stdout.close()
            self._child = None


def _picture(data: bytes | bytearray, head: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(data, np.uint8).reshape(int(head["height"]), int(head["width"]), 3)


def _cut(data: bytearray, *lengths: int) -> list[bytearray]:
    ends = list(itertools.accumulate(lengths))
    return [data[end - length : end] for end, length in zip(ends, lengths, strict=True)]
