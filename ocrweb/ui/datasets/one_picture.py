"""One picture of a dataset, as a thumbnail and in full: with its boxes over it, or its maps as training sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.config.editor_address import editor_address
from ocrweb.config.model_names import IN_USE
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import view as dataset_view
from ocrweb.services.datasets.jobs import report_of
from ocrweb.services.datasets.validation import ValidationReport
from ocrweb.services.datasets.view import GalleryItem, PictureView
from ocrweb.services.files import scratch
from ocrweb.services.models.listing import model_in_use, title_of
from ocrweb.ui.datasets.findings import rule_words
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.viewer.element import Kind, Layers, ShownBox, labelled_map_address, proposed_address, viewer

THUMBNAIL = 480
TRAIN_SIDE = 640
FULL_SIDE = 16_384  # pixels: a larger canvas is more than browsers hold
MODES = ("boxes", "shrink", "threshold", "plain")


@dataclass(frozen=True)
class Opened:
    """The picture of a dataset that a visitor sees in full."""

    dataset: str
    item: GalleryItem


def in_full(opened: Opened, mode: str, lang: str) -> tuple[str, str]:
    """The words about a picture, and the picture with its boxes over it; maps are drawn at the size that training sees."""
    name, item = opened.dataset, opened.item
    bare = mode in ("boxes", "plain")

    def work() -> tuple[PictureView, str]:
        side = FULL_SIDE if bare else TRAIN_SIDE
        view = dataset_view.picture_view(name, item, "plain" if bare else mode, side, report_of(name))  # type: ignore[arg-type]
        return view, scratch.show(view.pixels)

    answer = caught(work)
    if isinstance(answer, OcrwebError):
        return problem_card(answer, lang), ""
    view, file = answer
    shown = viewer(file, _layers(opened, mode, view, lang), lang)
    words = texts.say(
        "datasets.picture-words", lang, name=item.image, width=view.width, height=view.height,
        boxes=len(view.boxes), ignored=view.ignored,
    )  # fmt: skip
    rules = _found(item.findings, report_of(name), lang, " · ")
    explained = texts.say(f"datasets.about-{mode}", lang)
    return note_card(f"{words}{rules} — {explained}") + editor_link(name, item, lang), shown


def _layers(opened: Opened, mode: str, view: PictureView, lang: str) -> Layers:
    """With the labels what a model sees there: as boxes, when they are asked for, and as a map."""
    name, image = opened.dataset, opened.item.image
    if mode != "boxes" or not image:
        return Layers()
    other = (title_of(model_in_use()), proposed_address(name, image, IN_USE))
    return Layers(labelled(view), texts.say("datasets.labels", lang), other, labelled_map_address(name, image, IN_USE))


def labelled(view: PictureView) -> tuple[ShownBox, ...]:
    """The boxes of a picture of a dataset; those with a finding stand out."""
    kinds: list[Kind] = [
        "marked" if index in view.marked else "ignored" if box.ignore else "label"
        for index, box in enumerate(view.boxes)
    ]
    return tuple(ShownBox(box.outline, kind, box.text) for box, kind in zip(view.boxes, kinds, strict=True))


def editor_link(name: str, item: GalleryItem, lang: str) -> str:
    """HTML: the way to the labels of a picture."""
    if not item.image:
        return ""
    address, words = editor_address(name, item.image), texts.say("datasets.label-picture", lang)
    return f'<p><a class="ocrweb-label" href="{escape(address)}">{escape(words)}</a></p>'


def thumbnail(name: str, item: GalleryItem, report: ValidationReport | None, lang: str) -> tuple[str, str]:
    """The file of a small picture with its boxes, and the words under it; a cross where it cannot be shown."""
    view = caught(lambda: dataset_view.picture_view(name, item, "boxes", THUMBNAIL, report))
    short = item.shown_name.rpartition("/")[2]
    mark = _found(item.findings[:2], report, lang, " ⚠ ")
    if isinstance(view, OcrwebError):
        return scratch.show(_no_picture()), f"✗ {short}{mark}"
    count = texts.say("datasets.boxes", lang, count=len(view.boxes))
    return scratch.show(view.pixels), f"{short} · {count}{mark}"


def _found(rules: Sequence[str], report: ValidationReport | None, lang: str, before: str) -> str:
    return before + ", ".join(rule_words(rule, report, lang) for rule in rules) if rules else ""


def _no_picture() -> np.ndarray:
    """A grey field with a cross in place of a picture that cannot be shown."""
    field = np.full((240, 320, 3), 225, np.uint8)
    for start, end in (((110, 70), (210, 170)), ((210, 70), (110, 170))):
        cv2.line(field, start, end, (60, 60, 200), 6, cv2.LINE_AA)
    return field
