"""Pixels in, boxes out, against RapidOCR and against the bare network."""

from __future__ import annotations

from typing import Any

from benchmarks._measure import Times, ratio_shown, settle, table, timed, told
from benchmarks._pictures import Pictures
from benchmarks.detecting.contestants import Contestant, boxes_of, ours, precisions, rapidocr
from ocrweb.config.detection import ResizeOptions
from ocrweb.evaluation.metric import DetectionMetric
from ocrweb.imaging.picture import read_picture

KINDS = ("median", "quiet")


def run_peer(shown: Pictures, resize: ResizeOptions, rounds: int) -> tuple[dict[str, Any], str]:
    """Pixels in, boxes out: RapidOCR's detector, ours in each precision, taking turns; and the bare network in
    ONNX Runtime and, in each precision, in OpenVINO: the floor.

    Picture follows picture, as people's do, so that nobody profits from a size that comes twice in a row.
    """
    detectors = {precision: ours(precision) for precision in precisions()}
    contestants: dict[str, Contestant] = {"rapidocr": rapidocr(resize)}
    contestants |= {f"ocrweb {precision}": boxes_of(detector, resize) for precision, detector in detectors.items()}
    bare = {"network in onnxruntime": ours("f32", "onnx")}
    bare |= {f"network in openvino {precision}": detector for precision, detector in detectors.items()}
    times = {name: Times() for name in (*contestants, *bare)}
    metrics = {name: DetectionMetric() for name in contestants}
    for turn in range(rounds + 1):  # the first turn is for shapes not met before
        for index, sample in enumerate(shown.samples):
            pixels = read_picture(sample.image).pixels
            for name, contestant in contestants.items():
                settle()
                seconds, found = timed(contestant, pixels)
                if turn:
                    times[name].add(index, seconds)
                else:
                    labels, ignored = [box.points for box in sample.boxes], [box.ignore for box in sample.boxes]
                    metrics[name].update(labels, ignored, list(found))
            for name, detector in bare.items():
                prepared = detector.prepare(pixels, resize)
                settle()
                seconds, _ = timed(detector.loaded.engine.run, prepared.blob)
                if turn:
                    times[name].add(index, seconds)
    document: dict[str, Any] = {name: measured.to_dict() for name, measured in times.items()}
    rows = []
    for name, measured in document.items():
        for kind in KINDS:
            peer = document["rapidocr"]
            ratio = measured[f"{kind}_ms"] / peer[f"{kind}_ms"]
            measured[f"{kind}_ratio"] = told(ratio, measured["spread"], peer["spread"])
        if name in metrics and shown.labelled:
            measured["hmean"] = round(metrics[name].summary().hmean, 4)
        figures = [
            text for kind in KINDS for text in (f"{measured[f'{kind}_ms']:.1f}", ratio_shown(measured[f"{kind}_ratio"]))
        ]
        rows.append([name, *figures, f"{measured['spread']:.0%}", str(measured.get("hmean", ""))])
    return document, table(["pixels → boxes", "median ms", "ratio", "quiet ms", "ratio", "spread", "hmean"], rows)
