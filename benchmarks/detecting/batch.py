"""A batch against the same pictures one by one, and against RapidOCR in a loop."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import Times, ratio_shown, table, timed, told
from benchmarks._pictures import Pictures
from benchmarks.detecting.contestants import Contestant, rapidocr
from ocrweb.config.detection import ResizeOptions
from ocrweb.services.batch.run import BatchRequest
from ocrweb.services.batch.run import run_batch as service
from ocrweb.services.detect.request import DetectRequest


def run_batch(shown: Pictures, resize: ResizeOptions, rounds: int, count: int = 200) -> tuple[dict[str, Any], str]:
    """So many pictures as one batch against the same pictures one by one, and against RapidOCR in a loop; results and drawings
    are written in all."""
    request = DetectRequest(resize=resize)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        folder.mkdir()
        files = [
            folder / f"{number:04d}{path.suffix}"
            for number, path in zip(range(count), shown.files * count, strict=False)
        ]
        for number, file in enumerate(files):
            shutil.copyfile(shown.files[number % len(shown.files)], file)
        warm = tuple(files[: len(shown.files)])
        service(BatchRequest(warm, request, out=Path(place) / "warm"))
        service(BatchRequest(warm[:2], request, out=Path(place) / "warm1", workers=1))
        single, whole, peer = Times(), Times(), Times()
        looped = rapidocr(resize)
        loop_over(looped, list(warm[:2]), Path(place) / "warm2")
        size = max(1, count // max(1, 2 * rounds))
        for start in range(0, count, size):  # in alternating slices, so that other work on the machine hits both alike
            part = tuple(files[start : start + size])
            alone = [
                BatchRequest((file,), request, Path(place) / f"one{start}" / file.stem, workers=1) for file in part
            ]
            seconds, _ = timed(lambda requests: [service(one) for one in requests], alone)
            single.add(start, seconds / len(part))
            seconds, _ = timed(service, BatchRequest(part, request, Path(place) / f"all{start}"))
            whole.add(start, seconds / len(part))
            seconds, _ = timed(loop_over, looped, part, Path(place) / f"peer{start}")
            peer.add(start, seconds / len(part))
    document: dict[str, Any] = {"pictures": count, "one_by_one": single.to_dict(), "batch": whole.to_dict()}
    document["rate"] = told(single.median_ms() / whole.median_ms(), single.spread(), whole.spread())
    document["rapidocr_loop"] = peer.to_dict()
    document["rate_to_rapidocr"] = told(peer.median_ms() / whole.median_ms(), peer.spread(), whole.spread())
    named = (("one by one", single), ("batch", whole), ("RapidOCR in a loop", peer))
    rows = [[name, f"{measured.median_ms():.1f}"] for name, measured in named]
    rates = f"batch rate: {ratio_shown(document['rate'])} ×; against RapidOCR: {ratio_shown(document['rate_to_rapidocr'])} ×"
    return document, f"{table(['file → files', 'ms a picture'], rows)}\n{rates}"


def loop_over(detect: Contestant, files: Sequence[Path], folder: Path) -> None:
    """What a script around RapidOCR does: read, detect, write the boxes and a drawing, one picture after the other."""
    import cv2

    folder.mkdir(parents=True)
    for file in files:
        pixels = cv2.imread(str(file))
        assert pixels is not None
        boxes = [np.asarray(box, np.int32) for box in detect(pixels)]
        cv2.polylines(pixels, boxes, isClosed=True, color=(0, 0, 255), thickness=2)
        cv2.imwrite(str(folder / f"{file.stem}.png"), pixels)
        (folder / f"{file.stem}.json").write_text(json.dumps([box.tolist() for box in boxes]))
