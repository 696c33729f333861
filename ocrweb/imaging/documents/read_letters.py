"""What PDFium says of a page's text; runs in the process that reads a stranger's PDF."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

MOST_LETTERS = 50_000  # of a page
DEEPEST = 12  # forms within forms
INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
Matrix = np.ndarray


def read_letters(page: Any) -> bytes:
    """A row of `letters.COLUMNS` float32 for each letter, in points: code, hidden, run, glyph's box (left, bottom, right,
    top), its line's box, origin, direction of the pen, of up, size of the font. Raises ValueError for too many."""
    text = pdfium.FPDFText_LoadPage(page.raw)
    if not text:
        raise ValueError
    try:
        count = pdfium.FPDFText_CountChars(text)
        if not 0 <= count <= MOST_LETTERS:
            raise ValueError
        runs: dict[int, int] = {}
        rows = [_row(text, index, runs) for index in range(count) if pdfium.FPDFText_IsGenerated(text, index) != 1]
        return np.array(rows, np.float32).tobytes()
    finally:
        pdfium.FPDFText_ClosePage(text)


def _row(text: Any, index: int, runs: dict[int, int]) -> list[float]:
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    loose, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFText_GetLooseCharBox(text, index, loose)
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    drawn = pdfium.FPDFText_GetTextObject(text, index)
    run = runs.setdefault(ctypes.addressof(drawn.contents), len(runs)) if drawn else -1
    hidden = bool(drawn) and pdfium.FPDFTextObj_GetTextRenderMode(drawn) in INVISIBLE
    code = 0 if pdfium.FPDFText_HasUnicodeMapError(text, index) == 1 else pdfium.FPDFText_GetUnicode(text, index)
    return [
        code, hidden, run, left.value, bottom.value, right.value, top.value,
        loose.left, loose.bottom, loose.right, loose.top, x.value, y.value,
        matrix.a, matrix.b, matrix.c, matrix.d, pdfium.FPDFText_GetFontSize(text, index),
    ]  # fmt: skip


def hide_text(page: Any) -> list[list[float]]:
    """Leave the text out of what is drawn from now on; the pictures' boxes (left, bottom, right, top), in points."""
    pictures: list[list[float]] = []
    for kind, thing, matrix in _things(page):
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            pdfium.FPDFPageObj_SetIsActive(thing, False)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_bounds(thing, matrix))
    return pictures


def _things(page: Any) -> Iterator[tuple[int, Any, Matrix]]:
    """Everything on a page with the matrix of the form it lies in."""

    def inside(get: Callable[[int], Any], count: int, matrix: Matrix, depth: int) -> Iterator[tuple[int, Any, Matrix]]:
        for index in range(count):
            thing = get(index)
            kind = pdfium.FPDFPageObj_GetType(thing)
            yield kind, thing, matrix
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
                own = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
                pdfium.FPDFPageObj_GetMatrix(thing, own)
                placed = matrix @ np.array([(own.a, own.c, own.e), (own.b, own.d, own.f), (0, 0, 1)])
                part = functools.partial(pdfium.FPDFFormObj_GetObject, thing)
                yield from inside(part, pdfium.FPDFFormObj_CountObjects(thing), placed, depth + 1)

    count = pdfium.FPDFPage_CountObjects(page.raw)
    yield from inside(functools.partial(pdfium.FPDFPage_GetObject, page.raw), count, np.eye(3), 0)


def _bounds(thing: Any, matrix: Matrix) -> list[float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(thing, left, bottom, right, top)
    edges = [(x.value, y.value, 1.0) for x in (left, right) for y in (bottom, top)]
    corners = (matrix @ np.array(edges).T)[:2]
    return [float(value) for value in (*corners.min(axis=1), *corners.max(axis=1))]
