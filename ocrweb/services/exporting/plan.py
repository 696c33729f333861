"""What to export, checked before anything starts."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.training import dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample, Split
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.models.weights import refuse_foreign

PRECISIONS = ("fp32", "fp16", "int8")
DYNAMIC = "dynamic"
SMALLEST, LARGEST, MULTIPLE = 320, 1536, 32
OLDEST_OPSET, NEWEST_OPSET, DEFAULT_OPSET = 11, 19, 17
CALIBRATION = 20  # pictures of the dataset that int8 is calibrated on
PARITY = 3  # pictures of the dataset compared beside the shipped ones
MARK = "report.json"  # what makes a folder an export that may be replaced
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """model: see `resolve`. size: ``dynamic``, ``800x800`` (height x width) or ``800``. precision: of PRECISIONS.

    out: the folder to write, by default one in ``exports/`` named after the rest. data: a dataset for the hmean, the
    calibration and more pictures to compare, or None. opset: of the ONNX file, where the network leaves a choice.
    """

    model: str
    size: str = DYNAMIC
    precision: str = "fp32"
    out: Path | None = None
    data: str | None = None
    opset: int = DEFAULT_OPSET


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """A request that can be carried out. source: what the child builds the network from; folder: it is a Paddle
    inference folder. target: does not exist, is empty, or holds an earlier export."""

    request: ExportRequest
    source: str
    folder: bool
    card: ModelCard
    size: Size | None
    target: Path
    pictures: tuple[Path, ...]
    dataset: Path | None
    split: str
    calibration: tuple[Path, ...]
    run: str


def plan_export(request: ExportRequest) -> ExportPlan:
    """Check a request. Raises ``export.bad-size``, ``export.not-a-size``, ``export.not-local``, ``export.no-pictures``,
    ``export.target-taken``, ``usage.bad-value``, ``weights.…``, and what naming a model or reading a dataset raises."""
    size = parse_size(request.size)
    if request.precision not in PRECISIONS:
        raise OcrwebError("usage.bad-value", name="precision", value=request.precision, expected=", ".join(PRECISIONS))
    if not OLDEST_OPSET <= request.opset <= NEWEST_OPSET:
        raise OcrwebError(
            "usage.bad-value", name="opset", value=str(request.opset), expected=f"{OLDEST_OPSET}–{NEWEST_OPSET}"
        )
    entry = resolve(request.model)
    source, folder = _source(entry)
    refuse_foreign(entry)
    target = _target(request, entry, size)
    dataset, split, calibration, compared = _dataset(request)
    return ExportPlan(
        request=request if entry.kind == "file" else dataclasses.replace(request, model=entry.name),
        source=source,
        folder=folder,
        card=entry.card,
        size=size,
        target=target,
        pictures=(*shipped_pictures(), *compared),
        dataset=dataset,
        split=split,
        calibration=calibration,
        run=entry.name if entry.kind == "run" else "",
    )


def parse_size(text: str) -> Size | None:
    """(height, width) of ``800x1280`` or ``800``, None of ``dynamic``."""
    words = text.strip().lower()
    if words == DYNAMIC:
        return None
    found = re.fullmatch(r"(-?\d+)(?:\s*[x×*,]\s*(-?\d+))?", words)
    if found is None:
        raise OcrwebError("export.not-a-size", value=text)
    height = int(found[1])
    return _side(height), _side(int(found[2]) if found[2] else height)


def nearest_sizes(side: int) -> tuple[int, int]:
    """The two valid sides nearest to one that is not valid, the smaller first."""
    below = max(SMALLEST, min(LARGEST - MULTIPLE, side // MULTIPLE * MULTIPLE))
    return below, below + MULTIPLE


def export_name(model: str, size: Size | None, precision: str) -> str:
    """The folder's name: model, size and precision."""
    stem = re.sub(r"[^\w.-]+", "_", Path(model).stem if "/" in model or model.endswith(".onnx") else model).strip("._")
    shape = f"{size[0]}x{size[1]}" if size else DYNAMIC
    return f"{stem or 'model'}-{shape}-{precision}"


def _side(side: int) -> int:
    if side % MULTIPLE or not SMALLEST <= side <= LARGEST:
        first, second = nearest_sizes(side)
        raise OcrwebError(
            "export.bad-size", value=side, low=SMALLEST, high=LARGEST, multiple=MULTIPLE, first=first, second=second
        )
    return side


def _source(entry: ModelEntry) -> tuple[str, bool]:
    """What `build_model` takes, or a Paddle inference folder; weights come before networks made of them."""
    if entry.missing is not None:
        raise entry.missing
    if entry.kind == "embedded":
        return entry.name, False
    if entry.kind == "run" and "weights" in entry.files:
        return str(entry.files["weights"].parent), False
    for form in ("weights", "onnx"):
        if form in entry.files:
            return str(entry.files[form]), False
    if "paddle" in entry.files:
        return str(entry.files["paddle"]), True
    raise OcrwebError("export.not-local", name=entry.name)


def _target(request: ExportRequest, entry: ModelEntry, size: Size | None) -> Path:
    named = request.out
    target = named.expanduser() if named else paths.exports_dir() / export_name(entry.name, size, request.precision)
    target = Path.cwd() / target if not target.is_absolute() else target
    if target.exists() and not target.is_dir():
        raise OcrwebError("export.target-taken", path=str(target))
    if target.is_dir() and not (target / MARK).is_file() and any(target.iterdir()):
        raise OcrwebError("export.target-taken", path=str(target))
    return target


def _dataset(request: ExportRequest) -> tuple[Path | None, str, tuple[Path, ...], tuple[Path, ...]]:
    """Folder, split of the hmean, pictures to calibrate on (training pictures first) and to compare."""
    if not request.data:
        return None, "", (), ()
    folder = dataset_folder(request.data)
    splits = {"train": _samples(folder, "train"), "test": _samples(folder, "test")}
    if not any(splits.values()):
        raise OcrwebError("export.no-pictures", dataset=request.data)
    split = "test" if splits["test"] else "train"
    fit = [sample.image for sample in splits["train"] or splits["test"]]
    calibration = tuple(_spread(fit, CALIBRATION)) if request.precision == "int8" else ()
    return folder.resolve(), split, calibration, tuple(_spread([one.image for one in splits[split]], PARITY))


def _samples(folder: Path, split: Split) -> list[Sample]:
    """An empty list is fine here while the other one is not."""
    try:
        return read_split(folder, split)
    except OcrwebError as error:
        if error.code != "dataset.list-empty":
            raise
        return []


def _spread(pictures: list[Path], count: int) -> list[Path]:
    """So many of them, evenly over the list."""
    if len(pictures) <= count:
        return pictures
    return [pictures[place * len(pictures) // count] for place in range(count)]
