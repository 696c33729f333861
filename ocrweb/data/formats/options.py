"""What a person may say about an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

LOOKS = ("both", "clean", "paper")
LabelsOn = Literal["auto", "displayed", "stored"]
LABELS_ON: tuple[LabelsOn, ...] = get_args(LabelsOn)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """format: a `Format` or "auto". val_ratio: share of test pictures; None: the source's own split, else 0.1.

    ignored_as_text: boxes marked ``###`` are text that nobody transcribed, not text to ignore. labels_on: which pixels
    labels of pictures with an EXIF turn were drawn on; "auto": as displayed, unless the stated size says otherwise.
    ignore_words: transcriptions that ignore a box besides those of `marks.MARKS`. not_marks: marks that do not.
    looks: how pages of PDFs are drawn: "clean", "paper" (scanned or photographed) or "both".
    """

    format: str = "auto"
    val_ratio: float | None = None
    seed: int = 0
    ignored_as_text: bool = False
    labels_on: LabelsOn = "auto"
    ignore_words: tuple[str, ...] = ()
    not_marks: tuple[str, ...] = ()
    looks: str = LOOKS[0]
