"""Detection against RapidOCR's detector and against the bare network in ONNX Runtime and OpenVINO: time, stages, large
photos, batch rate, hmean, memory and slider of the console.

    ocrweb bench detect [--data DIR] [--threads 2] [--parts peer stages photos batch memory slider]

Everything compared runs in this process, on the same pictures, with the same ONNX file, taking turns picture by picture;
the console runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._console import run_memory, run_slider
from benchmarks._measure import Times, finish, limit_cores, machine, ratio_shown, settle, table, timed, told
from benchmarks._pictures import Pictures, pictures
from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.metric import DetectionMetric
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.device import has_bf16
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.int8 import find_copy
from ocrweb.runtime.result import DetectionResult

KINDS = ("median", "quiet")
PARTS = ("peer", "stages", "batch", "photos", "memory", "slider")
PHOTO, PHOTOS = 4000, 4  # pixels of the longest side of a photo, as a telephone takes it; how many
USUAL = DecodeOptions(threshold=0.3, box_threshold=0.6)
Contestant = Callable[[np.ndarray], Sequence[np.ndarray]]


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    threads = limit_cores(given.threads)
    try:
        shown = pictures(given.data, given.pictures)
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}", file=sys.stderr)
        return 2
    resize = ResizeOptions(limit_side=given.limit_side)
    document: dict[str, Any] = {
        "benchmark": "detect",
        "machine": machine(),
        "pictures": shown.name,
        "count": len(shown.samples),
        "limit_side": given.limit_side,
        "threads": threads,
    }
    sections = []
    try:
        for part in given.parts:
            document[part], section = RUN[part](shown, resize, given.rounds)
            sections.append(section)
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}", file=sys.stderr)
        return 2
    head = f"{len(shown.samples)} pictures ({shown.name}), longest side {given.limit_side}, {threads} threads"
    finish("detect", document, "\n\n".join([head, *sections]), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench detect", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--data", type=Path, help="a dataset (its test split) or a folder of pictures; default: rendered receipts"
    )
    parser.add_argument("--pictures", type=int, help="at most so many")
    parser.add_argument("--limit-side", type=int, default=1280, help="longest side of the network input")
    parser.add_argument("--threads", type=int, help="cores that everything may use; default: all")
    parser.add_argument("--rounds", type=int, default=3, help="turns on each picture")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS[:3]))
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/detect.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(arguments)


def precisions() -> list[str]:
    """Those that our runtime has here; int8 when `ocrweb models --int8` made the default model's copy."""
    copy = find_copy(resolve(DEFAULT))
    return ["f32", *(["bf16"] if has_bf16() else []), *(["int8"] if copy is not None else [])]


def ours(precision: str = "auto", engine: str = "auto", streams: int = 1) -> Detector:
    entry = resolve(DEFAULT)
    return Detector(entry, load_engine(entry, engine, precision, "cpu", streams=streams))


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


def rapidocr(resize: ResizeOptions) -> Contestant:
    """RapidOCR's own detector on the same ONNX file, with the decode settings of ours."""
    from rapidocr import RapidOCR

    from ocrweb.runtime.device import cpu_threads

    settings = {
        "Det.limit_side_len": resize.limit_side,
        "Det.limit_type": resize.limit_type,
        "Det.thresh": USUAL.threshold,
        "Det.box_thresh": USUAL.box_threshold,
        "Det.unclip_ratio": USUAL.unclip_ratio,
        "Det.use_dilation": False,
        "EngineConfig.onnxruntime.intra_op_num_threads": cpu_threads(),
        "Global.log_level": "error",
    }
    detector = RapidOCR(params=settings)._load_det_model()

    def run(pixels: np.ndarray) -> Sequence[np.ndarray]:
        boxes = detector(pixels).boxes
        return [] if boxes is None else list(np.asarray(boxes, np.float32))

    return run


def boxes_of(detector: Detector, resize: ResizeOptions) -> Contestant:
    return lambda pixels: [region.quad for region in detector.detect(pixels, USUAL, resize).regions]


def run_stages(shown: Pictures, resize: ResizeOptions, rounds: int) -> tuple[dict[str, Any], str]:
    """File in, JSON out: the time of each stage, all of it outside the network, and all of it against the bare network."""
    detector = ours()
    names = (
        "decode",
        "preprocess",
        "network",
        "postprocess",
        "json",
        "outside network",
        "file to JSON",
        "bare network",
    )
    times = {name: Times() for name in names}
    bare, network = ours("f32", "onnx"), Times()
    for index, path in enumerate(shown.files):
        for turn in range(rounds + 1):
            settle()
            result = detector.detect(path, resize=resize)
            seconds, _ = timed(to_json, result)
            prepared = bare.prepare(path, resize)
            settle()
            alone, _ = timed(bare.loaded.engine.run, prepared.blob)
            settle()
            own, _ = timed(detector.loaded.engine.run, prepared.blob)
            if turn == 0:
                continue
            for name in names[:4]:
                times[name].add(index, getattr(result.timing, name))
            times["json"].add(index, seconds)
            times["outside network"].add(index, result.timing.total - result.timing.network + seconds)
            times["file to JSON"].add(index, result.timing.total + seconds)
            times["bare network"].add(index, own)
            network.add(index, alone)
    document: dict[str, Any] = {"device": detector.device} | {name: times[name].to_dict() for name in names}
    outside = times["outside network"]
    share = told(outside.quiet_ms() / network.quiet_ms(), outside.spread(), network.spread())
    document["outside_share_of_onnxruntime_network"] = share
    whole, own_network = times["file to JSON"], times["bare network"]
    of_own = told(whole.quiet_ms() / own_network.quiet_ms(), whole.spread(), own_network.spread())
    document["to_own_network"] = of_own
    rows = [[name, f"{times[name].median_ms():.1f}", f"{times[name].quiet_ms():.1f}"] for name in names]
    text = table(["file → JSON", "median ms", "quiet ms"], rows)
    outside_share = f"outside the network: {ratio_shown(share)} of ONNX Runtime's network time"
    return (
        document,
        f"{text}\n{outside_share}\nfile to JSON: {ratio_shown(of_own)} × the bare network of the same precision",
    )


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


def to_json(result: DetectionResult) -> str:
    return json.dumps(result.to_dict(), ensure_ascii=False)


def run_batch(shown: Pictures, resize: ResizeOptions, rounds: int, count: int = 200) -> tuple[dict[str, Any], str]:
    """So many pictures as one batch against the same pictures one by one, and against RapidOCR in a loop; results and drawings
    are written in all."""
    from ocrweb.services.batch.run import BatchRequest
    from ocrweb.services.batch.run import run_batch as service
    from ocrweb.services.detect.request import DetectRequest

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


RUN = {
    "peer": run_peer,
    "stages": run_stages,
    "batch": run_batch,
    "photos": run_photos,
    "memory": run_memory,
    "slider": run_slider,
}

if __name__ == "__main__":
    sys.exit(main())
