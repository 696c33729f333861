"""All pictures of a dataset with their states: what the review queue shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.data.labelling.review import auto_labelled
from ocrweb.data.labelling.state import STATES, PictureState
from ocrweb.data.sample import Split
from ocrweb.services.datasets.reports import known_report
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.facts import known_record, label_facts, picture_size
from ocrweb.services.labels.known_suspects import suspicions
from ocrweb.services.labels.states import minutes_left, state_of

HARMLESS = frozenset({"list.unlisted", "image.exif-rotated"})


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
    """counts: of each state. minutes_left: None while nobody's pace is known."""

    dataset: str
    pictures: tuple[ListedPicture, ...]
    counts: Mapping[PictureState, int]
    minutes_left: int | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "pictures": [picture.to_dict() for picture in self.pictures],
            "counts": dict(self.counts),
            "minutes_left": self.minutes_left,
        }


def list_pictures(labelled: LabelledSet) -> PictureList:
    """The pictures in the order of the lists. Nothing is decoded; what did not change since is not read again."""
    broken = _picture_findings(labelled.root)
    suspicion = suspicions(labelled)
    unsure = auto_labelled(labelled.root)
    checked_at: list[float] = []
    rows = []
    for place in labelled.places.values():
        record = known_record(labelled.root, place.picture)
        checked_at += [done.at for done in record.history if done.state == "checked"]
        rows.append(_row(labelled.root, place, broken, suspicion, unsure))
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    return PictureList(labelled.name, tuple(rows), counts, minutes_left(checked_at, counts))


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
    """Of one picture, as the list tells it."""
    return _row(
        labelled.root, place, _picture_findings(labelled.root), suspicions(labelled), auto_labelled(labelled.root)
    ).state


def _row(
    root: Path,
    place: LabelPlace,
    broken: Mapping[str, set[str]],
    suspicion: Mapping[str, float],
    unsure: Mapping[str, bool],
) -> ListedPicture:
    record, facts, size = known_record(root, place.picture), label_facts(place), picture_size(place)
    findings = tuple(sorted({*facts.findings, *broken.get(place.picture, ()), *([] if size else ["image.unreadable"])}))
    doubt = suspicion.get(place.picture)
    state = state_of(record, facts.boxes, findings, doubt, unsure.get(place.picture))
    width, height = size or (0, 0)
    return ListedPicture(
        place.picture, place.split, state, facts.boxes, facts.ignored, width, height, doubt, findings, record.tags
    )


def _picture_findings(root: Path) -> dict[str, set[str]]:
    """Rules about the pictures themselves, by the latest check of the dataset; those about labels are looked for anew."""
    found: dict[str, set[str]] = defaultdict(set)
    report = known_report(root)
    for one in report.findings if report else ():
        if one.rule not in HARMLESS and one.rule.startswith(("image.", "split.")):
            found[one.file].add(one.rule)
    return found
