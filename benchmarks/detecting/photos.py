"""Pictures as large as a telephone takes them, against RapidOCR."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import Times, ratio_shown, settle, table, timed, told
from benchmarks._pictures import Pictures
from benchmarks.detecting.contestants import USUAL, ours, rapidocr, to_json
from ocrweb.config.detection import ResizeOptions
from ocrweb.imaging.picture import read_picture

PHOTO, PHOTOS = 4000, 4  # pixels of the longest side of a photo, as a telephone takes it; how many


def run_photos(shown: Pictures, resize: ResizeOptions, rounds: int) -> tuple[dict[str, Any], str]:
    """Large JPEG files in, JSON out: RapidOCR's loader and detector against ours, taking turns."""
    from rapidocr.utils.load_image import LoadImage

    peer, detector, load = rapidocr(resize), ours(), LoadImage()

    def theirs(file: Path) -> str:
        return json.dumps([np.asarray(box).tolist() for box in peer(load(file))])

    def mine(file: Path) -> str:
        return to_json(detector.detect(file, USUAL, resize))

    times = {"rapidocr": Times(), "ocrweb": Times()}
    with tempfile.TemporaryDirectory() as place:
        for index, path in enumerate(shown.files[:PHOTOS]):
            file = photo_of(path, Path(place) / f"{index}.jpg")
            for turn in range(rounds + 1):
                for name, contestant in (("rapidocr", theirs), ("ocrweb", mine)):
                    settle()
                    seconds, _ = timed(contestant, file)
                    if turn:
                        times[name].add(index, seconds)
    document: dict[str, Any] = {name: measured.to_dict() for name, measured in times.items()}
    slow, fast = times["rapidocr"], times["ocrweb"]
    document["ratio"] = told(fast.median_ms() / slow.median_ms(), fast.spread(), slow.spread())
    rows = [[name, f"{measured.median_ms():.0f}", f"{measured.spread():.0%}"] for name, measured in times.items()]
    head = [f"photo of {PHOTO} pixels → JSON", "median ms", "spread"]
    return document, f"{table(head, rows)}\nratio: {ratio_shown(document['ratio'])}"


def photo_of(path: Path, file: Path) -> Path:
    """The picture, enlarged to the longest side of a photo and written as a JPEG."""
    import cv2

    pixels = read_picture(path).pixels
    scale = PHOTO / max(pixels.shape[:2])
    large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(file), large)
    return file
