"""Change the labels of one picture: read, save, restore, accept; what was there before is kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ocrweb.data.checks.names import list_name
from ocrweb.data.labelling.drawn import DrawnBox, LabelFiles, compose, drawn_boxes, parse_drawn
from ocrweb.data.labelling.files import read_files, replace_files
from ocrweb.data.labelling.kept import digests_of, keep, kept_files
from ocrweb.data.labelling.record import Deed, Done, PictureRecord, Points, read_picture_record, write_picture_record
from ocrweb.data.labelling.review import auto_labelled
from ocrweb.data.labelling.state import STATES, PictureState
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.facts import picture_size
from ocrweb.services.labels.held import held, records_held
from ocrweb.services.labels.listing import picture_state
from ocrweb.services.labels.states import by_model_alone, state_after_edit

MOST_TAGS = 50
LONGEST_TAG = 60  # characters


@dataclass(frozen=True, slots=True)
class LabelDocument:
    """The labels of a picture. version: changes with their bytes. changed: they differ from those that came with the dataset.
    by_model: a model drew them, or found nothing to draw, and nobody has changed or checked them."""

    picture: str
    width: int
    height: int
    state: PictureState
    version: str
    boxes: tuple[DrawnBox, ...]
    changed: bool
    by_model: bool
    tags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "picture": self.picture,
            "width": self.width,
            "height": self.height,
            "state": self.state,
            "version": self.version,
            "boxes": [box.to_dict() for box in self.boxes],
            "changed": self.changed,
            "by_model": self.by_model,
            "tags": list(self.tags),
        }


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants a picture's labels to be. version: of the labels that they changed. state, tags: None to leave them."""

    version: str
    boxes: tuple[DrawnBox, ...]
    state: PictureState | None = None
    tags: tuple[str, ...] | None = None


def read_labels(labelled: LabelledSet, picture: str) -> LabelDocument:
    """Raises store.no-such-picture, dataset.unreadable, ``image.…`` for a picture whose size cannot be told."""
    place = labelled.place(picture)
    record = read_picture_record(labelled.root, picture)
    return _document(labelled, place, record, read_files(place.label))


def save_labels(labelled: LabelledSet, picture: str, edit: Edit) -> LabelDocument:
    """Put the edit into the dataset, whole or not at all.

    Raises labels.changed-meanwhile when the labels are others than those that were changed; store.in-use while a run
    trains from the dataset, store.busy; labels.bad-box, labels.bad-text; usage.disk-full, usage.not-writable. Then
    nothing was written.
    """
    place = labelled.place(picture)
    size = size_of(place)
    with held(labelled.name, labelled.root), records_held(labelled.root):
        record, old = read_picture_record(labelled.root, picture), read_files(place.label)
        if old.version != edit.version:
            raise OcrwebError("labels.changed-meanwhile", name=picture)
        known = [old] if record.original is None else [kept_files(labelled.root, record.original), old]
        new = compose(edit.boxes, size, known)
        state = edit.state or _state_to_keep(labelled, place, record, old, new)
        texts = _texts_of_ignored(new, edit.boxes)
        return _put(
            labelled, place, record, (old, new), "saved", state=state, tags=edit.tags, texts=texts, said=edit.state
        )


def restore_labels(labelled: LabelledSet, picture: str) -> LabelDocument:
    """Bring back the labels that came with the dataset, byte by byte. Raises as `save_labels`, and labels.lost."""
    place = labelled.place(picture)
    with held(labelled.name, labelled.root), records_held(labelled.root):
        record, old = read_picture_record(labelled.root, picture), read_files(place.label)
        if record.original is None:
            return _document(labelled, place, record, old)
        new = kept_files(labelled.root, record.original)
        return _put(labelled, place, replace(record, state=None), (old, new), "restored", exact=True)


def put_state(labelled: LabelledSet, pictures: Sequence[str], state: PictureState) -> list[str]:
    """Say of pictures how far somebody has looked; those of which it was not said yet. Labels stay as they are.

    Allowed while a run trains from the dataset, which reads no states. Raises store.no-such-picture before anything is
    written.
    """
    places = [labelled.place(picture) for picture in pictures]
    changed = []
    with records_held(labelled.root):
        for place in places:
            record = read_picture_record(labelled.root, place.picture)
            if record.state == state:
                continue
            boxes = len(drawn_boxes(read_files(place.label)))
            record = replace(record, state=state).done(time.time(), "state", boxes, state)
            write_picture_record(labelled.root, place.picture, record)
            changed.append(place.picture)
    return changed


def history_of(labelled: LabelledSet, picture: str) -> tuple[Done, ...]:
    """What was done to the labels of a picture, the newest first."""
    return read_picture_record(labelled.root, labelled.place(picture).picture).history[::-1]


def parse_edit(document: Any) -> Edit:
    """An edit as a client sends it. Raises labels.bad-document, and what the parts of one raise."""
    if not isinstance(document, dict) or not isinstance(document.get("version"), str):
        raise OcrwebError("labels.bad-document", expected='{"version": …, "boxes": […]}')
    boxes, state, tags = parse_drawn(document.get("boxes")), document.get("state"), document.get("tags")
    return Edit(document["version"], tuple(boxes), parse_state(state), parse_tags(tags))


def parse_state(value: Any) -> PictureState | None:
    """Raises labels.bad-state."""
    if value is None or value in STATES:
        return value
    raise OcrwebError("labels.bad-state", value=str(value)[:40], states=", ".join(STATES))


def parse_tags(value: Any) -> tuple[str, ...] | None:
    """Raises labels.bad-tags."""
    if value is None:
        return None
    fits = isinstance(value, list) and len(value) <= MOST_TAGS
    if not fits or not all(isinstance(tag, str) and 0 < len(tag.strip()) <= LONGEST_TAG for tag in value):
        raise OcrwebError("labels.bad-tags", most=MOST_TAGS, longest=LONGEST_TAG)
    return tuple(dict.fromkeys(" ".join(tag.split()) for tag in value))


def size_of(place: LabelPlace) -> tuple[int, int]:
    """(width, height) as a person sees it. Raises labels.broken-picture."""
    size = picture_size(place)
    if size is None:
        raise OcrwebError("labels.broken-picture", name=place.picture)
    return size


def _put(
    labelled: LabelledSet,
    place: LabelPlace,
    record: PictureRecord,
    files: tuple[LabelFiles, LabelFiles],
    what: Deed,
    *,
    state: PictureState | None = None,
    tags: tuple[str, ...] | None = None,
    texts: tuple[tuple[Points, str], ...] | None = None,
    said: PictureState | None = None,
    exact: bool = False,
) -> LabelDocument:
    """In the order that a kill at any instant can do no harm in: the original, then the labels, then what was done."""
    old, new = files
    before = record
    if record.original is None and new != old:
        record = replace(record, original=keep(labelled.root, old))
        write_picture_record(labelled.root, place.picture, record)
    if new != old:
        new = replace_files(place.label, old, new, exact=exact)
        if not place.listed:
            _list_picture(labelled, place)
    record = replace(
        record,
        state=state,
        tags=record.tags if tags is None else tags,
        texts=record.texts if texts is None else texts,
    )
    if new != old or said not in (None, before.state) or what == "restored":
        deed: Deed = "state" if new == old and what == "saved" else what
        record = record.done(time.time(), deed, len(drawn_boxes(new)), said or "")
    if record != before:
        write_picture_record(labelled.root, place.picture, record)
    return _document(labelled, place, record, new)


def _state_to_keep(
    labelled: LabelledSet, place: LabelPlace, record: PictureRecord, old: LabelFiles, new: LabelFiles
) -> PictureState | None:
    """The state of a picture whose editor said none: an open one that was changed is one to check."""
    if new == old:
        return record.state
    before = record.state or picture_state(labelled, place)
    after = state_after_edit(before)
    return record.state if after == before and record.state is None and after == "checked" else after


def _texts_of_ignored(new: LabelFiles, boxes: Sequence[DrawnBox]) -> tuple[tuple[Points, str], ...]:
    """What ignored boxes say, for when they are read again. boxes: those of the files, in their order."""
    pairs = zip(drawn_boxes(new), boxes, strict=True)
    return tuple((written.points, box.text) for written, box in pairs if box.ignored and box.text)


def _list_picture(labelled: LabelledSet, place: LabelPlace) -> None:
    """Add a picture that no list named to the list of its part."""
    file = labelled.root / list_name(place.split)
    try:
        content = read_ordinary(file)
    except FileNotFoundError:
        content = b""
    line = f"{place.picture} {place.label_name}\n".encode("utf-8", "surrogateescape")
    write_whole(file, content + (b"\n" if content and not content.endswith(b"\n") else b"") + line)


def _document(labelled: LabelledSet, place: LabelPlace, record: PictureRecord, files: LabelFiles) -> LabelDocument:
    width, height = size_of(place)
    changed = record.original is not None and record.original != digests_of(files)
    state = record.state or picture_state(labelled, place)
    boxes, mine = drawn_boxes(files), auto_labelled(labelled.root)
    by_model = by_model_alone(record, place.picture, len(boxes), mine)
    return LabelDocument(
        place.picture,
        width,
        height,
        state,
        files.version,
        _with_texts(boxes, record),
        changed,
        by_model,
        record.tags,
    )


def _with_texts(boxes: Sequence[DrawnBox], record: PictureRecord) -> tuple[DrawnBox, ...]:
    """Ignored boxes say again what they said before."""
    said = dict(record.texts)
    return tuple(replace(box, text=said.get(box.points, "")) if box.ignored else box for box in boxes)
