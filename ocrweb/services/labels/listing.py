"""All pictures of a dataset with their states: what the review queue shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.data.labelling.record import PictureRecord
from ocrweb.data.labelling.review import auto_labelled
from ocrweb.data.labelling.state import STATES, PictureState
from ocrweb.data.sample import Split
from ocrweb.services.datasets.reports import known_report
from ocrweb.services.files.recent import Recent
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.facts import known_record, label_facts, picture_size
from ocrweb.services.labels.known_suspects import suspicions
from ocrweb.services.labels.states import by_model_alone, minutes_left, state_of

HARMLESS = frozenset({"list.unlisted", "image.exif-rotated"})
REMEMBERED = 8  # datasets

PictureFindings = Mapping[str, Collection[str]]
_findings: Recent[Path, tuple[Hashable, PictureFindings]] = Recent(REMEMBERED)


@dataclass(frozen=True, slots=True)
class ListedPicture:
    """One row of the queue. boxes, ignored: how many, the latter among the former. width, height: 0 for a broken picture.

    suspicion: the highest chance that a label is wrong, 0..1; None where no model has looked. findings: rules that it breaks.
    """

    picture: str
    split: Split
    state: PictureState
    boxes: int
    ignored: int
    width: int
    height: int
    suspicion: float | None
    findings: tuple[str, ...]
    tags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "picture": self.picture,
            "split": self.split,
            "state": self.state,
            "boxes": self.boxes,
            "ignored": self.ignored,
            "width": self.width,
            "height": self.height,
            "suspicion": self.suspicion,
            "findings": list(self.findings),
            "tags": list(self.tags),
        }


@dataclass(frozen=True, slots=True)
class PictureList:
    """counts: of each state. minutes_left: None while nobody's pace is known. untouched: pictures with nothing but a model's
    labels."""

    dataset: str
    pictures: tuple[ListedPicture, ...]
    counts: Mapping[PictureState, int]
    minutes_left: int | None
    untouched: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "pictures": [picture.to_dict() for picture in self.pictures],
            "counts": dict(self.counts),
            "minutes_left": self.minutes_left,
            "untouched": self.untouched,
        }


def list_pictures(labelled: LabelledSet) -> PictureList:
    """The pictures in the order of the lists. Nothing is decoded; what did not change since is not read again."""
    broken = _latest_findings(labelled)
    suspicion = suspicions(labelled)
    unsure = auto_labelled(labelled.root)
    checked_at: list[float] = []
    rows, untouched = [], 0
    for place in labelled.places.values():
        record = known_record(labelled.root, place.picture)
        checked_at += [done.at for done in record.history if done.state == "checked"]
        row = _row(place, record, broken, suspicion, unsure)
        untouched += place.listed and by_model_alone(record, place.picture, row.boxes, unsure)
        rows.append(row)
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    return PictureList(labelled.name, tuple(rows), counts, minutes_left(checked_at, counts), untouched)


def unreviewed(labelled: LabelledSet) -> list[str]:
    """Pictures with a model's labels that nobody has called checked or set aside, of those that a list names."""
    mine = auto_labelled(labelled.root)
    return [
        place.picture
        for place in labelled.places.values()
        if place.listed
        and place.picture in mine
        and known_record(labelled.root, place.picture).state not in ("checked", "aside")
    ]


def picture_state(labelled: LabelledSet, place: LabelPlace) -> PictureState:
    """Of one picture, as the list tells it; no other one is looked at."""
    record, suspicion = known_record(labelled.root, place.picture), suspicions(labelled, place.picture)
    return _row(place, record, _known_findings(labelled), suspicion, auto_labelled(labelled.root)).state


def _row(
    place: LabelPlace,
    record: PictureRecord,
    broken: PictureFindings,
    suspicion: Mapping[str, float],
    unsure: Mapping[str, bool],
) -> ListedPicture:
    size = picture_size(place)
    facts = label_facts(place, size)
    findings = tuple(sorted({*facts.findings, *broken.get(place.picture, ()), *([] if size else ["image.unreadable"])}))
    doubt = suspicion.get(place.picture)
    state = state_of(record, facts.boxes, findings, doubt, unsure.get(place.picture))
    width, height = size or (0, 0)
    return ListedPicture(
        place.picture, place.split, state, facts.boxes, facts.ignored, width, height, doubt, findings, record.tags
    )


def _latest_findings(labelled: LabelledSet) -> PictureFindings:
    """Rules about the pictures themselves, by the latest check of the dataset; those about labels are looked for anew.

    A label that is written since makes the check a thing of the past, but changes nothing about the pictures.
    """
    report = known_report(labelled.root)
    if report is None and (known := _findings.get(labelled.root)) is not None and known[0] == labelled.stamp:
        return known[1]
    found: dict[str, set[str]] = defaultdict(set)
    for one in report.findings if report else ():
        if one.rule not in HARMLESS and one.rule.startswith(("image.", "split.")):
            found[one.file].add(one.rule)
    return _findings.put(labelled.root, (labelled.stamp, dict(found)))[1]


def _known_findings(labelled: LabelledSet) -> PictureFindings:
    """As they were last told of these pictures: asking whether a dataset has changed looks at each of its files."""
    known = _findings.get(labelled.root)
    return known[1] if known is not None and known[0] == labelled.stamp else _latest_findings(labelled)
