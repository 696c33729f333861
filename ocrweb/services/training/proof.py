"""Does the finished run keep what it promises? Pictures and figures that a person can judge, kept in the run folder."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config import paths
from ocrweb.config.detection import DecodeOptions
from ocrweb.config.documents import parse_json
from ocrweb.config.training import dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.gallery import Judgement, draw_judgement, judge
from ocrweb.evaluation.metric import DetectionMetric
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.imaging.draw import draw_polygons
from ocrweb.imaging.encode import encode_picture, write_whole
from ocrweb.imaging.picture import read_picture
from ocrweb.messages import Sentence
from ocrweb.rundir import names
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.services.detect.golden import run_golden
from ocrweb.services.detect.golden_memory import keep_golden
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options
from ocrweb.services.training.looks import JudgedBox, Look, found_boxes, judged_boxes, look_from, name_in
from ocrweb.services.training.runs import RunInfo, run_info

FOLDER = "proof"
TRAIN_SHOWN, TEST_SHOWN, TEST_JUDGED = 6, 4, 60
LOW_THRESHOLD = 0.05
SHOWN_SIDE = 900
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Proof:
    """back_test: pictures with labels found green, missed red, false alarms blue, and their captions. probe: one
    picture at the recommended threshold and at 0.05, with the counts. compared: base | new of the same test picture.

    thresholds: recommended, of the card. figures: hmean of base and new on the test pictures, labels and misses of the
    back-test, the golden verdict. split: which pictures the comparison is on. error: why it could not be made, as
    `OcrwebError.to_record` has it. dataset: that the pictures are of. looks: what is known of a picture, by its drawing's name,
    as `Look.to_dict` has it.
    """

    run: str
    model: str = ""
    back_test: tuple[tuple[str, str], ...] = ()
    probe: tuple[tuple[str, str], ...] = ()
    compared: tuple[tuple[str, str], ...] = ()
    thresholds: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    split: str = ""
    error: dict[str, Any] | None = None
    dataset: str = ""
    looks: dict[str, Any] = field(default_factory=dict)

    def look(self, file: str) -> Look | None:
        """What is known of the picture that was drawn into a file."""
        return look_from(self.looks.get(Path(file).name))


def make_proof(name: str) -> Proof:
    """Load the finished weights, judge them, and keep the answer in the run folder.

    Raises ``jobs.no-proof`` for a run without weights, and what the dataset or the model raise.
    """
    info = run_info(name)
    if not (info.folder / names.BEST).is_file() or info.config is None:
        raise OcrwebError("jobs.no-proof", name=info.name, state=Sentence(f"train.state-{info.status.state}"))
    with _turn:
        made = _make(info)
        _keep(info.folder, made)
    return made


def read_proof(name: str) -> Proof | None:
    """The kept proof of a run, with absolute paths of its pictures; None before there is one."""
    folder = paths.workdirs_dir() / name / FOLDER
    try:
        document = parse_json((folder / "proof.json").read_text(encoding="utf-8"))
        pictures = {
            key: tuple((str(folder / file), caption) for file, caption in document.get(key, ()))
            for key in ("back_test", "probe", "compared")
        }
        return Proof(**{**document, **pictures})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def keep_failure(folder: Path, error: OcrwebError) -> None:
    """Remember why the proof could not be made."""
    _keep(folder, Proof(folder.name, error=error.to_record()))


def _make(info: RunInfo) -> Proof:
    assert info.config is not None
    new = DetectRequest(model=info.name).detector()
    base_name = info.config.model
    dataset = dataset_folder(info.config.dataset)
    folder = info.folder / FOLDER
    train = read_split(dataset, "train")[:TRAIN_SHOWN]
    test = _test_samples(dataset)
    split = "test" if test else "train"
    judged = test or read_split(dataset, "train")[-TEST_JUDGED:]
    back = [_judge(new, sample) for sample in train]
    after = [_judge(new, sample) for sample in judged]
    figures: dict[str, Any] = {
        "labels": sum(item.found.labels for item in back),
        "missed": sum(item.missed for item in back),
        "new_hmean": _hmean(after),
        "pictures": len(judged),
    }
    compared: list[tuple[str, str]] = []
    looks = {
        f"train_{number}.jpg": Look(name_in(dataset, item.sample), info.name, judged_boxes(item))
        for number, item in enumerate(back, start=1)
    }
    if resolve(base_name).available:
        old = DetectRequest(model=base_name).detector()
        before = [_judge(old, sample, _own_thresholds(info, old)) for sample in judged]
        figures["base_hmean"] = _hmean(before)
        for number, (one, other) in enumerate(zip(before[:TEST_SHOWN], after[:TEST_SHOWN], strict=True), start=1):
            caption = f"{one.sample.image.name}: {len(one.found.pairs)} → {len(other.found.pairs)} / {one.found.labels}"
            pixels = _side_by_side(_drawn(one), _drawn(other))
            compared.append((_write(folder, f"compare_{number}.jpg", pixels), caption))
            beside = (base_name, judged_boxes(one))
            looks[f"compare_{number}.jpg"] = Look(
                name_in(dataset, other.sample), info.name, judged_boxes(other), beside
            )
    if info.status.outcome:
        figures |= {"outcome": info.status.outcome, "verdict": info.status.verdict}
    report = run_golden(DetectRequest(model=info.name))
    figures["golden"] = keep_golden(info.name, report)
    shown = [
        (
            _write(folder, f"train_{number}.jpg", _drawn(item)),
            f"{item.sample.image.name}: {len(item.found.pairs)} / {item.found.labels}",
        )
        for number, item in enumerate(back, start=1)
    ]
    decode = default_decode(new.card)
    thresholds = {
        "threshold": decode.threshold,
        "box_threshold": decode.effective_box_threshold,
        "unclip_ratio": decode.unclip_ratio,
    }
    probe, found = _probe(new, judged[0].image, decode, folder)
    (own, own_boxes), low = found
    for file, _ in probe:
        looks[file] = Look(name_in(dataset, judged[0]), own, own_boxes, low)
    kept = {file: look.to_dict() for file, look in looks.items()}
    return Proof(
        info.name, base_name, tuple(shown), tuple(probe), tuple(compared), thresholds, figures, split,
        dataset=info.config.dataset, looks=kept,
    )  # fmt: skip


def _test_samples(dataset: Path) -> list[Sample]:
    listed = dataset / "test_list.txt"
    if not listed.is_file() or not listed.read_text(encoding="utf-8", errors="replace").strip():
        return []
    return read_split(dataset, "test")[:TEST_JUDGED]


def _own_thresholds(info: RunInfo, base: Detector) -> DecodeOptions:
    """The base model's best on the validation pictures, as the new model has its own; else those it is used with."""
    chosen = info.status.verdict.get("base_thresholds")
    return DecodeOptions(**chosen) if chosen else default_decode(base.card)


def _judge(detector: Detector, sample: Sample, options: DecodeOptions | None = None) -> Judgement:
    page = detector.probability(sample.image, None)
    return judge(JudgedMap(sample, page.map, page.page, page.tiles), options or default_decode(detector.card))


def _hmean(judgements: Sequence[Judgement]) -> float:
    metric = DetectionMetric()
    for item in judgements:
        metric.add(item.found)
    return round(metric.summary().hmean, 4)


Found = tuple[str, tuple[JudgedBox, ...]]


def _probe(
    detector: Detector, image: Path, decode: DecodeOptions, folder: Path
) -> tuple[list[tuple[str, str]], list[Found]]:
    """The same map at the recommended threshold and at 0.05: what the model sees but does not report. Drawings with their
    captions, and the boxes of each."""
    page = detector.probability(image, None)
    shown, found = [], []
    settings = (("own", decode), ("low", decode_options(detector.card, threshold=LOW_THRESHOLD)))
    for kind, options in settings:
        regions = detector.regions(page, options).regions
        pixels = draw_polygons(_small(page.picture), [region.quad * _scale(page.picture) for region in regions])
        caption = f"{options.threshold:g}: {len(regions)}"
        shown.append((_write(folder, f"probe_{kind}.jpg", pixels), caption))
        found.append((f"{options.threshold:g}", found_boxes(regions)))
    return shown, found


def _drawn(judgement: Judgement) -> np.ndarray:
    return _small(draw_judgement(read_picture(judgement.sample.image).pixels, judgement))


def _side_by_side(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    gap = np.full((left.shape[0], 8, 3), 255, np.uint8)
    return np.concatenate([left, gap, right], axis=1)


def _scale(pixels: np.ndarray) -> float:
    return min(1.0, SHOWN_SIDE / max(pixels.shape[:2]))


def _small(pixels: np.ndarray) -> np.ndarray:
    import cv2

    scale = _scale(pixels)
    return pixels if scale == 1.0 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _write(folder: Path, name: str, pixels: np.ndarray) -> str:
    """Write a picture; its name, for pictures are kept relative to the folder."""
    write_whole(folder / name, encode_picture(pixels, ".jpg", 88))
    return name


def _keep(run: Path, proof: Proof) -> None:
    write_whole(run / FOLDER / "proof.json", json.dumps(asdict(proof), ensure_ascii=False, indent=1).encode())


def look_pixels(proof: Proof, look: Look) -> np.ndarray:
    """(H, W, 3) uint8 BGR: the picture itself. Raises ``image.…``, what naming the dataset raises."""
    return read_picture(dataset_folder(proof.dataset) / look.picture, name=look.picture).pixels
