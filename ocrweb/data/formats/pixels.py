"""On which pixels the labels of a picture were drawn: as it is displayed, or as it is stored before its EXIF turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ocrweb.data.checks import label_box
from ocrweb.data.formats.annotated import LabelledPicture
from ocrweb.data.formats.options import LabelsOn
from ocrweb.data.formats.quads import from_stored
from ocrweb.data.formats.tree import SourceTree
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import PictureHeader, read_header

SAME_ASPECT = 0.02
OVER = 2.0  # pixels by which a box may stick out of the picture that it was drawn on


@dataclass(frozen=True, slots=True)
class Placing:
    """How outlines get to the picture as a person sees it. move: (P, 2) pixels → (P, 2) pixels. change: what that is, as
    `plan.ADJUSTMENTS` calls it, "" for nothing."""

    move: Callable[[np.ndarray], np.ndarray]
    change: Literal["", "turned_labels", "rescaled", "shares"] = ""


def which_pixels(tree: SourceTree, item: LabelledPicture) -> LabelsOn | Literal["unknown"]:
    """Which pixels the boxes of a turned picture were drawn on, when its size is stated as stored: tools state that size
    and show the other. "stored" or "displayed" when boxes fit only there, "unknown", "auto" when nothing is in doubt."""
    found = tree.find(item.names, item.folder)
    if not found.path or not item.size or not item.shapes:
        return "auto"
    try:
        header = read_header(tree.path(found.path), name=found.path)
    except OcrwebError:
        return "auto"  # reported when the picture is taken
    stored, shown = (header.width, header.height), header.upright_size
    if header.orientation == 1 or stored == shown or item.size == shown or not _fits(item.size, stored):
        return "auto"
    far = np.concatenate([shape.points for shape in item.shapes]).max(axis=0)
    as_stored = bool((far <= np.array(item.size) + OVER).all())
    as_shown = bool((far <= np.array(item.size[::-1]) + OVER).all())
    return "unknown" if as_stored == as_shown else "stored" if as_stored else "displayed"


def placing(stated: tuple[int, int] | None, header: PictureHeader, on: LabelsOn) -> Placing | None:
    """How to move the outlines of a picture; None when they were made for another picture.

    stated: the size that they are meant for. on: what the person said, or what was proved about this picture.
    """
    stored, shown = (header.width, header.height), header.upright_size
    if header.orientation != 1:
        says_stored = stated is not None and shown not in (stated, stored) and _fits(stated, stored)
        if on == "stored" or (on == "auto" and says_stored):
            scale = np.array(stored) / np.array(stated or stored)
            return Placing(lambda points: from_stored(points * scale, header.orientation, stored), "turned_labels")
    if on == "displayed" and stated is not None and not _fits(stated, shown) and _fits(stated, stored):
        stated = stated[::-1]  # the tool states the stored size, and showed the upright picture
    if stated is None or stated == shown:
        return Placing(lambda points: points)
    if not _fits(stated, shown):
        return None
    factors = np.array(shown) / np.array(stated)
    return Placing(lambda points: points * factors, "rescaled")


def are_shares(outlines: Sequence[np.ndarray]) -> bool:
    """Whether outlines are given in shares of the picture's sides: in pixels all of them would lie on its first one."""
    if not outlines:
        return False
    return label_box.are_shares(np.concatenate(list(outlines)))


def of_shares(size: tuple[int, int]) -> Placing:
    """How shares become pixels of a picture of that size, (width, height) as seen."""
    return Placing(lambda points: points * np.array(size, np.float64), "shares")


def _fits(stated: tuple[int, int], real: tuple[int, int]) -> bool:
    """Whether both sizes have the same aspect, so that one may be the other resized."""
    horizontal, vertical = real[0] / stated[0], real[1] / stated[1]
    by_rounding = max(abs(stated[0] * vertical - real[0]), abs(stated[1] * horizontal - real[1])) <= max(
        1.0, horizontal, vertical
    )
    return by_rounding or abs(horizontal / vertical - 1) <= SAME_ASPECT
