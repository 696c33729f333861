"""Versions of a dataset's labels: kept by a person or by the run that uses them, compared, brought back."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from ocrweb.data.checks.label_file import scan_label_bytes
from ocrweb.data.labelling.difference import Difference, difference
from ocrweb.data.labelling.drawn import LabelFiles, drawn_boxes
from ocrweb.data.labelling.files import read_files, replace_files
from ocrweb.data.labelling.kept import KeptLabels, digests_of, keep, kept_files
from ocrweb.data.labelling.record import read_picture_record, write_picture_record
from ocrweb.data.labelling.versions import LabelVersion, list_versions, read_version, write_version
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.held import held, records_held

NOW = "now"  # stands for the labels as they are


@dataclass(frozen=True, slots=True)
class Compared:
    """pictures: picture → what became of its boxes, of those that differ. only_before, only_after: pictures of one version."""

    pictures: dict[str, Difference]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        total = sum(self.pictures.values(), Difference())
        return {
            "pictures": [{"picture": name, **found.to_dict()} for name, found in self.pictures.items()],
            "total": total.to_dict(),
            "only_before": list(self.only_before),
            "only_after": list(self.only_after),
        }


def versions_document(labelled: LabelledSet) -> dict[str, Any]:
    """``{"versions": [{"id", "at", "pictures", "boxes", "why", "current"}]}``, the newest first."""
    current = _digests(labelled)
    return {
        "versions": [
            {
                "id": version.id,
                "at": version.at,
                "pictures": len(version.labels),
                "boxes": version.boxes,
                "why": version.why,
                "current": version.labels == current,
            }
            for version in list_versions(labelled.root)
        ]
    }


def keep_version(labelled: LabelledSet, why: str = "") -> LabelVersion:
    """Keep all labels as they are; the version of the first time when they are kept already.

    Raises usage.disk-full, usage.not-writable.
    """
    with records_held(labelled.root):
        version = version_of(labelled, why, keep_bytes=True)
        known = read_version(labelled.root, version.id)
        if known is None:
            write_version(labelled.root, version)
    return known or version


def version_of(labelled: LabelledSet, why: str = "", *, keep_bytes: bool = False) -> LabelVersion:
    """All labels as they are. keep_bytes: keep what they are made of. Raises dataset.unreadable."""
    labels: dict[str, KeptLabels] = {}
    boxes = 0
    for place in labelled.places.values():
        if place.listed:
            files = read_files(place.label)
            kept = keep(labelled.root, files, lasting=False) if keep_bytes else digests_of(files)
            labels[place.picture] = kept
            boxes += len(scan_label_bytes(files.label or b"").texts)
    return LabelVersion(round(time.time(), 6), boxes, labels, why)


def compare(labelled: LabelledSet, before: str, after: str) -> Compared:
    """Two versions by their ids; ``now`` stands for the labels as they are. Raises labels.no-such-version, labels.lost."""
    old, new = (_digests(labelled) if name == NOW else _version(labelled, name).labels for name in (before, after))
    pictures = {}
    for name in [picture for picture in old if picture in new]:
        if old[name] == new[name]:
            continue
        states = [drawn_boxes(_files(labelled, name, kept)) for kept in (old[name], new[name])]
        if found := difference(*states):
            pictures[name] = found
    only = [tuple(name for name in one if name not in other) for one, other in ((old, new), (new, old))]
    return Compared(pictures, *only)


def restore_version(labelled: LabelledSet, identifier: str) -> dict[str, Any]:
    """Bring back all labels of a version; those of now are kept as a version before.

    Pictures that the version does not know stay as they are. Raises labels.no-such-version, labels.lost before anything
    is written, store.in-use, store.busy.
    """
    version = _version(labelled, identifier)
    known = {name: kept for name, kept in version.labels.items() if name in labelled.places}
    for kept in known.values():
        kept_files(labelled.root, kept)
    before = keep_version(labelled)
    restored = 0
    with held(labelled.name, labelled.root), records_held(labelled.root):
        for name, kept in known.items():
            place, old = labelled.places[name], read_files(labelled.places[name].label)
            if digests_of(old) == kept:
                continue
            record, new = read_picture_record(labelled.root, name), kept_files(labelled.root, kept)
            if record.original is None:
                record = replace(record, original=keep(labelled.root, old))
                write_picture_record(labelled.root, name, record)
            replace_files(place.label, old, new, exact=True)
            write_picture_record(labelled.root, name, record.done(time.time(), "version", len(drawn_boxes(new))))
            restored += 1
    return {"restored": restored, "before": before.id}


def _version(labelled: LabelledSet, identifier: str) -> LabelVersion:
    version = read_version(labelled.root, identifier)
    if version is None:
        raise OcrwebError("labels.no-such-version", name=identifier[:40])
    return version


def _digests(labelled: LabelledSet) -> dict[str, KeptLabels]:
    return {place.picture: digests_of(read_files(place.label)) for place in labelled.places.values() if place.listed}


def _files(labelled: LabelledSet, picture: str, kept: KeptLabels) -> LabelFiles:
    """Of a version, or those that lie there: the labels of now are not kept."""
    place = labelled.places.get(picture)
    if place is not None and digests_of(now := read_files(place.label)) == kept:
        return now
    return kept_files(labelled.root, kept)
