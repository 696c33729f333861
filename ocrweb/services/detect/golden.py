"""The golden test set: three pictures tell a healthy machine from a weak model and from a broken environment."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.config.detection import DecodeOptions
from ocrweb.config.paths import ASSETS
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.detect.detection import draw_result
from ocrweb.services.detect.plausible import LEAST_RECALL, count_plausible, looks_like_text, recall
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options
from ocrweb.services.files.outputs import safe_stem, writing
from ocrweb.services.files.reports import internal_error
from ocrweb.services.files.temporary import temporary_folder

THRESHOLD = 0.1
SHIPPED = ("invoice.jpg", "menu.png", "handwritten.jpg")
PAPER = 245  # grey level of an empty page
Verdict = Literal["ok", "weak", "environment"]
_own = threading.Lock()  # whoever looks while the pictures are being replaced sees the old ones or the new ones


@dataclass(frozen=True, slots=True)
class GoldenPicture:
    """One checked picture. recall: 0..1, None for own pictures. ok: its boxes are reasonable (`services.plausible`)."""

    name: str
    path: Path
    recall: float | None
    ok: bool
    result: DetectionResult

    @property
    def boxes(self) -> int:
        return len(self.result.regions)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "boxes": self.boxes,
            "recall": None if self.recall is None else round(self.recall, 4),
            "ok": self.ok,
            "inference_time": round(self.result.timing.total, 4),
        }


@dataclass(frozen=True, slots=True)
class GoldenReport:
    """ok: every picture is; weak: some are not; environment: none is, or the detector does not even run."""

    verdict: Verdict
    pictures: tuple[GoldenPicture, ...]
    model: str
    device: str

    def next_step(self, lang: str | None = None) -> str:
        """What to do now, one or two sentences."""
        names = ", ".join(picture.name for picture in self.pictures if not picture.ok)
        return messages.text(f"golden.next-{self.verdict}", lang, names=names)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "pictures": [picture.to_dict() for picture in self.pictures],
            "device": self.device,
            "next": self.next_step(lang),
        }


def run_golden(
    request: DetectRequest | None = None,
    images: Sequence[Path] | None = None,
    on_picture: Callable[[GoldenPicture], None] | None = None,
) -> GoldenReport:
    """Check the given pictures, else the user's own three, else the shipped three, at threshold 0.1.

    Raises coded errors for what a person typed wrong: an unknown model, a picture of their own that cannot be read.
    A detector that fails otherwise is a verdict.
    """
    request = request or DetectRequest()
    entry = resolve(request.model)
    decode = decode_options(entry.card, threshold=THRESHOLD)
    own = tuple(images) if images else own_pictures()
    for path in own:
        _readable(path, str(path) if images else path.name)
    chosen = own or shipped_pictures()
    try:
        truth = {} if own else _truth()
        detector = request.detector()
    except Exception as failure:  # whatever breaks here is what this check is there to find
        if (
            entry.kind != "embedded"
            and isinstance(failure, OcrwebError)
            and failure.code.startswith(("model.", "usage."))
        ):
            raise
        return _broken(request, chosen, failure, on_picture)
    checked = []
    for path in chosen:
        picture = _check(detector, decode, path, truth.get(path.name))
        checked.append(picture)
        if on_picture is not None:
            on_picture(picture)
    return GoldenReport(judge([picture.ok for picture in checked]), tuple(checked), detector.model, detector.device)


def check_one(request: DetectRequest) -> GoldenPicture:
    """One shipped picture only: the quickest proof that detection works. Raises what loading the model raises.

    Without decode settings in the request at threshold 0.1.
    """
    path = shipped_pictures()[0]
    detector = request.detector()
    decode = request.decode or decode_options(detector.card, threshold=THRESHOLD)
    return _check(detector, decode, path, _truth()[path.name])


def judge(oks: Sequence[bool]) -> Verdict:
    """The verdict of the pictures' single answers."""
    if all(oks):
        return "ok"
    return "weak" if any(oks) else "environment"


def golden_drawing(picture: GoldenPicture) -> np.ndarray:
    """(H, W, 3) uint8 BGR: the picture with the boxes that were found."""
    return draw_result(golden_pixels(picture), picture.result)


def golden_pixels(picture: GoldenPicture) -> np.ndarray:
    """(H, W, 3) uint8 BGR: the picture itself. Raises ``image.…``."""
    return read_picture(picture.path).pixels


def shipped_folder() -> Path:
    return ASSETS / "golden"


def shipped_pictures() -> tuple[Path, ...]:
    """The three pictures that come with ocrweb, rendered by itself, with known true boxes."""
    return tuple(shipped_folder() / name for name in SHIPPED)


def own_folder() -> Path:
    """Where the user's own pictures are kept; an empty one says that they were forgotten."""
    return paths.private_dir() / "golden"


def own_pictures() -> tuple[Path, ...]:
    """The user's own pictures in the order they were given; empty when there are none."""
    with _own:
        kept = own_folder()
        return tuple(sorted(kept.glob("[1-9]_*"))) if kept.is_dir() else _kept_before()


def keep_own_pictures(images: Sequence[Path]) -> tuple[Path, ...]:
    """Copy three pictures into the data root, in the place of earlier ones. Raises `golden.three`, or what is wrong
    with one of them, before anything changes."""
    if len(images) != 3:
        raise OcrwebError("golden.three", count=len(images))
    for image in images:
        _readable(image, image.name)
    with temporary_folder("golden") as fresh, writing(own_folder()):
        for number, image in enumerate(images, 1):
            shutil.copyfile(image, fresh / f"{number}_{safe_stem(image.name)}{image.suffix.lower()}")
        _replace_own(fresh)
    return own_pictures()


def _readable(path: Path, shown: str) -> None:
    """Raises what is wrong with a picture, under the name that its owner gave it."""
    try:
        read_picture(path)
    except OcrwebError as error:
        raise OcrwebError(error.code, where=shown if error.where else None, **error.params) from error


def forget_own_pictures() -> None:
    """Back to the shipped pictures."""
    with temporary_folder("golden") as empty, writing(own_folder()):
        _replace_own(empty)


def _replace_own(folder: Path) -> None:
    """Put a finished folder in the place of the one that is kept."""
    with _own, temporary_folder("golden") as old:
        if own_folder().exists():
            own_folder().rename(old / "kept")
        folder.rename(own_folder())


def _kept_before() -> tuple[Path, ...]:
    """Three pictures that an older version kept in ``golden/``: read, never removed, for that folder may be the user's."""
    found = sorted((paths.home() / "golden").glob("[1-9]_*"))
    return tuple(found) if [path.name[0] for path in found] == ["1", "2", "3"] else ()


def _truth() -> dict[str, list[np.ndarray]]:
    """True boxes by picture name. Raises `golden.not-shipped` when the package is incomplete."""
    for path in (*shipped_pictures(), shipped_folder() / "truth.json"):
        if not path.is_file():
            raise OcrwebError("golden.not-shipped", path=str(path))
    document = json.loads((shipped_folder() / "truth.json").read_text(encoding="utf-8"))
    return {
        name: [np.array(box, np.float32).reshape(-1, 2) for box in entry["boxes"]] for name, entry in document.items()
    }


def _check(detector: Detector, decode: DecodeOptions, path: Path, truth: list[np.ndarray] | None) -> GoldenPicture:
    try:
        page = detector.probability(path, None)
        result = detector.regions(page, decode, image_path=str(path))
        empty = 0 if truth else _on_blank(detector, decode, page.picture)
    except Exception as failure:  # a fault here is an answer about the machine, not a reason to stop
        error = internal_error(failure)
        failed = _failed(path, detector.model, detector.device, error)
        return GoldenPicture(path.name, path, 0.0 if truth else None, False, failed)
    if truth:
        found = recall(truth, result.regions)
        return GoldenPicture(path.name, path, found, found >= LEAST_RECALL, result)
    return GoldenPicture(
        path.name, path, None, looks_like_text(result.regions, empty, result.width, result.height), result
    )


def _on_blank(detector: Detector, decode: DecodeOptions, picture: np.ndarray) -> int:
    """Plausible boxes that the model sees on an empty page as large as the picture."""
    height, width = picture.shape[:2]
    page = detector.probability(np.full_like(picture, PAPER))
    return count_plausible(detector.regions(page, decode).regions, width, height)


def _broken(
    request: DetectRequest,
    chosen: Sequence[Path],
    failure: Exception,
    on_picture: Callable[[GoldenPicture], None] | None,
) -> GoldenReport:
    error = internal_error(failure)
    pictures = tuple(
        GoldenPicture(path.name, path, None, False, _failed(path, request.model, request.device, error))
        for path in chosen
    )
    for picture in pictures:
        if on_picture is not None:
            on_picture(picture)
    return GoldenReport("environment", pictures, request.model, request.device)


def _failed(path: Path, model: str, device: str, error: OcrwebError) -> DetectionResult:
    return DetectionResult(str(path), 0, 0, model, device, THRESHOLD, error=error)
