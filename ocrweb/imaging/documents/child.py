"""A process that reads one PDF and draws its pages on request: ``python -m ocrweb.imaging.documents.child FILE``.

It says ``{"pages": N}`` or ``{"error": CODE}`` on a line of its own. For each line ``{"page": n, "longest": pixels}`` it
answers a line with ``height``, ``width``, ``to_points`` and then height · width · 3 bytes, BGR; or a line with ``error``.
Asked for ``"letters": true`` too, the line has ``letters`` and ``pictures``, bytes that follow after height · width more:
how far the page changes when its text is not drawn, the letters as of `read_letters`, and float32 boxes of pictures.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any, BinaryIO

from ocrweb.disk.limits import Limits, limit_self

LIMITS = Limits(seconds=7200, memory=256 << 20, file=0)
LEAST, MOST = 1.5, 4.0  # pixels a point: ten points are 15 pixels at least, and a small label does not become a poster
MOST_PIXELS = 100_000_000
PASSWORD = 4  # PDFium's code of an error


def main(path: str, asked: BinaryIO, answers: BinaryIO) -> None:
    limit_self(LIMITS)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        _say(answers, {"error": "document.encrypted" if error.err_code == PASSWORD else "document.damaged"})
        return
    with contextlib.suppress(pypdfium2.PdfiumError):
        document.init_forms()  # what was filled in is seen too
    _say(answers, {"pages": len(document)})
    for line in asked:
        request = json.loads(line)
        try:
            head, parts = _draw(document, request["page"] - 1, request["longest"], request.get("letters", False))
        except (pypdfium2.PdfiumError, ValueError, MemoryError, IndexError):
            _say(answers, {"error": "document.page-damaged"})
        else:
            _say(answers, head)
            for part in parts:
                answers.write(part)
            answers.flush()


def _draw(document: Any, index: int, longest: int, letters: bool) -> tuple[dict[str, Any], list[bytes]]:
    page = document[index]
    if letters and _has_annotations(page):
        page.flatten()  # what was filled in or stamped on becomes text of the page
        page.close()
        page = document[index]
    try:
        width, height = page.get_size()  # points, as a person sees the page
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise ValueError
        scale = min(max(longest / max(width, height), LEAST), MOST, (MOST_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale)
        try:
            place = bitmap.get_posconv(page)
            origin, right, down = (place.to_page(x, y) for x, y in ((0, 0), (bitmap.width, 0), (0, bitmap.height)))
            pixels = bitmap.to_numpy()[:, : bitmap.width, :3]
            steps = [(right[axis] - origin[axis]) / bitmap.width for axis in (0, 1)]
            falls = [(down[axis] - origin[axis]) / bitmap.height for axis in (0, 1)]
            head = {"height": bitmap.height, "width": bitmap.width, "to_points": [*steps, *falls, *origin]}
            if not letters:
                return head, [pixels.tobytes()]
            text, ink, pictures = _text(page, pixels, scale)
            return {**head, "letters": len(text), "pictures": len(pictures)}, [pixels.tobytes(), ink, text, pictures]
        finally:
            bitmap.close()
    finally:
        page.close()


def _has_annotations(page: Any) -> bool:
    import pypdfium2.raw

    return pypdfium2.raw.FPDFPage_GetAnnotCount(page.raw) > 0


def _text(page: Any, pixels: Any, scale: float) -> tuple[bytes, bytes, bytes]:
    """Letters, ink of the text, boxes of pictures; the page is without its text afterwards."""
    import numpy as np

    from ocrweb.imaging.documents.read_letters import hide_text, read_letters

    letters = read_letters(page)
    pictures = np.array(hide_text(page), np.float32)
    bitmap = page.render(scale=scale)
    try:
        bare = bitmap.to_numpy()[:, : bitmap.width, :3]
        ink = (np.maximum(pixels, bare) - np.minimum(pixels, bare)).max(axis=2)
        return letters, ink.tobytes(), pictures.tobytes()
    finally:
        bitmap.close()


def _say(answers: BinaryIO, document: dict[str, Any]) -> None:
    answers.write(json.dumps(document).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
