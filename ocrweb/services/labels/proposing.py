"""Boxes anew for the pictures that nobody has looked at: those of a model that has learnt from the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.model_names import IN_USE
from ocrweb.data.export import Proposal
from ocrweb.data.labelling.drawn import DIGITS, DrawnBox, compose, drawn_boxes
from ocrweb.data.labelling.files import read_files, replace_files
from ocrweb.data.labelling.learnt import Learnt, read_learnt, write_learnt
from ocrweb.data.labelling.record import read_picture_record, write_picture_record
from ocrweb.data.labelling.review import auto_labelled
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.services.datasets.autolabel import MARGIN, proposals_of, sure_from_of
from ocrweb.services.datasets.review import renew_review
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.labels.editing import size_of
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.facts import known_record, label_facts, picture_size
from ocrweb.services.labels.held import held, records_held
from ocrweb.services.labels.states import by_model_alone
from ocrweb.services.labels.versions import keep_version
from ocrweb.services.models.listing import check_model


@dataclass(frozen=True, slots=True)
class Renewed:
    """pictures: that have other boxes now. boxes: on all that were looked at. version: of the labels before.
    failed: pictures that could not be looked at, and why."""

    model: str
    pictures: int
    boxes: int
    unsure: int
    version: str
    failed: tuple[tuple[str, OcrwebError], ...] = ()

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "model": self.model,
            "pictures": self.pictures,
            "boxes": self.boxes,
            "unsure": self.unsure,
            "version": self.version,
            "failed": [{"picture": name, **error.to_dict(lang)} for name, error in self.failed],
        }


def labelling_model(labelled: LabelledSet) -> str:
    """The model whose boxes people correct here: what learnt from this dataset, as long as it is there, else the one in use."""
    learnt = read_learnt(labelled.root)
    model = learnt.drawing[0] if learnt else ""
    try:
        return check_model(model) if model else IN_USE
    except OcrwebError:
        return IN_USE


def learnt_since(labelled: LabelledSet, model: str) -> float:
    """When the labels were taken that a model has learnt from; what was corrected before tells nothing of how well it draws."""
    learnt = read_learnt(labelled.root)
    drawing, at = learnt.drawing if learnt else ("", 0.0)
    return at if model == drawing else 0.0


def untouched(labelled: LabelledSet) -> list[LabelPlace]:
    """The listed pictures with nothing but a model's labels."""
    mine = auto_labelled(labelled.root)
    return [
        place
        for place in labelled.places.values()
        if place.listed
        and by_model_alone(
            known_record(labelled.root, place.picture),
            place.picture,
            label_facts(place, picture_size(place)).boxes,
            mine,
        )
    ]


def propose_anew(
    labelled: LabelledSet,
    model: str,
    leave: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
    decode: DecodeOptions | None = None,
) -> Renewed:
    """Put a model's boxes in the place of those that a model drew before and nobody has changed or judged.

    leave: pictures that stay as they are, as somebody is at them. decode: None for what the model's card says. The labels
    of all are kept as a version before. Raises what the model raises, store.in-use, store.busy, usage.disk-full,
    usage.not-writable.
    """
    places = [place for place in untouched(labelled) if place.picture not in leave]
    detector = DetectRequest(model=model).detector()
    options = decode or default_decode(detector.card)
    version = keep_version(labelled)
    found: dict[str, Sequence[Proposal]] = {}
    changed, failed = 0, []
    try:
        for done, place in enumerate(places, 1):
            try:
                proposals = _proposals(detector, place, options)
            except OcrwebError as error:
                failed.append((place.picture, error))
            else:
                written = _write(labelled, place, proposals)
                if written is not None:
                    found[place.picture] = proposals
                    changed += written
            progress(done, len(places))
    finally:
        if found:
            with records_held(labelled.root):
                renew_review(labelled.root, found)
    _note(labelled, detector.model, changed)
    proposed = [one for proposals in found.values() for one in proposals]
    unsure = sum(one.unsure for one in proposed)
    return Renewed(detector.model, changed, len(proposed), unsure, version.id, tuple(failed))


def _proposals(detector: Detector, place: LabelPlace, options: DecodeOptions) -> tuple[Proposal, ...]:
    size = size_of(place)
    result = detector.regions(detector.probability(place.image), options)
    quads, scores = [region.quad for region in result.regions], [region.score for region in result.regions]
    return proposals_of(quads, scores, size, sure_from_of(options, MARGIN))


def _write(labelled: LabelledSet, place: LabelPlace, proposals: Sequence[Proposal]) -> bool | None:
    """Whether the picture has other boxes now; None where somebody has come to it meanwhile."""
    boxes = [DrawnBox(_points(one)) for one in proposals]
    with held(labelled.name, labelled.root), records_held(labelled.root):
        record, old = read_picture_record(labelled.root, place.picture), read_files(place.label)
        if not by_model_alone(record, place.picture, len(drawn_boxes(old)), auto_labelled(labelled.root)):
            return None
        new = compose(boxes, size_of(place), [old])
        if new == old:
            return False
        replace_files(place.label, old, new)
        write_picture_record(labelled.root, place.picture, record.done(time.time(), "proposed", len(boxes)))
        return True


def _points(proposal: Proposal) -> tuple[tuple[float, float], ...]:
    return tuple((round(float(x), DIGITS), round(float(y), DIGITS)) for x, y in proposal.box.points)


def _note(labelled: LabelledSet, model: str, pictures: int) -> None:
    """Clicks and proposals are this model's from now on."""
    with records_held(labelled.root):
        learnt = read_learnt(labelled.root)
        if learnt is None or learnt.model != model:
            learnt = Learnt(model, 0.0)
        write_learnt(labelled.root, replace(learnt, renewed=pictures))
