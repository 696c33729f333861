"""A picture that the page shows, looked at by a model when a visitor wants to see what it sees there."""

from __future__ import annotations

import os
from pathlib import Path

from ocrweb.imaging.source import open_error
from ocrweb.services.detect.detection import Detection, detect_picture, heat
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.recent import Recent

REMEMBERED = 64
_looked: Recent[tuple[object, ...], Detection] = Recent(REMEMBERED)


def look_again(picture: Path, model: str) -> Detection:
    """What a model sees in a picture's file, by the settings of its card. Looked at once, as long as neither changes.

    Raises ``image.…``, and what the model raises.
    """
    request = DetectRequest(model=model)
    try:
        state = os.stat(picture)
    except OSError as failure:
        raise open_error(failure, picture.name) from failure
    detector = request.detector()
    key = (str(picture), state.st_mtime_ns, state.st_size, detector.model, detector.entry.stamp())
    return _looked.get(key) or _looked.put(key, detect_picture(picture, request, shown=picture.name))


def heat_again(picture: Path, model: str) -> bytes | None:
    """The same as a PNG to stretch over the picture; None where the model sees nothing, however weak."""
    return heat(look_again(picture, model).handle)
