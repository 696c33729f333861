"""Write boxes so that other tools open them: PPOCRLabel/PaddleOCR, Label Studio, and those of `export_sets`."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from ocrweb.data.checks.names import images_name
from ocrweb.data.export_sets import WRITERS, ExportedPicture
from ocrweb.data.formats.label_studio import STATE
from ocrweb.data.formats.ppocrlabel import STATES_FILE
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.carried import carried_record
from ocrweb.data.sample import SPLITS, LabelledBox, Sample, Split
from ocrweb.imaging.sniff import read_header

Target = Literal["ppocrlabel", "label-studio", "labelme", "coco", "cvat", "mmocr", "via"]
TARGETS: tuple[Target, ...] = get_args(Target)
SQUARE = 0.45  # pixels by which a corner may miss a rectangle's and the box is still one: lost again by rounding
TEXT, IGNORED, UNSURE = "Text", "Ignore", "Unsure"
LABEL_CONFIG = """<View>
  <Image name="image" value="$image" zoom="true"/>
  <Labels name="label" toName="image">
    <Label value="Text" background="#4169E1"/>
    <Label value="Unsure" background="#F27F24"/>
    <Label value="Ignore" background="#8C8296"/>
  </Labels>
  <Rectangle name="bbox" toName="image" strokeWidth="2" canRotate="true"/>
  <Polygon name="poly" toName="image" strokeWidth="2"/>
  <TextArea name="transcription" toName="image" editable="true" perRegion="true" displayMode="region-list"/>
</View>
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A box with what a person should know about it. score: 0..1, None when it was drawn by hand. unsure: look at it."""

    box: LabelledBox
    score: float | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class ExportResult:
    """files: the label files that were written. next: the folder to open in the tool."""

    pictures: int
    boxes: int
    files: tuple[Path, ...]
    folder: Path


def export_dataset(root: Path, out: Path, target: Target) -> ExportResult:
    """Copy a dataset in the training layout to a new or empty folder, with label files for another tool.

    ppocrlabel: ``Label.txt`` beside the pictures of each split; PPOCRLabel opens that folder, PaddleOCR trains with
    ``data_dir`` = ``out``. label-studio: ``label_studio.json`` (boxes as predictions) and ``label_config.xml``.
    The others: see `export_sets`.
    Raises OcrwebError formats.not-empty, what `read_split` refuses, usage.not-writable, usage.disk-full.
    """
    samples = {split: read_split(root, split) for split in SPLITS}
    with whole_folder(out) as partial:
        files: list[str] = []
        tasks: list[dict[str, Any]] = []
        pictures: list[ExportedPicture] = []
        for split, listed in samples.items():
            if not listed:
                continue
            folder = partial / images_name(split)
            folder.mkdir()
            for sample in listed:
                shutil.copyfile(sample.image, folder / sample.image.name)
            states = [_state(root, sample) for sample in listed]
            if target == "ppocrlabel":
                write_ppocrlabel(folder, ((sample.image.name, _proposals(sample)) for sample in listed))
                write_states(folder, {s.image.name: state for s, state in zip(listed, states, strict=True) if state})
                files.append(f"{folder.name}/Label.txt")
            elif target in WRITERS:
                named = zip(listed, states, strict=True)
                pictures += [_exported(f"{folder.name}/{s.image.name}", split, s, state) for s, state in named]
            else:
                tasks += [
                    label_studio_task(
                        f"{folder.name}/{sample.image.name}",
                        read_header(sample.image).upright_size,
                        _proposals(sample),
                        state=state,
                    )
                    for sample, state in zip(listed, states, strict=True)
                ]
        if target == "label-studio":
            write_label_studio(partial, tasks)
            files.append("label_studio.json")
        for name, content in WRITERS[target](pictures).items() if target in WRITERS else ():
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_bytes(content)
            files.append(name)
    every = [sample for listed in samples.values() for sample in listed]
    return ExportResult(len(every), sum(len(s.boxes) for s in every), tuple(out / name for name in files), out)


def write_ppocrlabel(folder: Path, pictures: Iterable[tuple[str, Sequence[Proposal]]]) -> None:
    """Write ``Label.txt`` into the folder of the pictures, and the same as ``Cache.cach``.

    PPOCRLabel drops pictures that nobody confirmed there from ``Label.txt`` when it saves; from the cache it shows them
    again. It evaluates the lists as Python, so they hold nothing that JSON alone knows. Unsure boxes are "difficult".
    """
    name = folder.name
    lines = [f"{name}/{picture}\t{_ppocr_list(proposals)}\n" for picture, proposals in pictures]
    for file in ("Label.txt", "Cache.cach"):
        (folder / file).write_text("".join(lines), encoding="utf-8")


def write_label_studio(folder: Path, tasks: Sequence[dict[str, Any]]) -> None:
    """Write the tasks and the labelling interface they fit."""
    (folder / "label_studio.json").write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "label_config.xml").write_text(LABEL_CONFIG, encoding="utf-8")


def label_studio_task(
    picture: str, size: tuple[int, int], proposals: Sequence[Proposal], model: str = "ocrweb", state: str = ""
) -> dict[str, Any]:
    """One task with its boxes as predictions. picture: relative to what Label Studio serves as local files.

    size: (width, height) as a person sees the picture. state: kept with the task, "" for none.
    """
    results = [
        result for number, proposal in enumerate(proposals, start=1) for result in _regions(number, proposal, size)
    ]
    scores = [proposal.score for proposal in proposals if proposal.score is not None]
    prediction: dict[str, Any] = {"model_version": model, "result": results}
    if scores:
        prediction["score"] = round(float(np.mean(scores)), 4)
    data = {"image": f"/data/local-files/?d={picture}"} | ({STATE: state} if state else {})
    return {"data": data, "predictions": [prediction]}


def as_rotated_rectangle(quad: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Corner (x, y), sides (width, height) and clockwise turn in degrees about that corner; None when it is no rectangle.

    quad: (4, 2), clockwise. The exact opposite of `formats.label_studio.turned_rectangle`.
    """
    points = quad.astype(np.float64)
    along, down = points[1] - points[0], points[3] - points[0]
    width, height = float(np.hypot(*along)), float(np.hypot(*down))
    if min(width, height) <= 0:
        return None
    degrees = math.degrees(math.atan2(along[1], along[0]))
    square = np.array([-along[1], along[0]]) / width * height
    misses = max(np.abs(square - down).max(), np.abs(points[0] + along + down - points[2]).max())
    return None if misses > SQUARE else (points[0], np.array([width, height]), degrees % 360)


def _ppocr_list(proposals: Sequence[Proposal]) -> str:
    entries = [
        {
            "transcription": "###" if proposal.box.ignore else proposal.box.text.replace("\t", " "),
            "points": [[_number(x), _number(y)] for x, y in proposal.box.outline.tolist()],
            "difficult": proposal.unsure,
        }
        for proposal in proposals
    ]
    return json.dumps(entries, ensure_ascii=False)


def _number(value: float) -> int | float:
    return int(value) if float(value).is_integer() else round(value, 2)


def _regions(number: int, proposal: Proposal, size: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """The outline, its label and its text: three results with one id."""
    percent = 100 / np.array(size, np.float64)
    box = proposal.box
    common: dict[str, Any] = {
        "id": f"box{number}",
        "to_name": "image",
        "original_width": size[0],
        "original_height": size[1],
        "image_rotation": 0,
    }
    if box.polygon is None and (rectangle := as_rotated_rectangle(box.points)):
        corner, sides, degrees = rectangle
        (x, y), (width, height) = corner * percent, sides * percent
        value: dict[str, Any] = {"x": x, "y": y, "width": width, "height": height, "rotation": degrees}
        kind, control = "rectangle", "bbox"
    else:
        value = {"points": (box.outline.astype(np.float64) * percent).tolist(), "closed": True}
        kind, control = "polygon", "poly"
    if proposal.score is not None:
        common["score"] = round(proposal.score, 4)
    label = IGNORED if box.ignore else UNSURE if proposal.unsure else TEXT
    yield {**common, "from_name": control, "type": kind, "value": value}
    yield {**common, "from_name": "label", "type": "labels", "value": {**value, "labels": [label]}}
    if not box.ignore and box.text:
        yield {**common, "from_name": "transcription", "type": "textarea", "value": {**value, "text": [box.text]}}


def write_states(folder: Path, states: Mapping[str, str]) -> None:
    """How far the pictures of a folder are checked, for the way back: PPOCRLabel knows of no such thing, and leaves the file."""
    if states:
        (folder / STATES_FILE).write_text(json.dumps(states, ensure_ascii=False, indent=1), encoding="utf-8")


def _state(root: Path, sample: Sample) -> str:
    picture = sample.image.resolve().relative_to(root.resolve()).as_posix()
    return carried_record(root, picture, len(sample.boxes)).state or ""


def _exported(name: str, split: Split, sample: Sample, state: str) -> ExportedPicture:
    size = read_header(sample.image).upright_size
    return ExportedPicture(name, size, split, sample.boxes, sample.image.stat().st_size, state)


def _proposals(sample: Sample) -> list[Proposal]:
    return [Proposal(box) for box in sample.boxes]
